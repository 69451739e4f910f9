namespace Assay.Data.Duplicates;

/// <summary>
/// Locality-sensitive hashing of MinHash signatures: places are cut into bands, and two texts are candidates when one band is equal in all
/// its places. Texts of similarity s become candidates with probability 1 − (1 − s^rows)^bands.
/// </summary>
/// <param name="Bands">How many bands.</param>
/// <param name="Rows">Places in a band; <c>Bands · Rows</c> is at most the signature's places.</param>
public readonly record struct Banding(int Bands, int Rows)
{
    /// <summary>The probability that two texts of this similarity are looked at.</summary>
    public double Recall(double similarity) => 1 - Math.Pow(1 - Math.Pow(similarity, Rows), Bands);

    /// <summary>
    /// The bands that make the weighted sum of false positives below and false negatives above <paramref name="threshold"/> smallest, as
    /// datasketch's <c>MinHashLSH</c> chooses them (midpoint rule, step 0.001; the first best of rising bands, then rising rows). Its
    /// recall just above the threshold is low, near one half: to prove that nothing is left, take more bands.
    /// </summary>
    public static Banding Optimal(double threshold, int places, double falsePositiveWeight = 0.5, double falseNegativeWeight = 0.5)
    {
        var smallest = double.PositiveInfinity;
        Banding best = default;
        for (var bands = 1; bands <= places; bands++)
        {
            for (var rows = 1; rows <= places / bands; rows++)
            {
                var banding = new Banding(bands, rows);
                var error =
                    falsePositiveWeight * Integral(banding.Recall, 0, threshold)
                    + falseNegativeWeight * Integral(s => 1 - banding.Recall(s), threshold, 1);
                if (error >= smallest)
                    continue;
                smallest = error;
                best = banding;
            }
        }
        return best;
    }

    /// <summary>The hash of one band of a signature.</summary>
    public ulong Key(ReadOnlySpan<uint> signature, int band)
    {
        var hash = (ulong)band;
        foreach (var place in signature.Slice(band * Rows, Rows))
            hash = ShingleSet.Mix(hash ^ place) + 0x9E3779B97F4A7C15;
        return hash;
    }

    private static double Integral(Func<double, double> function, double from, double to)
    {
        const double Step = 0.001;
        var area = 0.0;
        for (var x = from; x < to; x += Step)
            area += function(x + 0.5 * Step) * Step;
        return area;
    }
}
