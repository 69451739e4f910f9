using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Endpoints;

/// <summary>
/// What a server's numbers went through, guessed from our raw scores x and its numbers y: a line through x and y (raw), through x and logit
/// y (a sigmoid), or through x and log y (a softmax over a list whose sum does not change). The form with the largest r² is it; a slope of
/// 1 and an offset of 0 say that nothing else happened.
/// </summary>
/// <param name="Name">none, sigmoid, softmax, or unknown where no form fits.</param>
/// <param name="Slope">Of the line; NaN where unknown.</param>
/// <param name="Offset">Of the line; NaN where unknown.</param>
/// <param name="RSquared">How much of the variance the line explains, 0 to 1; NaN where a side does not vary.</param>
public sealed record ActivationFit(string Name, double Slope, double Offset, double RSquared)
{
    /// <summary>Below it no form is named.</summary>
    private const double Named = 0.98;

    /// <summary>Fewer points do not tell a line from a curve.</summary>
    private const int FewestPoints = 4;

    public static ActivationFit Unknown { get; } = new("unknown", double.NaN, double.NaN, double.NaN);

    /// <summary>Fits all forms and takes the best; of equal ones the simplest.</summary>
    /// <param name="ours">Raw scores.</param>
    /// <param name="theirs">The server's numbers, in the same order; finite.</param>
    public static ActivationFit Of(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        var raw = Line("none", ours, theirs, y => y, _ => true);
        if (theirs.Any(y => y is < 0 or > 1))
            return raw is { RSquared: >= Named } ? raw : Unknown with { RSquared = raw.RSquared };
        // 0 and 1 are what rounding made of a large score.
        ActivationFit[] forms =
        [
            raw,
            Line("sigmoid", ours, theirs, y => Math.Log(y / (1 - y)), y => y is > 0 and < 1),
            Line("softmax", ours, theirs, Math.Log, y => y is > 0 and < 1),
        ];
        var best = forms.Aggregate((a, b) => b.RSquared > a.RSquared || double.IsNaN(a.RSquared) ? b : a);
        return best.RSquared >= Named ? best : Unknown with { RSquared = best.RSquared };
    }

    private static ActivationFit Line(
        string name,
        IReadOnlyList<double> x,
        IReadOnlyList<double> y,
        Func<double, double> inverse,
        Func<double, bool> isInside
    )
    {
        int[] used = [.. Enumerable.Range(0, x.Count).Where(i => isInside(y[i]))];
        if (used.Length < Math.Max(FewestPoints, x.Count / 2))
            return new(name, double.NaN, double.NaN, double.NaN);
        double[] a = [.. used.Select(i => x[i])],
            b = [.. used.Select(i => inverse(y[i]))];
        double meanA = a.Average(),
            meanB = b.Average(),
            variance = a.Sum(value => (value - meanA) * (value - meanA));
        if (variance == 0)
            return new(name, double.NaN, double.NaN, double.NaN);
        var slope = a.Zip(b, (one, other) => (one - meanA) * (other - meanB)).Sum() / variance;
        var r = Correlation.Pearson(a, b).Coefficient;
        return new(name, slope, meanB - (slope * meanA), r * r);
    }
}
