using Assay.Data;
using Assay.Data.Digests;
using Assay.Ground.Files;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>Preference pairs through a scorer to <see cref="PairScore"/>s.</summary>
public static class PairScoring
{
    /// <summary>
    /// Scores pairs in their order, lazily and in batches, so that memory holds one batch. Lengths are code points of the answers alone.
    /// The group is a hash of the prompt. The scorer is handed <paramref name="pairsPerBatch"/> pairs, two conversations each, at once.
    /// </summary>
    /// <param name="scorer">What scores.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="refused">Told of every pair of which a side was refused, with the first side's reason; such a pair is not among the
    /// results.</param>
    /// <param name="pairsPerBatch">1 or more.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="EvaluationException">The scorer gave another number of outcomes than it was handed conversations.</exception>
    public static IEnumerable<(PreferencePair Pair, PairScore Score)> ScorePairs(
        IScorer scorer,
        IEnumerable<PreferencePair> pairs,
        Action<PreferencePair, Refusal> refused,
        int pairsPerBatch = 64,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairsPerBatch, 1);
        foreach (var batch in pairs.Chunk(pairsPerBatch))
        {
            var outcomes = scorer.Score([.. batch.SelectMany(pair => new[] { pair.Chosen, pair.Rejected })], cancellationToken);
            if (outcomes.Count != 2 * batch.Length)
                throw new EvaluationException(
                    $"the scorer gave {outcomes.Count} scores for {2 * batch.Length} conversations (pairs from row {batch[0].Row} on); it must give one each"
                );
            for (var i = 0; i < batch.Length; i++)
            {
                var (pair, chosen, rejected) = (batch[i], outcomes[2 * i], outcomes[2 * i + 1]);
                if ((chosen.Refusal ?? rejected.Refusal) is { } refusal)
                {
                    refused(pair, refusal);
                    continue;
                }
                (double Chosen, double Rejected)[]? members =
                    chosen.Members is { } ofChosen && rejected.Members is { } ofRejected
                        ? [.. ofChosen.Zip(ofRejected, (one, other) => ((double)one, (double)other))]
                        : null;
                yield return (
                    pair,
                    Scored(pair, chosen.Score, rejected.Score) with
                    {
                        Members = members,
                        MarginStd = members is null
                            ? null
                            : Math.Sqrt(Moments.Central([.. members.Select(member => member.Chosen - member.Rejected)], 2)),
                        Group = GroupOf(pair.Prompt),
                        ChosenLength = CodePoints.Count(pair.ChosenAnswer),
                        RejectedLength = CodePoints.Count(pair.RejectedAnswer),
                    }
                );
            }
        }
    }

    /// <summary>Sixteen hexadecimal digits that stand for a prompt; null for an empty one, which groups nothing.</summary>
    public static string? GroupOf(string prompt) => prompt.Length == 0 ? null : ContentHash.Of(prompt)[..16];

    internal static PairScore Scored(PreferencePair pair, double chosenScore, double rejectedScore) =>
        new()
        {
            Row = pair.Row,
            Id = pair.Id,
            Source = pair.Source,
            Provenance = pair.Provenance,
            Digest = RowDigest.Of(pair),
            ChosenScore = chosenScore,
            RejectedScore = rejectedScore,
        };
}
