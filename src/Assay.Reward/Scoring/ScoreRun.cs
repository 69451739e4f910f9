using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Models.Heads;

namespace Assay.Reward.Scoring;

/// <summary>
/// Scores a file of conversations or pairs to JSON Lines, a line for a row, in input order and in bounded memory. Lines go to
/// <c>OUTPUT.partial</c>, which is moved when it is whole; a run that was stopped goes on from there. A row that cannot be scored gets an
/// <c>error</c> in its line and stops nothing.
/// </summary>
/// <param name="scorer">What scores.</param>
/// <param name="fingerprint">Stands for the model and its text rules, and for what <paramref name="more"/> adds: a stopped run only goes
/// on with the same one.</param>
/// <param name="more">Adds to a row's line, by its score or the scores of chosen and rejected.</param>
/// <param name="fields">What the user says of the input's fields; a stopped run only goes on with the same.</param>
public sealed class ScoreRun(
    IScorer scorer,
    string fingerprint,
    Func<ScoreLine, IReadOnlyList<float>, ScoreLine>? more = null,
    FieldMapping? fields = null
)
{
    /// <summary>Rows scored at once: enough to sort by length and to share prompts, few enough that little is lost when stopped.</summary>
    private const int RowsAtOnce = 256;

    /// <summary>Rows with an error that the summary names.</summary>
    private const int MostNamed = 10;

    /// <summary>Scores <paramref name="inputs"/>, one after the other, to <paramref name="output"/>.</summary>
    /// <param name="inputs">Files: JSON Lines and the other containers <see cref="ConversationReader"/> reads. Their lines are counted
    /// through.</param>
    /// <param name="output">The file to write; replaced when the run is complete.</param>
    /// <param name="start">Whether to begin or to go on with what a stopped run left.</param>
    /// <param name="report">Called after every batch, for progress.</param>
    /// <exception cref="RewardException">There is a partial file and it was not asked to go on, or it belongs to another input or
    /// model.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was scored stays in the partial file.</exception>
    public ScoreSummary Run(
        IReadOnlyList<string> inputs,
        string output,
        ScoreStart start,
        Action<ScoreProgress>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        using var reader = new ConversationFiles(inputs, fields);
        string partial = output + ".partial",
            state = partial + ScoreState.Suffix;
        if (reader.HasPipe && start == ScoreStart.Resume)
            throw new RewardException(
                $"{string.Join(", ", inputs)}: what was scored of a pipe cannot be told from what is left of it; save it to a file to go on with a stopped run"
            );
        var done = Prepare(reader.HasPipe ? null : string.Join(' ', inputs.Select(InputFile.Sha256)), partial, state, start);
        long joined = 0,
            turned = 0,
            rows = done,
            failed = done == 0 ? 0 : File.ReadLines(partial).LongCount(line => ScoreLine.Parse(line).Error is not null);
        var inputBytes = reader.BytesTotal;
        var first = new List<ScoreError>();
        try
        {
            using var stream = new FileStream(partial, FileMode.Append);
            foreach (var batch in reader.Read().Skip(checked((int)done)).Chunk(RowsAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                failed += Write(stream, batch, first, cancellationToken);
                rows += batch.Length;
                joined += batch.LongCount(row => row.JoinsTexts);
                turned += batch.LongCount(row =>
                    (row.Conversation ?? row.Pair?.Chosen ?? row.Candidates?.FirstOrDefault())?.Messages is not null
                );
                report?.Invoke(
                    new ScoreProgress(rows, rows - done, failed, inputBytes == 0 ? 0 : Math.Min(1, reader.BytesRead / (double)inputBytes))
                );
            }
        }
        catch (IOException error) when (File.Exists(partial))
        {
            // A full disk, say. What was scored is worth its room: a run goes on from it.
            if (new FileInfo(partial).Length > 0)
                throw new IOException(
                    $"{error.Message.TrimEnd('.')}. What was scored is in {partial}: make room, and the same command with --resume goes on",
                    error
                );
            File.Delete(partial);
            File.Delete(state);
            throw;
        }
        if (rows == 0)
        {
            File.Delete(partial);
            File.Delete(state);
            throw new RewardException($"{string.Join(", ", inputs)}:1:1: the file has no rows; was it written to the end?");
        }
        File.Move(partial, output, overwrite: true);
        File.Delete(state);
        return new ScoreSummary(rows, failed, done, first) { JoinedTexts = joined, Turned = turned };
    }

    /// <summary>How many rows the partial file holds already; 0 when the run begins.</summary>
    private long Prepare(string? inputHash, string partial, string state, ScoreStart start)
    {
        var wanted = new ScoreState(ScoreState.Kind, inputHash, fingerprint, fields?.ToString());
        if (File.Exists(partial))
        {
            if (start == ScoreStart.Fresh)
                throw new RewardException(
                    $"{partial} is left from a run that was stopped: add --resume to go on with it, or delete it to begin again"
                );
            if (RecordFile.ReadIfThere<ScoreState>(state) != wanted)
                throw new RewardException(
                    $"{partial} was made from another input or by another model than these; delete it to begin again"
                );
            return CutToWholeLines(partial);
        }
        File.WriteAllText(state, JsonSerializer.Serialize(wanted, RecordFile.LineOptions));
        return 0;
    }

    /// <summary>Cuts off a line that was being written when the run was killed; returns the lines that remain.</summary>
    private static long CutToWholeLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        long lines = 0,
            end = 0,
            position = 0;
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0; position += read)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] != (byte)'\n')
                    continue;
                lines++;
                end = position + i + 1;
            }
        }
        stream.SetLength(end);
        return lines;
    }

    /// <summary>Scores a batch and writes its lines; returns how many rows have an error.</summary>
    private int Write(Stream stream, ConversationRow[] batch, List<ScoreError> first, CancellationToken cancellationToken)
    {
        List<(int Row, string Side, Conversation Conversation)> asked = [];
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].Conversation is { } single)
                asked.Add((i, "", single));
            if (batch[i].Pair is { } pair)
                asked.AddRange([(i, "chosen: ", pair.Chosen), (i, "rejected: ", pair.Rejected)]);
            if (batch[i].Candidates is { } candidates)
                asked.AddRange(candidates.Select((candidate, at) => (i, $"candidate {at + 1}: ", candidate)));
        }
        var scores = batch.Select(_ => new List<float>(2)).ToArray();
        var members = batch.Select(_ => new List<IReadOnlyList<float>>()).ToArray();
        var components = batch.Select(_ => new List<IReadOnlyDictionary<string, float>>()).ToArray();
        var errors = batch.Select(row => row.Error).ToArray();
        var outcomes = asked.Count == 0 ? [] : scorer.Score([.. asked.Select(item => item.Conversation)], cancellationToken);
        for (var i = 0; i < asked.Count; i++)
        {
            var row = asked[i].Row;
            if (outcomes[i].Problem is { } problem)
                errors[row] ??= asked[i].Side + problem;
            else
            {
                scores[row].Add(outcomes[i].Score);
                if (outcomes[i].Members is { } several)
                    members[row].Add(several);
                if (outcomes[i].Components is { } parts)
                    components[row].Add(parts);
            }
        }
        first.AddRange(
            batch
                .Zip(errors)
                .Where(row => row.Second is not null)
                .Take(MostNamed - first.Count)
                .Select(row => new ScoreError(row.First.Line, row.Second!))
        );
        using var lines = new MemoryStream();
        for (var i = 0; i < batch.Length; i++)
            LineOf(batch[i], scores[i], members[i], components[i], errors[i]).Write(lines);
        lines.Position = 0;
        lines.CopyTo(stream);
        stream.Flush();
        return errors.Count(error => error is not null);
    }

    private ScoreLine LineOf(
        ConversationRow row,
        List<float> scores,
        List<IReadOnlyList<float>> members,
        List<IReadOnlyDictionary<string, float>> components,
        string? error
    )
    {
        var line = new ScoreLine { Row = row.Line, Id = row.Id };
        if (error is not null)
            return line with { Error = error };
        // How far the members of an ensemble lie apart; nothing where there is one.
        double[] spreads = [.. members.Select(of => ScoreAggregate.Spread([.. of]))];
        var isEnsemble = spreads.Length > 0;
        // What a composite reward was made of; nothing where one model gave the score.
        var isComposite = components.Count > 0;
        if (row.Candidates is not null)
            return line with
            {
                Scores = scores,
                ScoreStds = isEnsemble ? spreads : null,
                Components = isComposite ? new JsonArray([.. components.Select(NodeOf)]) : null,
            };
        line = row.Pair is null
            ? line with
            {
                Score = scores[0],
                ScoreStd = isEnsemble ? spreads[0] : null,
                Components = isComposite ? NodeOf(components[0]) : null,
            }
            : line with
            {
                ChosenScore = scores[0],
                RejectedScore = scores[1],
                Margin = (double)scores[0] - scores[1],
                ChosenScoreStd = isEnsemble ? spreads[0] : null,
                RejectedScoreStd = isEnsemble ? spreads[1] : null,
                MarginStd = isEnsemble
                    ? ScoreAggregate.Spread([.. members[0].Zip(members[1], (chosen, rejected) => chosen - rejected)])
                    : null,
                ChosenComponents = isComposite ? components[0] : null,
                RejectedComponents = isComposite ? components[1] : null,
            };
        return more?.Invoke(line, scores) ?? line;
    }

    private static JsonObject NodeOf(IReadOnlyDictionary<string, float> components) =>
        new(components.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
}

