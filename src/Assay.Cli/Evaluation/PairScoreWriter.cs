using Assay.Data.Records;
using Assay.Evaluation.Metrics;

namespace Assay.Cli.Evaluation;

/// <summary>Writes the score of every pair as JSON Lines that <c>--scores</c> reads back.</summary>
internal static class PairScoreWriter
{
    /// <param name="stream">Where to.</param>
    /// <param name="pairs">The scored pairs, in the order of the data.</param>
    /// <param name="setAside">Rows without a score, filled while <paramref name="pairs"/> are read: each becomes a line with its
    /// <c>error</c>, in its place.</param>
    public static void Write(Stream stream, IEnumerable<PairScore> pairs, PriorityQueue<SetAsideRow, (long Row, int Part)>? setAside = null)
    {
        var (row, part) = (0L, 0);
        foreach (var pair in pairs)
        {
            if (pair.Row != row)
                (row, part) = (pair.Row, 0);
            while (setAside?.TryPeek(out var before, out _) == true && (before.Row < row || (before.Row == row && before.Part <= part)))
            {
                if (before.Row == row)
                    part++;
                setAside.Dequeue().Line.Write(stream);
            }
            LineOf(pair).Write(stream);
            part++;
        }
        while (setAside?.TryDequeue(out var last, out _) == true)
            last.Line.Write(stream);
    }

    /// <summary>A pair's line, for lines that hold more than it.</summary>
    public static ScoreLine LineOf(PairScore pair) =>
        new()
        {
            Row = pair.Row,
            Id = pair.Id,
            Source = pair.Source,
            ChosenGenerator = pair.Provenance?.ChosenGenerator,
            RejectedGenerator = pair.Provenance?.RejectedGenerator,
            SamplingSettings = pair.Provenance?.SamplingSettings,
            LabellingBatch = pair.Provenance?.LabellingBatch,
            Annotators = pair.Provenance?.Annotators,
            ChosenPosition = pair.Provenance?.ChosenPosition,
            Group = pair.Group,
            ChosenScore = pair.ChosenScore,
            RejectedScore = pair.RejectedScore,
            Margin = pair.Margin,
            MarginStd = pair.MarginStd,
            ChosenLength = pair.ChosenLength,
            RejectedLength = pair.RejectedLength,
            Digest = pair.Digest?.ToString(),
            Weight = pair.Weight == 1 ? null : pair.Weight,
        };
}
