namespace Assay.Reward.Tests.Objectives;

/// <summary>
/// A world of token ids with a true reward, known to the test alone: an answer is worth what its good tokens (20 to 29) are more than its
/// bad ones (30 to 39). Which side is chosen is drawn as Bradley and Terry would, from a seed.
/// </summary>
internal sealed class PlantedPairs(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>The true reward of a sequence.</summary>
    public static double Reward(int[] ids) => ids.Count(id => id is >= 20 and < 30) - ids.Count(id => id is >= 30 and < 40);

    /// <summary>Pairs labelled by the truth with its noise.</summary>
    public List<EncodedPair> Draw(int count) =>
        [.. Enumerable.Range(1, count).Select(row => Draw(row, reward => random.NextDouble() < 1 / (1 + Math.Exp(-2 * reward))))];

    /// <summary>Pairs whose chosen side is the better one by the truth.</summary>
    public List<EncodedPair> DrawCertain(int count)
    {
        var pairs = new List<EncodedPair>();
        while (pairs.Count < count)
            if (Draw(pairs.Count + 1, reward => reward > 0) is var pair && Reward(pair.Chosen) != Reward(pair.Rejected))
                pairs.Add(pair);
        return pairs;
    }

    /// <summary>Pairs whose labels a coin made.</summary>
    public List<EncodedPair> DrawSenseless(int count) => [.. Enumerable.Range(1, count).Select(row => Draw(row, _ => random.Next(2) == 0))];

    /// <summary>A pair whose chosen side is the one that <paramref name="prefersFirst"/> picks by the difference of true rewards.</summary>
    public EncodedPair Draw(int row, Func<double, bool> prefersFirst)
    {
        int[] prompt = [.. Enumerable.Range(0, 3).Select(_ => random.Next(40, 60))];
        int[] first = [.. prompt, .. Answer()],
            second = [.. prompt, .. Answer(), 6]; // never the same
        return prefersFirst(Reward(first) - Reward(second)) ? new(row, first, second) : new(row, second, first);
    }

    public static EncodedPair Turned(EncodedPair pair) => pair with { Chosen = pair.Rejected, Rejected = pair.Chosen };

    private int[] Answer() => [.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(20, 60))];
}
