using System.Text.Json;
using System.Text.Json.Nodes;
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
/// <param name="fingerprint">Stands for the model and its text rules, and for what <paramref name="more"/> writes: a stopped run only goes
/// on with the same one.</param>
/// <param name="more">Writes further properties into a row's line, of its score, or of the scores of chosen and rejected.</param>
/// <param name="fields">What the user says of the input's fields; a stopped run only goes on with the same.</param>
public sealed class ScoreRun(
    IScorer scorer,
    string fingerprint,
    Action<Utf8JsonWriter, IReadOnlyList<float>>? more = null,
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
            failed = done == 0 ? 0 : File.ReadLines(partial).LongCount(line => JsonNode.Parse(line)?["error"] is not null);
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
                    $"{error.Message} What was scored is in {partial}: make room, and the same command with --resume goes on",
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
        {
            using (var json = new Utf8JsonWriter(lines))
                WriteLine(json, batch[i], scores[i], members[i], components[i], errors[i]);
            lines.WriteByte((byte)'\n');
        }
        lines.Position = 0;
        lines.CopyTo(stream);
        stream.Flush();
        return errors.Count(error => error is not null);
    }

    private void WriteLine(
        Utf8JsonWriter json,
        ConversationRow row,
        List<float> scores,
        List<IReadOnlyList<float>> members,
        List<IReadOnlyDictionary<string, float>> components,
        string? error
    )
    {
        json.WriteStartObject();
        json.WriteNumber("row", row.Line);
        if (row.Id is { } id)
            json.WriteString("id", id);
        // How far the members of an ensemble lie apart; nothing where there is one.
        double[] spreads = [.. members.Select(of => ScoreAggregate.Spread([.. of]))];
        if (error is not null)
            json.WriteString("error", error);
        else if (row.Candidates is not null)
        {
            json.WriteStartArray("scores");
            foreach (var score in scores)
                json.WriteNumberValue(score);
            json.WriteEndArray();
            if (spreads.Length > 0)
            {
                json.WriteStartArray("score_stds");
                foreach (var spread in spreads)
                    json.WriteNumberValue(spread);
                json.WriteEndArray();
            }
        }
        else if (row.Pair is null)
        {
            json.WriteNumber("score", scores[0]);
            if (spreads.Length > 0)
                json.WriteNumber("score_std", spreads[0]);
        }
        else
        {
            json.WriteNumber("chosen_score", scores[0]);
            json.WriteNumber("rejected_score", scores[1]);
            json.WriteNumber("margin", (double)scores[0] - scores[1]);
            if (spreads.Length > 0)
            {
                json.WriteNumber("chosen_score_std", spreads[0]);
                json.WriteNumber("rejected_score_std", spreads[1]);
                json.WriteNumber(
                    "margin_std",
                    ScoreAggregate.Spread([.. members[0].Zip(members[1], (chosen, rejected) => chosen - rejected)])
                );
            }
        }
        if (error is null)
            WriteComponents(json, row, components);
        if (error is null && row.Candidates is null)
            more?.Invoke(json, scores);
        json.WriteEndObject();
    }

    // What a composite reward was made of; nothing where one model gave the score.
    private static void WriteComponents(Utf8JsonWriter json, ConversationRow row, List<IReadOnlyDictionary<string, float>> components)
    {
        if (components.Count == 0)
            return;
        if (row.Candidates is not null)
            json.WriteStartArray("components");
        for (var i = 0; i < components.Count; i++)
        {
            if (row.Candidates is not null)
                json.WriteStartObject();
            else
                json.WriteStartObject(
                    row.Pair is null ? "components"
                    : i == 0 ? "chosen_components"
                    : "rejected_components"
                );
            foreach (var (name, value) in components[i])
                json.WriteNumber(name, value);
            json.WriteEndObject();
        }
        if (row.Candidates is not null)
            json.WriteEndArray();
    }
}
