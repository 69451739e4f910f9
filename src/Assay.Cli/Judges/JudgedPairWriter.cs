using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Cli.Evaluation;
using Assay.Judges;

namespace Assay.Cli.Judges;

/// <summary>
/// Writes judged pairs as a score file that <c>--scores</c> reads, with the votes they were made from. Rows that were never judged are
/// lines with their <c>error</c>, in their place.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="mode">How the answers in <c>order</c> are named.</param>
/// <param name="withAnswers">Whether what the judge wrote is kept.</param>
/// <param name="setAside">Rows that are no usable pair, filled while the data is read.</param>
internal sealed class JudgedPairWriter(
    Stream stream,
    JudgeMode mode,
    bool withAnswers,
    PriorityQueue<SetAsideRow, (long Row, int Part)>? setAside
)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private IReadOnlyList<JudgeVote>? _lastVotes;

    public void Write(JudgedPair judged)
    {
        while (setAside?.TryPeek(out _, out var place) == true && place.CompareTo((judged.Pair.Row, judged.Pair.Part)) < 0)
            Error(setAside.Dequeue());
        using (var json = new Utf8JsonWriter(stream, Relaxed))
        {
            json.WriteStartObject();
            if (judged.Score is { } score)
                PairScoreWriter.WriteMembers(json, score);
            else
                Named(json, judged.Pair.Row, judged.Pair.Id, judged.Error!);
            if (judged.Probability is { } probability)
                json.WriteNumber("probability", probability);
            if (mode == JudgeMode.NWay)
            {
                json.WriteNumber("chosen_candidate", judged.Chosen);
                json.WriteNumber("rejected_candidate", judged.Rejected);
            }
            // Pairs of answers that were judged at once share their votes: the first of them has them.
            if (!ReferenceEquals(judged.Votes, _lastVotes))
                Votes(json, judged.Votes);
            _lastVotes = judged.Votes;
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes the rows that were set aside after the last pair.</summary>
    public void End()
    {
        while (setAside?.TryDequeue(out var row, out _) == true)
            Error(row);
    }

    private void Votes(Utf8JsonWriter json, IReadOnlyList<JudgeVote> votes)
    {
        json.WriteStartArray("votes");
        foreach (var vote in votes)
        {
            json.WriteStartObject();
            json.WriteNumber("sample", vote.Sample);
            json.WriteStartArray("order");
            foreach (var candidate in vote.Order)
                Candidate(json, candidate);
            json.WriteEndArray();
            if (vote.Named is { } named)
            {
                json.WritePropertyName("winner");
                Candidate(json, named);
            }
            else if (vote.Reading.IsTie)
                json.WriteString("winner", "tie");
            if (vote.Reading.Rating is { } rating)
                json.WriteNumber("rating", rating);
            if (vote.Reading.NoVerdict is { } reason)
                json.WriteString("no_verdict", reason);
            if (vote.InputTokens is { } input)
                json.WriteNumber("input_tokens", input);
            if (vote.OutputTokens is { } output)
                json.WriteNumber("output_tokens", output);
            if (withAnswers)
                json.WriteString("answer", vote.Answer);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Candidate(Utf8JsonWriter json, int candidate)
    {
        if (mode == JudgeMode.NWay)
            json.WriteNumberValue(candidate);
        else
            json.WriteStringValue(candidate == 0 ? "chosen" : "rejected");
    }

    private void Error(SetAsideRow row)
    {
        using (var json = new Utf8JsonWriter(stream, Relaxed))
        {
            json.WriteStartObject();
            Named(json, row.Row, row.Id, row.Reason);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    }

    private static void Named(Utf8JsonWriter json, long row, string? id, string error)
    {
        json.WriteNumber("row", row);
        if (id is not null)
            json.WriteString("id", id);
        json.WriteString("error", error);
    }
}
