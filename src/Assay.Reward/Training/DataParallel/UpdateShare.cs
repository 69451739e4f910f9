using System.Runtime.InteropServices;
using Assay.Ranks;

namespace Assay.Reward.Training.DataParallel;

/// <summary>
/// Which rows of an update's micro-batches each rank takes, by tokens, and how the ranks tell each other what came out: after it all know
/// the numbers of all rows, and go on alike.
/// </summary>
internal sealed class UpdateShare
{
    private readonly Communicator ranks;
    private readonly ITrainingTask task;
    private readonly IReadOnlyList<int[]> microBatches;
    private readonly int[] owners;
    private readonly int[] starts;

    public UpdateShare(Communicator ranks, ITrainingTask task, IReadOnlyList<int[]> microBatches)
    {
        (this.ranks, this.task, this.microBatches) = (ranks, task, microBatches);
        owners = Shares.Of([.. microBatches.SelectMany(rows => rows).Select(row => (long)task.PackedTokensOf(row))], ranks.Size);
        starts = new int[microBatches.Count];
        for (var i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + microBatches[i - 1].Length;
    }

    /// <summary>The places within a micro-batch, in its order, that a rank takes; maybe none.</summary>
    public int[] PlacesOf(int microBatch, int rank) =>
        [.. Enumerable.Range(0, microBatches[microBatch].Length).Where(at => owners[starts[microBatch] + at] == rank)];

    /// <summary>Fills in what the other ranks found.</summary>
    /// <param name="numbers">Of each micro-batch the numbers of each row; those of this rank's places are given.</param>
    /// <param name="losses">Of each micro-batch the sum of this rank's loss terms; becomes the sum of all, added in the order of
    /// ranks.</param>
    /// <param name="more">What else each rank says, as many numbers on each.</param>
    /// <returns>Of each rank what else it says.</returns>
    public double[][] Exchange(double[][][] numbers, double[] losses, IReadOnlyList<double> more)
    {
        if (ranks.IsAlone)
            return
            [
                [.. more],
            ];
        var own = new List<double>([.. more, .. losses]);
        for (var i = 0; i < numbers.Length; i++)
            foreach (var at in PlacesOf(i, ranks.Rank))
                own.AddRange(numbers[i][at]);
        double[][] all =
        [
            .. ranks
                .AllGather(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(own)))
                .Select(bytes => MemoryMarshal.Cast<byte, double>(bytes).ToArray()),
        ];
        Array.Clear(losses);
        for (var rank = 0; rank < all.Length; rank++)
        {
            for (var i = 0; i < losses.Length; i++)
                losses[i] += all[rank][more.Count + i];
            var next = more.Count + losses.Length;
            for (var i = 0; i < numbers.Length; i++)
            {
                foreach (var at in PlacesOf(i, rank))
                {
                    var count = task.NumbersOf(microBatches[i][at]);
                    numbers[i][at] = all[rank][next..(next + count)];
                    next += count;
                }
            }
        }
        return [.. all.Select(said => said[..more.Count])];
    }
}