/// <summary>Where a scoring run is.</summary>
/// <param name="Rows">Rows written, those of an earlier run included.</param>
/// <param name="RowsOfThisRun">Rows written by this run.</param>
/// <param name="Failed">Rows with an error.</param>
/// <param name="Share">Share of the input read, 0..1.</param>
public sealed record ScoreProgress(long Rows, long RowsOfThisRun, long Failed, double Share);

/// <summary>How a scoring run treats what an earlier one left.</summary>
public enum ScoreStart
{
    /// <summary>Begin; a partial file that is there is an error, not overwritten.</summary>
    Fresh,

    /// <summary>Go on from the partial file, if there is one.</summary>
    Resume,
}

/// <summary>Beside a partial file of scores: what it is made from, so that a stopped run goes on with the same.</summary>
/// <param name="Format">Its format.</param>
/// <param name="InputSha256">Of every input, with blanks between; null of a pipe.</param>
/// <param name="Model">Stands for the model, its text rules and what is written beside scores.</param>
/// <param name="Fields">What the user says of the input's fields; null for nothing.</param>
public sealed record ScoreState(
    string? Format,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? InputSha256,
    string? Model,
    string? Fields
)
{
    public const string Kind = "assay.score_state/1";

    /// <summary>Behind the partial file's name.</summary>
    public const string Suffix = ".json";
}

/// <summary>What a scoring run did.</summary>
/// <param name="Rows">Lines written.</param>
/// <param name="Failed">Lines with an <c>error</c> instead of a score.</param>
/// <param name="Resumed">Lines that an earlier, stopped run had written.</param>
/// <param name="FirstErrors">The first of those that this run wrote.</param>
public sealed record ScoreSummary(long Rows, long Failed, long Resumed, IReadOnlyList<ScoreError> FirstErrors)
{
    /// <summary>Rows of this run whose prompt and answer are texts that touch without a blank.</summary>
    public long JoinedTexts { get; init; }

    /// <summary>Rows of this run that are made of turns, which a chat template renders.</summary>
    public long Turned { get; init; }
}

/// <summary>A row without a score.</summary>
/// <param name="Row">Its line from 1.</param>
/// <param name="Error">Why.</param>
public sealed record ScoreError(long Row, string Error);
