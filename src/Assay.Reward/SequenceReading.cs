using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Training;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// What a network says at places of sequences: of a process reward model two logits (wrong, right) a place, of a language model the
/// log-probability of the token after each place.
/// </summary>
internal static class SequenceReading
{
    /// <summary>Numbers a place.</summary>
    public static int NumbersPerPlace(RewardNetwork network) => network.Output == NetworkOutput.Steps ? 2 : 1;

    /// <summary>
    /// All numbers of groups of sequences, in their order, [places * numbers a place], a part of the graph unless inside
    /// <see cref="NoGrad"/>.
    /// </summary>
    public static Tensor Forward(RewardNetwork network, IReadOnlyList<IReadOnlyList<ReadSequence>> groups)
    {
        var batch = PackedBatch.FromGroups(groups, network.Packing);
        if (network.Output == NetworkOutput.LanguageModel)
            return network.LogProbabilities(
                batch,
                [.. groups.SelectMany(group => group).SelectMany(sequence => sequence.Places.Select(place => sequence.Ids[place + 1]))]
            );
        var logits = network.StepLogits(batch); // [places, 2]
        return logits.Reshape(-1);
    }

    /// <summary>
    /// The numbers of each sequence, in their order, without a graph: batches by a token budget, near lengths together; those that begin
    /// alike share that beginning where the network is causal. Several ranks share the batches, and get all.
    /// </summary>
    public static double[][] Read(
        RewardNetwork network,
        IReadOnlyList<ReadSequence> sequences,
        int batchTokens,
        CancellationToken stop = default,
        Action<int>? done = null,
        Communicator? ranks = null
    )
    {
        using var noGrad = new NoGrad();
        int[][] ids = [.. sequences.Select(sequence => sequence.Ids as int[] ?? [.. sequence.Ids])];
        var groups =
            network.Packing.SharedPrefixLimit > 0
                ? SharedPrefixes.Group(ids, batchTokens)
                : [.. Enumerable.Range(0, ids.Length).Select(i => new[] { i })];
        var (found, finished) = (new double[ids.Length][], 0);
        SharedBatches.Run(
            ranks ?? Communicator.Alone,
            TokenBudget.Cut(groups.OrderBy(group => group.Max(i => ids[i].Length)), TokensOf, batchTokens),
            TokensOf,
            run =>
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                return Forward(network, [.. run.Select(group => (IReadOnlyList<ReadSequence>)[.. group.Select(i => sequences[i])])])
                    .ToDoubles();
            },
            (run, values) =>
            {
                var at = 0;
                foreach (var i in run.SelectMany(group => group))
                {
                    var count = sequences[i].Places.Count * NumbersPerPlace(network);
                    found[i] = values[at..(at + count)];
                    at += count;
                }
                finished += run.Sum(group => group.Length);
                done?.Invoke(finished);
            }
        );
        return found;

        int TokensOf(int[] group) => group.Sum(i => ids[i].Length);
    }
}
