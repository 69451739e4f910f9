using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Data.Records;
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
    private IReadOnlyList<JudgeVote>? _lastVotes;

    public void Write(JudgedPair judged)
    {
        while (setAside?.TryPeek(out _, out var place) == true && place.CompareTo((judged.Pair.Row, judged.Pair.Part)) < 0)
            setAside.Dequeue().Line.Write(stream);
        var line = judged.Score is { } score
            ? PairScoreWriter.LineOf(score)
            : new SetAsideRow(judged.Pair.Row, judged.Pair.Part, judged.Pair.Id, judged.Error!).Line;
        line = line with
        {
            Probability = judged.Probability,
            ChosenCandidate = mode == JudgeMode.NWay ? judged.Chosen : null,
            RejectedCandidate = mode == JudgeMode.NWay ? judged.Rejected : null,
            // Pairs of answers that were judged at once share their votes: the first of them has them.
            Votes = ReferenceEquals(judged.Votes, _lastVotes) ? null : [.. judged.Votes.Select(LineOf)],
        };
        line.Write(stream);
        _lastVotes = judged.Votes;
    }

    /// <summary>Writes the rows that were set aside after the last pair.</summary>
    public void End()
    {
        while (setAside?.TryDequeue(out var row, out _) == true)
            row.Line.Write(stream);
    }

    private VoteLine LineOf(JudgeVote vote) =>
        new(vote.Sample, new JsonArray([.. vote.Order.Select(Candidate)]))
        {
            Winner =
                vote.Named is { } named ? Candidate(named)
                : vote.Reading.IsTie ? "tie"
                : null,
            Rating = vote.Reading.Rating,
            NoVerdict = vote.Reading.NoVerdict,
            InputTokens = vote.InputTokens,
            OutputTokens = vote.OutputTokens,
            Answer = withAnswers ? vote.Answer : null,
        };

    private JsonNode Candidate(int candidate) =>
        mode == JudgeMode.NWay ? candidate
        : candidate == 0 ? "chosen"
        : "rejected";
}
