namespace Assay.Data.Checking;

/// <summary>Keeps the pairs with the smallest hashes: the same ones in whatever order the rows come, and never more than <paramref name="capacity"/>.</summary>
internal sealed class BaselineSample(int capacity)
{
    private readonly PriorityQueue<SampledPair, UInt128> _pairs = new(Comparer<UInt128>.Create((one, other) => other.CompareTo(one)));

    public void Offer(PreferencePair pair, UInt128 key, UInt128 prompt)
    {
        if (capacity == 0) return;
        if (_pairs.Count == capacity && _pairs.TryPeek(out _, out UInt128 largest) && key >= largest) return;
        ReadOnlySpan<char> chosen = pair.ChosenAnswerSpan, rejected = pair.RejectedAnswerSpan;
        var sampled = new SampledPair(key, prompt, chosen.Length - rejected.Length, WordDifference.Of(chosen, rejected));
        if (_pairs.Count < capacity) _pairs.Enqueue(sampled, key);
        else _pairs.EnqueueDequeue(sampled, key);
    }

    public List<SampledPair> Pairs() => [.. _pairs.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
}

/// <param name="Key">The pair's hash.</param>
/// <param name="Prompt">The context's hash: what must stay in one fold.</param>
/// <param name="LengthDifference">Characters of chosen minus those of rejected.</param>
/// <param name="Words">Chosen's words minus rejected's.</param>
internal sealed record SampledPair(UInt128 Key, UInt128 Prompt, int LengthDifference, WordDifference Words);
