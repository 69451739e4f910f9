using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Reading.Solutions;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Reward.Training;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Process;

/// <summary>
/// Reads files of solutions, holds prompts out and turns what is left into ids, setting aside what cannot be trained on and losing nothing.
/// </summary>
/// <param name="fields">What the user says of the files' fields.</param>
/// <param name="setAside">Takes the rows that are set aside.</param>
internal sealed class SolutionLoader(FieldMapping? fields, Quarantine setAside)
{
    private const int MostShown = 3;

    private readonly List<SplitInput> _inputs = [];
    private List<long> _train = [],
        _heldOut = [];
    private long _linesBefore;

    public Quarantine SetAside { get; } = setAside;

    /// <summary>Rows read.</summary>
    public int Rows { get; private set; }

    /// <summary>Labelled steps that were cut off, and of how many solutions.</summary>
    public int LostLabels { get; private set; }

    public int CutSolutions { get; private set; }

    public (List<EncodedSolution> Train, List<EncodedSolution> HeldOut) Read(
        TrainingSettings settings,
        Func<long, Solution, bool, EncodedSolution> encode
    )
    {
        var usable = settings.Data.SelectMany(Usable).ToList();
        var held = settings.EvalData.SelectMany(Usable).ToList();
        var heldPrompts = settings.EvalSplit is { } share ? HeldOutPrompts(usable, share) : [];
        if (settings.EvalData.Count > 0)
        {
            // A solution to a question that is trained on says little of new questions.
            var trained = usable.Select(row => row.Solution.Prompt).ToHashSet(StringComparer.Ordinal);
            var shared = held.Count(row => trained.Contains(row.Solution.Prompt));
            if (shared > 0)
                throw new RewardException(
                    $"{shared} of {held.Count} held-out solutions are of a prompt that is trained on: their figures would say little of new prompts. Split by prompt (eval_split), or name other eval_data"
                );
        }
        held.AddRange(usable.Where(row => heldPrompts.Contains(row.Solution.Prompt)));
        usable.RemoveAll(row => heldPrompts.Contains(row.Solution.Prompt));
        (_train, _heldOut) = ([.. usable.Select(row => row.Number)], [.. held.Select(row => row.Number)]);
        return (Encode(usable, settings.TrainOnLastStepOnly, encode), Encode(held, false, encode));
    }

    /// <summary>
    /// What the labels look like where they stand, for people: the faults of step labels (huggingface/trl#2127, OpenRLHF#683) are seen at
    /// once.
    /// </summary>
    public PreflightFinding LabelTable(IReadOnlyList<EncodedSolution> train)
    {
        long right = train.Sum(solution => (long)solution.Labels.Count(label => label)),
            all = train.Sum(solution => (long)solution.Labels.Length);
        var shown = string.Join(
            "; ",
            train
                .Take(MostShown)
                .Select(solution => $"row {solution.Row}: {string.Concat(solution.Labels.Select(label => label ? '+' : '-'))}")
        );
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{all} labelled steps, {right / (double)all:0.0 %} of them right ({shown})"
        );
        return right > 0 && right < all
            ? new("step_labels", true, text)
            : new("step_labels", false, $"{text}: all labels are the same, so nothing can be told apart. Look at the labels of the rows");
    }

    public TrainingData Record(TrainingSettings settings, IReadOnlyList<EncodedSolution> train, IReadOnlyList<EncodedSolution> heldOut) =>
        new()
        {
            Files = RunOpening.Files(settings),
            Rows = Rows,
            SetAside = SetAside.Count,
            SetAsideByReason = SetAside.ByReason(),
            LeftOutOfSplit = 0,
            TrainPairs = train.Count,
            EvalPairs = heldOut.Count,
            TrainSteps = train.Sum(solution => solution.Labels.Length),
            TrainStepsRight = train.Sum(solution => solution.Labels.Count(label => label)),
            EvalSteps = heldOut.Sum(solution => solution.Labels.Length),
            LabelsBeyondLimits = LostLabels,
        };

    /// <summary>Which lines are on which side.</summary>
    public void WriteSplit(string path) => SplitFile.Write(path, PairSplit.OfRows(_inputs, "whole prompts", _train, _heldOut));

    public RewardException NothingLeft(string why, TrainingSettings settings, string? folder) =>
        SetAside.NothingLeft(why, settings.Data.Concat(settings.EvalData), Rows, folder);

    private void Aside(SolutionRow row, Reason reason, string detail) =>
        SetAside.Add(new NotedRow(row.File, row.Line, [new Finding(reason, detail)], row.Raw));

    // Number: the row's line, counted through all files.
    private IEnumerable<(SolutionRow Row, Solution Solution, long Number)> Usable(string path)
    {
        _inputs.Add(new SplitInput(path, _linesBefore));
        var last = 0L;
        foreach (var row in SolutionReader.Read(path, fields))
        {
            Rows++;
            last = row.Line;
            if (row.Reason is { } reason)
                Aside(row, reason, row.Detail!);
            foreach (var solution in row.Solutions)
            {
                if (solution.Labels?.Any(label => label is not null) == true)
                    yield return (row, solution, _linesBefore + row.Line);
                else
                    Aside(row, Reason.TieOrAbstention, "no step of the solution was judged");
            }
        }
        SetAside.DemandReadable(path);
        _linesBefore += last;
    }

    private List<EncodedSolution> Encode(
        List<(SolutionRow Row, Solution Solution, long Number)> rows,
        bool lastStepOnly,
        Func<long, Solution, bool, EncodedSolution> encode
    )
    {
        var encoded = InParallel.Map(rows.Count, i => encode(rows[i].Row.Line, rows[i].Solution, lastStepOnly), CancellationToken.None);
        var kept = new List<EncodedSolution>();
        for (var i = 0; i < rows.Count; i++)
        {
            var labels = rows[i].Solution.Labels!;
            var wanted = lastStepOnly ? (labels[^1] is null ? 0 : 1) : labels.Count(label => label is not null);
            if (encoded[i].Labels.Length < wanted)
            {
                LostLabels += wanted - encoded[i].Labels.Length;
                CutSolutions++;
            }
            if (encoded[i].Labels.Length > 0)
                kept.Add(encoded[i]);
            else if (wanted == 0)
                Aside(rows[i].Row, Reason.TieOrAbstention, "the last step was not judged, and train_on_last_step_only asks for its label");
            else
                Aside(rows[i].Row, Reason.OverLength, "no labelled step lies within max_length and max_completion_length");
        }
        return kept;
    }

    // Which prompts are held out depends on their texts alone: those whose hashes come first, until the share is reached.
    private static HashSet<string> HeldOutPrompts(List<(SolutionRow Row, Solution Solution, long Number)> rows, double share)
    {
        var groups = rows.GroupBy(row => row.Solution.Prompt, StringComparer.Ordinal)
            .OrderBy(group => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(group.Key))), StringComparer.Ordinal)
            .ToList();
        if (groups.Count < 2)
            throw new RewardException($"eval_split: {groups.Count} different prompts are too few to hold one out: name eval_data");
        var (held, count) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var group in groups.SkipLast(1))
        {
            if (count >= share * rows.Count)
                break;
            held.Add(group.Key);
            count += group.Count();
        }
        return held;
    }
}
