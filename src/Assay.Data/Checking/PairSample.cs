using Assay.Data.Contract;

namespace Assay.Data.Checking;

/// <summary>
/// Keeps what belongs to the pairs with the smallest hashes, at most <paramref name="capacity"/> of them: the same pairs in whatever order
/// the rows come, and the same in every sample of that capacity. The hash is of context and candidates, so it knows nothing of rows or
/// files.
/// </summary>
/// <param name="capacity">0 keeps nothing.</param>
public sealed class PairSample<T>(int capacity)
{
    private readonly PriorityQueue<T, UInt128> _items = new(Comparer<UInt128>.Create((one, other) => other.CompareTo(one)));

    /// <summary>Offers a pair; <paramref name="item"/> is asked only when it is taken.</summary>
    public void Offer(PreferencePair pair, Func<T> item) => Offer(PairHash.Of(pair).Key, item);

    internal void Offer(UInt128 key, Func<T> item)
    {
        if (capacity == 0)
            return;
        if (_items.Count == capacity && _items.TryPeek(out _, out var largest) && key >= largest)
            return;
        if (_items.Count < capacity)
            _items.Enqueue(item(), key);
        else
            _items.EnqueueDequeue(item(), key);
    }

    /// <summary>What was kept, by rising hash.</summary>
    public IReadOnlyList<T> Items() => [.. _items.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
}
