using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>The interval of an accuracy over prompt groups, where there is one.</summary>
internal static class ByPrompt
{
    /// <summary>95 %, from seeded resamples; null with fewer than two groups.</summary>
    public static Interval? Interval(IEnumerable<PairScore> pairs, long seed)
    {
        var first = new HashSet<string>(StringComparer.Ordinal);
        var alone = 0;
        foreach (var pair in pairs)
        {
            if (pair.Group is null)
                alone++;
            else
                first.Add(pair.Group);
            if (alone + first.Count >= 2)
                return ClusteredAccuracy.Of(pairs, seed).Interval;
        }
        return null;
    }
}
