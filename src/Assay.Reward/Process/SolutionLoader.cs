using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Data.Reading.Solutions;
using Assay.Ground.Files;
using Assay.Reward.Training;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Process;

/// <summary>Reads files of solutions, holds prompts out and turns what is left into ids, setting aside what cannot be trained on and losing nothing.</summary>
internal sealed class SolutionLoader(FieldMapping? fields)
{
    private const int MostShown = 3;

    private readonly List<SetAside> _setAside = [];
    private readonly List<(string File, long Line, bool IsHeldOut)> _sides = [];

    public IReadOnlyList<SetAside> SetAside => _setAside;

    /// <summary>Rows read.</summary>
    public int Rows { get; private set; }

    /// <summary>Labelled steps that were cut off, and of how many solutions.</summary>
    public int LostLabels { get; private set; }

    public int CutSolutions { get; private set; }

    public (List<EncodedSolution> Train, List<EncodedSolution> HeldOut) Read(TrainingSettings settings, Func<long, Solution, bool, EncodedSolution> encode)
    {
        var usable = settings.Data.SelectMany(Usable).ToList();
        var held = settings.EvalData.SelectMany(Usable).ToList();
        var heldPrompts = settings.EvalSplit is { } share ? HeldOutPrompts(usable, share) : [];
        if (settings.EvalData.Count > 0)
        {
            // A solution to a question that is trained on says little of new questions.
            var trained = usable.Select(row => row.Solution.Prompt).ToHashSet(StringComparer.Ordinal);
            var shared = held.Count(row => trained.Contains(row.Solution.Prompt));
            if (shared > 0) throw new RewardException($"{shared} of {held.Count} held-out solutions are of a prompt that is trained on: their figures would say little of new prompts. Split by prompt (eval_split), or name other eval_data");
        }
        held.AddRange(usable.Where(row => heldPrompts.Contains(row.Solution.Prompt)));
        usable.RemoveAll(row => heldPrompts.Contains(row.Solution.Prompt));
        _sides.AddRange(usable.Select(row => (row.Row.File, row.Row.Line, false)));
        _sides.AddRange(held.Select(row => (row.Row.File, row.Row.Line, true)));
        return (Encode(usable, settings.TrainOnLastStepOnly, encode), Encode(held, false, encode));
    }

    /// <summary>What the labels look like where they stand, for people: the faults of step labels (huggingface/trl#2127, OpenRLHF#683) are seen at once.</summary>
    public PreflightFinding LabelTable(IReadOnlyList<EncodedSolution> train)
    {
        long right = train.Sum(solution => (long)solution.Labels.Count(label => label)), all = train.Sum(solution => (long)solution.Labels.Length);
        var shown = string.Join("; ", train.Take(MostShown).Select(solution => $"row {solution.Row}: {string.Concat(solution.Labels.Select(label => label ? '+' : '-'))}"));
        var text = string.Create(CultureInfo.InvariantCulture, $"{all} labelled steps, {right / (double)all:0.0 %} of them right ({shown})");
        return right > 0 && right < all ? new("step_labels", true, text) : new("step_labels", false, $"{text}: all labels are the same, so nothing can be told apart. Look at the labels of the rows");
    }

    public JsonObject Record(TrainingSettings settings, IReadOnlyList<EncodedSolution> train, IReadOnlyList<EncodedSolution> heldOut) => new()
    {
        ["files"] = RunOpening.Files(settings),
        ["rows"] = Rows,
        ["set_aside"] = _setAside.Count,
        ["set_aside_by_reason"] = CountsByReason(),
        ["left_out_of_split"] = 0,
        ["train_pairs"] = train.Count,
        ["eval_pairs"] = heldOut.Count,
        ["train_steps"] = train.Sum(solution => solution.Labels.Length),
        ["train_steps_right"] = train.Sum(solution => solution.Labels.Count(label => label)),
        ["eval_steps"] = heldOut.Sum(solution => solution.Labels.Length),
        ["labels_beyond_limits"] = LostLabels,
    };

