using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// Forecasts against outcomes, bin by bin, and the calibration errors read off them (Naeini et al. 2015; Guo et al. 2017). Equal-width bins
/// use the edges i·(1/k), as numpy's linspace does: 0.30000000000000004 is one of them and 0.3 is not, so a forecast of exactly 0.3 lies
/// below it.
/// </summary>
public sealed record ReliabilityTable(IReadOnlyList<ReliabilityBin> Bins)
{
    /// <summary>ECE: the gaps weighted by the bins' shares.</summary>
    public double ExpectedCalibrationError => Filled.Sum(bin => bin.Count * bin.Gap) / Total;

    /// <summary>MCE: the largest gap of a filled bin.</summary>
    public double MaximumCalibrationError => Filled.Max(bin => bin.Gap);

    /// <summary>Root of the weighted mean squared gap.</summary>
    public double RootMeanSquareCalibrationError => Math.Sqrt(Filled.Sum(bin => bin.Count * bin.Gap * bin.Gap) / Total);

    /// <summary>Plain mean of the gaps over filled bins.</summary>
    public double AverageOverFilledBins => Filled.Average(bin => bin.Gap);

    private IEnumerable<ReliabilityBin> Filled => Bins.Where(bin => bin.Count > 0);

    private double Total => Bins.Sum(bin => bin.Count);

    /// <summary>Bins of equal width over 0..1.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or there is no bin.</exception>
    public static ReliabilityTable EqualWidth(
        IReadOnlyList<double> probabilities,
        IReadOnlyList<double> outcomes,
        int binCount = 10,
        BinEdge closed = BinEdge.Right
    ) => OfEdges(probabilities, outcomes, EqualWidthEdges(binCount), closed);

    /// <summary>
    /// Bins between the linear percentiles of the forecasts, about equally full; equal forecasts may leave bins empty (scikit-learn's
    /// <c>strategy="quantile"</c>).
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or there is no bin.</exception>
    public static ReliabilityTable EqualMass(
        IReadOnlyList<double> probabilities,
        IReadOnlyList<double> outcomes,
        int binCount = 10,
        BinEdge closed = BinEdge.Right
    )
    {
        ProperScores.Check(probabilities, outcomes);
        var sorted = Quantile.Sorted(probabilities);
        return OfEdges(
            probabilities,
            outcomes,
            [.. EqualWidthEdges(binCount).Select(share => Quantile.OfSorted(sorted, share * 100 / 100))],
            closed
        );
    }

    /// <summary>
    /// The other custom of equal mass: the forecasts in order, cut into chunks of which the first n mod k are one longer. Returns its ECE.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static double ChunkedCalibrationError(IReadOnlyList<double> probabilities, IReadOnlyList<double> outcomes, int binCount = 10)
    {
        ProperScores.Check(probabilities, outcomes);
        int[] order = [.. Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i])];
        var (first, error) = (0, 0.0);
        for (var chunk = 0; chunk < binCount; chunk++)
        {
            var size = order.Length / binCount + (chunk < order.Length % binCount ? 1 : 0);
            error += Math.Abs(order.AsSpan(first, size).ToArray().Sum(i => probabilities[i] - outcomes[i]));
            first += size;
        }
        return error / order.Length;
    }

    /// <summary>Bins between given ascending edges, ends included; what lies outside goes to the first or last bin.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or there are fewer than two edges.</exception>
    public static ReliabilityTable OfEdges(
        IReadOnlyList<double> probabilities,
        IReadOnlyList<double> outcomes,
        IReadOnlyList<double> edges,
        BinEdge closed = BinEdge.Right
    )
    {
        ProperScores.Check(probabilities, outcomes);
        if (edges.Count < 2)
            throw new ArgumentException("bins need at least two edges", nameof(edges));
        var (counts, said, came) = (new long[edges.Count - 1], new double[edges.Count - 1], new double[edges.Count - 1]);
        for (var i = 0; i < probabilities.Count; i++)
        {
            var bin = BinOf(probabilities[i], edges, closed);
            counts[bin]++;
            said[bin] += probabilities[i];
            came[bin] += outcomes[i];
        }
        return new([
            .. counts.Select(
                (count, bin) =>
                    new ReliabilityBin(
                        edges[bin],
                        edges[bin + 1],
                        count,
                        count == 0 ? double.NaN : said[bin] / count,
                        count == 0 ? double.NaN : came[bin] / count
                    )
            ),
        ]);
    }

    /// <summary>The bin of a forecast, from 0.</summary>
    public static int BinOf(double probability, IReadOnlyList<double> edges, BinEdge closed)
    {
        int low = 1,
            high = edges.Count - 1; // interior edges are 1..Count−2; count those below the forecast
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (closed == BinEdge.Right ? edges[middle] < probability : edges[middle] <= probability)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }

    /// <summary>i·(1/k) for i = 0..k.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static IReadOnlyList<double> EqualWidthEdges(int binCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(binCount, 1);
        var width = 1.0 / binCount;
        return [.. Enumerable.Range(0, binCount).Select(i => i * width), 1.0];
    }
}

/// <summary>To which bin a probability exactly on an edge belongs. The two customs differ: say which one a figure uses.</summary>
public enum BinEdge
{
    /// <summary>
    /// (low, high], the first bin also taking its low end: scikit-learn, and Guo et al. 2017. The one this library reports.
    /// </summary>
    Right,

    /// <summary>[low, high), the last bin also taking its high end: netcal.</summary>
    Left,
}

/// <summary>
/// One bin of a reliability table: its ends, how many forecasts fell in, what they said on average and how often it came true (NaN when
/// empty).
/// </summary>
public sealed record ReliabilityBin(double Low, double High, long Count, double MeanProbability, double WinRate)
{
    /// <summary>|said − came true|.</summary>
    public double Gap => Math.Abs(MeanProbability - WinRate);
}
