using Assay.Models;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// What the head reads of each side of pairs, computed once: with everything below it frozen, training needs no more of the network. One
/// row of the hidden size for each side, in the type that the network computes in.
/// </summary>
internal sealed class FeatureCache : IDisposable
{
    private readonly RewardNetwork _network;
    private readonly Tensor _features;
    private readonly Dictionary<int[], int> _rowOf = new(ReferenceEqualityComparer.Instance);

    /// <param name="network">Its head may change afterwards, nothing else.</param>
    /// <param name="pairs">Whose sides.</param>
    /// <param name="batchTokens">Most tokens that go through the network at once.</param>
    /// <param name="stop">Ends it between two batches.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public FeatureCache(RewardNetwork network, IReadOnlyList<EncodedPair> pairs, int batchTokens, CancellationToken stop)
    {
        _network = network;
        using var noGrad = new NoGrad();
        Tensor? features = null;
        var next = 0;
        try
        {
            foreach (var batch in TokenBudget.Cut(pairs.OrderBy(pair => pair.LongestSide), pair => pair.TokenCount, batchTokens))
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                // [sides of the batch, hidden]
                var found = network.Features(PackedBatch.FromGroups(batch.Select(pair => pair.Sides), network.Packing));
                features ??= TensorScope.Release(
                    Tensor.Empty(found.DType, found.Device, pairs.Sum(pair => pair.Sides.Count), found.Shape[1])
                );
                features.Narrow(0, next, found.Shape[0]).CopyFrom(found);
                foreach (var pair in batch)
                {
                    var sides = pair.Sides;
                    foreach (var side in sides)
                        _rowOf[side] = next++;
                    (_rowOf[pair.Chosen], _rowOf[pair.Rejected]) = (_rowOf[sides[0]], _rowOf[sides[^1]]); // of a list its ends
                }
            }
        }
        catch
        {
            features?.Dispose();
            throw;
        }
        _features = features ?? throw new ArgumentException("there are no pairs", nameof(pairs));
    }

    /// <summary>
    /// What each row of the head gives to sides, [sides, rows], a part of the graph unless inside <see cref="NoGrad"/>. The sides are known
    /// by their arrays.
    /// </summary>
    public Tensor Rows(IEnumerable<int[]> sides) =>
        _network.ScoreFeatureRows(_features.SelectRows([.. sides.Select(side => _rowOf[side])]));

    /// <summary>Scores of both sides of pairs, in their order.</summary>
    public (float[] Chosen, float[] Rejected) Score(IReadOnlyList<EncodedPair> pairs)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var scorer = new SequenceScorer(_network);
        return (Score(pairs.Select(pair => pair.Chosen)), Score(pairs.Select(pair => pair.Rejected)));

        float[] Score(IEnumerable<int[]> sides) => [.. Rows(sides).ToFloats().Chunk(_network.Rows?.Count ?? 1).Select(scorer.ScoreOf)];
    }

    public void Dispose() => _features.Dispose();
}
