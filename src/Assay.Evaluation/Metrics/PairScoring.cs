using System.Security.Cryptography;
using System.Text;
using Assay.Data;

namespace Assay.Evaluation.Metrics;

/// <summary>Preference pairs through a scorer to <see cref="PairScore"/>s.</summary>
public static class PairScoring
{
    /// <summary>
    /// Scores pairs in their order, lazily and in batches, so that memory holds one batch. Lengths are characters (UTF-16 units) of the answers alone. The group is a hash of the prompt.
    /// The scorer is handed <paramref name="pairsPerBatch"/> pairs, two conversations each, at once.
    /// </summary>
    /// <exception cref="EvaluationException">The scorer gave another number of scores than it was handed conversations.</exception>
    /// <exception cref="FormatException">From the scorer: a conversation cannot be rendered or is too long.</exception>
    public static IEnumerable<PairScore> Score(IScorer scorer, IEnumerable<PreferencePair> pairs, int pairsPerBatch = 64, CancellationToken cancellationToken = default) =>
        ScorePairs(scorer, pairs, pairsPerBatch, cancellationToken).Select(scored => scored.Score);

    /// <summary>As <see cref="Score"/>, each with its pair beside it.</summary>
    /// <exception cref="EvaluationException">The scorer gave another number of scores than it was handed conversations.</exception>
    /// <exception cref="FormatException">From the scorer: a conversation cannot be rendered or is too long.</exception>
    public static IEnumerable<(PreferencePair Pair, PairScore Score)> ScorePairs(IScorer scorer, IEnumerable<PreferencePair> pairs, int pairsPerBatch = 64, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairsPerBatch, 1);
        foreach (var batch in pairs.Chunk(pairsPerBatch))
        {
            var scores = scorer.Score([.. batch.SelectMany(pair => new[] { pair.Chosen, pair.Rejected })], cancellationToken);
            if (scores.Count != 2 * batch.Length)
                throw new EvaluationException($"the scorer gave {scores.Count} scores for {2 * batch.Length} conversations (pairs from row {batch[0].Row} on); it must give one each");
            for (var i = 0; i < batch.Length; i++)
            {
                yield return (batch[i], Scored(batch[i], scores[2 * i], scores[2 * i + 1]) with
                {
                    Group = GroupOf(batch[i].Prompt),
                    ChosenLength = batch[i].ChosenAnswer.Length,
                    RejectedLength = batch[i].RejectedAnswer.Length,
                });
            }
        }
    }

    /// <summary>Sixteen hexadecimal digits that stand for a prompt; null for an empty one, which groups nothing.</summary>
    public static string? GroupOf(string prompt) =>
        prompt.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)).AsSpan(0, 8));

    internal static PairScore Scored(PreferencePair pair, double chosenScore, double rejectedScore) =>
        new() { Row = pair.Row, Id = pair.Id, Source = pair.Source, Provenance = pair.Provenance, ChosenScore = chosenScore, RejectedScore = rejectedScore };
}