    public JsonObject CountsByReason()
    {
        var counts = new JsonObject();
        foreach (var group in _setAside.SelectMany(row => row.Reasons).CountBy(reason => reason).OrderByDescending(group => group.Value).ThenBy(group => group.Key)) counts[group.Key] = group.Value;
        return counts;
    }

    public void WriteQuarantine(string path)
    {
        using var file = new OutputFile(Path.GetFullPath(path));
        foreach (var row in _setAside) file.Stream.Write(Encoding.UTF8.GetBytes(row.ToJson().ToJsonString() + "\n"));
        file.Commit();
    }

    /// <summary>Which lines are on which side, by file.</summary>
    public void WriteSplit(string path) => JsonFile.Write(path, new JsonObject
    {
        ["format"] = "assay.split/1",
        ["rule"] = "whole prompts",
        ["train"] = Lines(false),
        ["heldout"] = Lines(true),
    });

    public RewardException NothingLeft(string why, TrainingSettings settings, string? quarantine)
    {
        if (quarantine is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(quarantine))!);
            WriteQuarantine(quarantine);
        }
        var counts = string.Join(", ", CountsByReason().Select(reason => $"{reason.Key} {reason.Value}"));
        var first = _setAside.Count > 0 ? $"; the first: {_setAside[0].File} line {_setAside[0].Line}: {_setAside[0].Detail}" : "";
        return new RewardException($"{string.Join(", ", settings.Data.Concat(settings.EvalData))}: 0 solutions are left to {why}: of {Rows} rows {_setAside.Count} were set aside{(counts.Length > 0 ? $" ({counts})" : "")}{first}{(quarantine is null || counts.Length == 0 ? "" : $", see {quarantine}")}");
    }

    private JsonNode Lines(bool heldOut)
    {
        var byFile = new JsonObject();
        foreach (var group in _sides.Where(side => side.IsHeldOut == heldOut).GroupBy(side => side.File)) byFile[group.Key] = new JsonArray([.. group.Select(side => side.Line).Distinct().Select(line => (JsonNode)line)]);
        return byFile.Count == 1 ? byFile[0]!.DeepClone() : byFile;
    }

    private IEnumerable<(SolutionRow Row, Solution Solution)> Usable(string path)
    {
        foreach (var row in SolutionReader.Read(path, fields))
        {
            Rows++;
            if (row.Reason is { } reason) _setAside.Add(new SetAside(row.File, row.Line, [reason.Code()], row.Detail!, row.Raw));
            foreach (var solution in row.Solutions)
            {
                if (solution.Labels?.Any(label => label is not null) == true) yield return (row, solution);
                else _setAside.Add(new SetAside(row.File, row.Line, [Reason.TieOrAbstention.Code()], "no step of the solution was judged", row.Raw));
            }
        }
    }

    private List<EncodedSolution> Encode(List<(SolutionRow Row, Solution Solution)> rows, bool lastStepOnly, Func<long, Solution, bool, EncodedSolution> encode)
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
            if (encoded[i].Labels.Length > 0) kept.Add(encoded[i]);
            else if (wanted == 0) _setAside.Add(new SetAside(rows[i].Row.File, rows[i].Row.Line, [Reason.TieOrAbstention.Code()], "the last step was not judged, and train_on_last_step_only asks for its label", rows[i].Row.Raw));
            else _setAside.Add(new SetAside(rows[i].Row.File, rows[i].Row.Line, [Reason.OverLength.Code()], "no labelled step lies within max_length and max_completion_length", rows[i].Row.Raw));
        }
        return kept;
    }

    // Which prompts are held out depends on their texts alone: those whose hashes come first, until the share is reached.
    private static HashSet<string> HeldOutPrompts(List<(SolutionRow Row, Solution Solution)> rows, double share)
    {
        var groups = rows.GroupBy(row => row.Solution.Prompt, StringComparer.Ordinal).OrderBy(group => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(group.Key))), StringComparer.Ordinal).ToList();
        if (groups.Count < 2) throw new RewardException($"eval_split: {groups.Count} different prompts are too few to hold one out: name eval_data");
        var (held, count) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var group in groups.SkipLast(1))
        {
            if (count >= share * rows.Count) break;
            held.Add(group.Key);
            count += group.Count();
        }
        return held;
    }
}
