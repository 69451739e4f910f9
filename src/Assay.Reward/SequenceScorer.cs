using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Training;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// Scores sequences of ids with a network, without a graph: batches by a token budget, near lengths together, results in the order given.
/// Not safe for use by several threads at once. A score depends on its neighbours in a batch only by rounding, since matrix products of
/// another size add in another order.
/// </summary>
/// <param name="network">Scores.</param>
/// <param name="ranks">Those that share the work, where it is not one alone: each calls with the same sequences and gets all
/// scores.</param>
internal sealed class SequenceScorer(RewardNetwork network, Communicator? ranks = null)
{
    /// <summary>
    /// What each row of the head gives to sequences, in their order: [sequences][rows]. Those that begin alike share that beginning where
    /// the network is causal.
    /// </summary>
    public float[][] Rows(IReadOnlyList<int[]> sequences, int batchTokens, CancellationToken stop = default)
    {
        var groups =
            network.Packing.SharedPrefixLimit > 0
                ? SharedPrefixes.Group(sequences, batchTokens)
                : [.. Enumerable.Range(0, sequences.Count).Select(i => new[] { i })];
        return Rows(groups, sequences, batchTokens, stop);
    }

    /// <summary>Scores of both sides of pairs, in their order.</summary>
    public (float[] Chosen, float[] Rejected) Score(IReadOnlyList<EncodedPair> pairs, int batchTokens, CancellationToken stop = default)
    {
        var sequences = pairs.SelectMany(pair => new[] { pair.Chosen, pair.Rejected }).ToArray();
        var scores = Array.ConvertAll(
            Rows([.. Enumerable.Range(0, pairs.Count).Select(i => new[] { 2 * i, 2 * i + 1 })], sequences, batchTokens, stop),
            ScoreOf
        );
        return ([.. pairs.Select((_, i) => scores[2 * i])], [.. pairs.Select((_, i) => scores[2 * i + 1])]);
    }

    /// <summary>The score that the rows of one sequence make.</summary>
    public float ScoreOf(float[] rows) => network.Rows is { } heads ? (float)heads.ScoreOf(rows) : rows[0];

    private float[][] Rows(IReadOnlyList<int[]> groups, IReadOnlyList<int[]> sequences, int batchTokens, CancellationToken stop)
    {
        using var noGrad = new NoGrad();
        var scores = new float[sequences.Count][];
        var byLength = groups.OrderBy(group => group.Max(i => sequences[i].Length)); // stable
        SharedBatches.Run(
            ranks ?? Communicator.Alone,
            TokenBudget.Cut(byLength, TokensOf, batchTokens),
            TokensOf,
            run =>
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                var batch = PackedBatch.FromGroups(
                    run.Select(group => (IReadOnlyList<IReadOnlyList<int>>)[.. group.Select(i => sequences[i])]),
                    network.Packing
                );
                return network.ScoreRows(batch).ToFloats(); // [sequences of the run, rows]
            },
            (run, values) =>
            {
                var at = 0;
                foreach (var group in run)
                foreach (var i in group)
                    scores[i] = values[at..(at += network.Rows?.Count ?? 1)];
            }
        );
        return scores;

        int TokensOf(int[] group) => group.Sum(i => sequences[i].Length);
    }
}
