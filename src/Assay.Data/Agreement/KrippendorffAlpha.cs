namespace Assay.Data.Agreement;

/// <summary>
/// Krippendorff's alpha from the coincidence matrix (Krippendorff, Content Analysis, chapter 11). Missing votes are no matter: a unit
/// counts when it has two.
/// </summary>
public static class KrippendorffAlpha
{
    public static Coefficient Of(VoteTable table, MeasurementLevel level)
    {
        var categories = table.Categories.Count;
        var coincidences = new double[categories, categories];
        foreach (var (counts, weight) in table.Counts.Zip(table.Weights))
        {
            var votes = counts.Sum();
            if (votes < 2)
                continue;
            for (var c = 0; c < categories; c++)
            for (var k = 0; k < categories; k++)
                coincidences[c, k] += weight * counts[c] * (counts[k] - (c == k ? 1.0 : 0)) / (votes - 1);
        }
        double[] totals = [.. Enumerable.Range(0, categories).Select(c => Enumerable.Range(0, categories).Sum(k => coincidences[c, k]))];
        var all = totals.Sum();
        if (all == 0)
            return Coefficient.None("no unit has two votes");
        double observed = 0,
            expected = 0;
        for (var c = 0; c < categories; c++)
        {
            for (var k = 0; k < categories; k++)
            {
                var distance = Distance(table.Categories, totals, level, c, k);
                observed += coincidences[c, k] * distance;
                expected += totals[c] * totals[k] * distance / (all - 1);
            }
        }
        return expected == 0 ? Coefficient.None("no variation: every vote is the same") : new() { Value = 1 - observed / expected };
    }

    private static double Distance(IReadOnlyList<double> categories, double[] totals, MeasurementLevel level, int c, int k)
    {
        if (c == k)
            return 0;
        double difference = categories[c] - categories[k],
            sum = categories[c] + categories[k];
        switch (level)
        {
            case MeasurementLevel.Nominal:
                return 1;
            case MeasurementLevel.Ordinal:
                int low = Math.Min(c, k),
                    high = Math.Max(c, k);
                var between = Enumerable.Range(low, high - low + 1).Sum(category => totals[category]) - (totals[low] + totals[high]) / 2;
                return between * between;
            case MeasurementLevel.Interval:
                return difference * difference;
            default:
                return sum == 0 ? 0 : difference / sum * (difference / sum);
        }
    }
}

/// <summary>What the numbers of categories mean, and so how far apart two of them are.</summary>
public enum MeasurementLevel
{
    /// <summary>Names: different or not.</summary>
    Nominal,

    /// <summary>Ranks: by how many votes lie between.</summary>
    Ordinal,

    /// <summary>Differences count: (c − k)².</summary>
    Interval,

    /// <summary>Proportions count: ((c − k) / (c + k))².</summary>
    Ratio,
}
