using System.Runtime.InteropServices;
using Assay.Ranks;

namespace Assay.Reward;

/// <summary>
/// Batches over ranks: each computes whole ones, by their weight, and all know all results afterwards. What is in a batch does not depend
/// on how many ranks there are, so neither does a result.
/// </summary>
internal static class SharedBatches
{
    /// <summary>Computes every batch on some rank and takes it on all, in the order of the batches.</summary>
    /// <param name="ranks">Each calls this with the same batches.</param>
    /// <param name="batches">Drawn one by one where one rank works alone.</param>
    /// <param name="weight">What an item costs, such as its tokens.</param>
    /// <param name="compute">Of a batch its numbers.</param>
    /// <param name="take">Given a batch and its numbers.</param>
    public static void Run<T, TValue>(
        Communicator ranks,
        IEnumerable<IReadOnlyList<T>> batches,
        Func<T, int> weight,
        Func<IReadOnlyList<T>, TValue[]> compute,
        Action<IReadOnlyList<T>, TValue[]> take
    )
        where TValue : unmanaged
    {
        if (ranks.IsAlone)
        {
            foreach (var batch in batches)
                take(batch, compute(batch));
            return;
        }
        IReadOnlyList<T>[] all = [.. batches];
        var owners = Shares.Of([.. all.Select(batch => batch.Sum(item => (long)weight(item)))], ranks.Size);
        using var own = new MemoryStream();
        foreach (var (i, batch) in all.Index())
        {
            if (owners[i] != ranks.Rank)
                continue;
            var values = compute(batch);
            own.Write(BitConverter.GetBytes(values.Length));
            own.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        var found = ranks.AllGather(own.GetBuffer().AsSpan(0, (int)own.Length));
        var next = new int[ranks.Size];
        foreach (var (i, batch) in all.Index())
        {
            var from = found[owners[i]].AsSpan(next[owners[i]]);
            var values = MemoryMarshal.Cast<byte, TValue>(from[sizeof(int)..])[..BitConverter.ToInt32(from)].ToArray();
            next[owners[i]] += sizeof(int) + MemoryMarshal.AsBytes(values.AsSpan()).Length;
            take(batch, values);
        }
    }
}
