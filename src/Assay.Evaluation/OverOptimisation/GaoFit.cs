namespace Assay.Evaluation.OverOptimisation;

/// <summary>
/// The over-optimisation curve of Gao, Schulman and Hilton (2023), fitted by least squares to gold reward over d = √KL (KL in nats): where
/// gold reward peaks, and where it is back at its start.
/// </summary>
public sealed record GaoFit
{
    public required GaoCurve Curve { get; init; }

    public required double Alpha { get; init; }

    /// <summary>At or below 0 the data show no over-optimisation, and there is no peak.</summary>
    public required double Beta { get; init; }

    public required double AlphaStandardError { get; init; }

    public required double BetaStandardError { get; init; }

    public required double ResidualSumOfSquares { get; init; }

    /// <summary>Whether the fitted curve turns down at all.</summary>
    public bool HasPeak => Beta > 0;

    /// <summary>d of the highest gold reward; NaN without a peak.</summary>
    public double PeakDistance =>
        !HasPeak ? double.NaN
        : Curve == GaoCurve.BestOfN ? Alpha / (2 * Beta)
        : Math.Exp(Alpha / Beta - 1);

    /// <summary>KL in nats at the peak.</summary>
    public double PeakKullbackLeibler => PeakDistance * PeakDistance;

    /// <summary>Gold reward at the peak, above the start.</summary>
    public double PeakGold => HasPeak ? At(PeakDistance) : double.NaN;

    /// <summary>d at which everything gained is lost again; NaN without a peak.</summary>
    public double ZeroCrossingDistance =>
        !HasPeak ? double.NaN
        : Curve == GaoCurve.BestOfN ? Alpha / Beta
        : Math.Exp(Alpha / Beta);

    /// <summary>The fitted gold reward, relative to the start.</summary>
    public double At(double distance) => distance == 0 ? 0 : distance * Alpha + Slope(Curve, distance) * Beta;

    /// <summary>Fits the curve. Standard errors need three points, the curve itself two; with two they are NaN.</summary>
    /// <exception cref="EvaluationException">There are fewer than two different distances above 0.</exception>
    /// <exception cref="ArgumentException">The lists differ in length, or a distance is negative or not finite.</exception>
    public static GaoFit Of(GaoCurve curve, IReadOnlyList<double> distances, IReadOnlyList<double> gold)
    {
        if (distances.Count != gold.Count)
            throw new ArgumentException($"{distances.Count} distances and {gold.Count} gold rewards", nameof(gold));
        if (distances.Any(distance => !(distance >= 0) || double.IsInfinity(distance)))
            throw new ArgumentException("a distance is negative or not finite; d is the root of a KL", nameof(distances));
        if (distances.Where(distance => distance > 0).Distinct().Count() < 2)
            throw new EvaluationException(
                $"{distances.Count} point(s) cannot fix two parameters: measure gold reward at two or more different distances above 0"
            );
        double xx = 0,
            xz = 0,
            zz = 0,
            xy = 0,
            zy = 0;
        for (var i = 0; i < distances.Count; i++)
        {
            double x = distances[i],
                z = x == 0 ? 0 : Slope(curve, x);
            (xx, xz, zz, xy, zy) = (xx + x * x, xz + x * z, zz + z * z, xy + x * gold[i], zy + z * gold[i]);
        }
        var determinant = xx * zz - xz * xz;
        var fit = new GaoFit
        {
            Curve = curve,
            Alpha = (zz * xy - xz * zy) / determinant,
            Beta = (xx * zy - xz * xy) / determinant,
            AlphaStandardError = double.NaN,
            BetaStandardError = double.NaN,
            ResidualSumOfSquares = double.NaN,
        };
        var residual = distances.Select((distance, i) => gold[i] - fit.At(distance)).Sum(error => error * error);
        var variance = distances.Count > 2 ? residual / (distances.Count - 2) : double.NaN;
        return fit with
        {
            ResidualSumOfSquares = residual,
            AlphaStandardError = Math.Sqrt(variance * zz / determinant),
            BetaStandardError = Math.Sqrt(variance * xx / determinant),
        };
    }

    private static double Slope(GaoCurve curve, double distance) =>
        curve == GaoCurve.BestOfN ? -distance * distance : -distance * Math.Log(distance);
}

/// <summary>What optimises against the proxy: Gao et al. found a different curve for each.</summary>
public enum GaoCurve
{
    /// <summary>gold(d) = d·(α − β·d).</summary>
    BestOfN,

    /// <summary>gold(d) = d·(α − β·ln d), 0 at d = 0.</summary>
    ReinforcementLearning,
}
