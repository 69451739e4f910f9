using System.Globalization;
using System.Text.Json;
using Assay.Data;
using Assay.Data.Checking;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Ground.Files;

namespace Assay.Reward.Ranking;

/// <summary>
/// Best-of-n over files: scores the answers to each prompt, orders them, and writes the best as rows to fine-tune on and pairs of better
/// and worse ones. In bounded memory, in the order of the input; files are moved when they are whole.
/// </summary>
/// <param name="scorer">What scores.</param>
public sealed class RankRun(IScorer scorer)
{
    public const string RankedFile = "ranked.jsonl",
        BestFile = "best.jsonl",
        PairsFile = "pairs.jsonl";

    /// <summary>Answers scored at once.</summary>
    private const int AnswersAtOnce = 512;

    private const int MostNamed = 10;

    /// <summary>How many answers of each prompt go to best.jsonl.</summary>
    public int Top { get; init; } = 1;

    /// <summary>Which pairs go to pairs.jsonl.</summary>
    public PairChoice Pairs { get; init; }

    /// <summary>Least difference of the scores of a pair.</summary>
    public double MinMargin { get; init; }

    /// <summary>Ranks <paramref name="inputs"/> into <paramref name="folder"/>, which is made if need be.</summary>
    /// <param name="inputs">Files that <see cref="ConversationFiles"/> reads.</param>
    /// <param name="folder">Where the three files go.</param>
    /// <param name="fields">What the user says of the input's fields.</param>
    /// <param name="report">Called after every batch with prompts, answers and the share of the input read.</param>
    /// <exception cref="RewardException">There is no row.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">Stopped; nothing is left behind.</exception>
    public RankSummary Run(
        IReadOnlyList<string> inputs,
        string folder,
        FieldMapping? fields = null,
        Action<long, long, double>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        using var reader = new ConversationFiles(inputs, fields);
        using OutputFile ranked = new(Path.Combine(folder, RankedFile)),
            best = new(Path.Combine(folder, BestFile)),
            pairs = new(Path.Combine(folder, PairsFile));
        long prompts = 0,
            answers = 0,
            failed = 0,
            single = 0;
        var first = new List<string>();
        var curve = new BestOfNSums();
        foreach (var batch in Batches(CandidateGroup.Of(reader.Read())))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var group in Score(batch, cancellationToken))
            {
                prompts++;
                answers += group.Outcomes.Count;
                string[] errors = [.. ErrorsOf(group)];
                failed += errors.Length;
                first.AddRange(errors.Take(MostNamed - first.Count));
                if (group.Outcomes.Count == 1)
                    single++;
                curve.Add([.. group.Scores]);
                WriteRanked(ranked, group);
                foreach (var place in group.Order.Take(Top))
                    WriteBest(best, group, place);
                foreach (var pair in group.Pairs(Pairs, MinMargin))
                    WritePair(pairs, group, pair);
            }
            report?.Invoke(prompts, answers, reader.BytesTotal == 0 ? 0 : Math.Min(1, reader.BytesRead / (double)reader.BytesTotal));
        }
        if (prompts == 0)
            throw new RewardException($"{string.Join(", ", inputs)}:1:1: the file has no rows; was it written to the end?");
        foreach (var file in (OutputFile[])[ranked, best, pairs])
            file.Commit();
        return new RankSummary(prompts, answers, failed, single, best.LineCount, pairs.LineCount, first) { BestOfN = curve.Points() };
    }

    private IEnumerable<RankedGroup> Score(List<CandidateGroup> groups, CancellationToken cancellationToken)
    {
        var outcomes = scorer.Score([.. groups.SelectMany(group => group.Candidates)], cancellationToken);
        var at = 0;
        foreach (var group in groups)
            yield return new RankedGroup(group, [.. group.Candidates.Select(_ => outcomes[at++])]);
    }

    private static IEnumerable<List<CandidateGroup>> Batches(IEnumerable<CandidateGroup> groups)
    {
        var batch = new List<CandidateGroup>();
        var answers = 0;
        foreach (var group in groups)
        {
            batch.Add(group);
            if ((answers += group.Candidates.Count) < AnswersAtOnce)
                continue;
            yield return batch;
            (batch, answers) = ([], 0);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private static IEnumerable<string> ErrorsOf(RankedGroup group)
    {
        if (group.Group.Error is { } whole)
            yield return $"row {group.Group.Row}: {whole}";
        for (var i = 0; i < group.Outcomes.Count; i++)
            if (group.Outcomes[i].Problem is { } problem)
                yield return $"row {group.Group.Row}, answer {i + 1}: {problem}";
    }

    private static void WriteRanked(OutputFile file, RankedGroup group)
    {
        var line = new RankedLine
        {
            Row = group.Group.Row,
            Id = group.Group.Id,
            Error = group.Group.Error,
        };
        if (group.Group.Error is null)
            line = line with
            {
                Scores = [.. group.Outcomes.Select(outcome => outcome.Problem is null ? outcome.Score : (float?)null)],
                Components = group.Outcomes.Any(outcome => outcome.Components is not null)
                    ? [.. group.Outcomes.Select(outcome => outcome.Components)]
                    : null,
                Order = group.Order,
                Errors =
                    group.Order.Count == group.Outcomes.Count
                        ? null
                        : group
                            .Outcomes.Index()
                            .Where(one => one.Item.Problem is not null)
                            .ToDictionary(one => one.Index.ToString(CultureInfo.InvariantCulture), one => one.Item.Problem!),
            };
        RecordFile.WriteLine(file.Stream, line);
        file.LineCount++;
    }

    private static void WriteBest(OutputFile file, RankedGroup group, int place) =>
        Line(
            file,
            json =>
            {
                var conversation = group.Group.Candidates[place];
                if (group.Group.Id is { } id)
                    json.WriteString("id", id);
                if (conversation.Text is { } text)
                {
                    if (group.Group.PromptTextLength == 0)
                        json.WriteString("text", text);
                    else
                    {
                        json.WriteString("prompt", text.AsSpan(0, group.Group.PromptTextLength));
                        json.WriteString("completion", text.AsSpan(group.Group.PromptTextLength));
                    }
                }
                else
                {
                    PairJson.WriteMessages(json, "messages", conversation.Messages!);
                }
                json.WriteNumber("score", group.Outcomes[place].Score);
            }
        );

    private static void WritePair(OutputFile file, RankedGroup group, (int Better, int Worse) pair) =>
        Line(
            file,
            json =>
            {
                PairJson.WriteProperties(
                    json,
                    new PreferencePair
                    {
                        Row = group.Group.Row,
                        Id = group.Group.Id,
                        Chosen = group.Group.Candidates[pair.Better],
                        Rejected = group.Group.Candidates[pair.Worse],
                        PromptMessageCount = group.Group.PromptMessageCount,
                        PromptTextLength = group.Group.PromptTextLength,
                    }
                );
                json.WriteNumber("chosen_score", group.Outcomes[pair.Better].Score);
                json.WriteNumber("rejected_score", group.Outcomes[pair.Worse].Score);
            }
        );

    private static void Line(OutputFile file, Action<Utf8JsonWriter> write)
    {
        using (
            var json = new Utf8JsonWriter(
                file.Stream,
                new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        file.Stream.WriteByte((byte)'\n');
        file.LineCount++;
    }
}
