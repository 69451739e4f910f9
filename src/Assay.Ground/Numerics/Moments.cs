namespace Assay.Ground.Numerics;

/// <summary>Means, variances, covariances and Pearson's correlation in two passes, so that a large common offset costs no digits.</summary>
public static class Moments
{
    public static double Mean(IReadOnlyList<double> values)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Count; i++)
            sum += values[i];
        var mean = sum / values.Count;
        var rest = 0.0;
        for (var i = 0; i < values.Count; i++)
            rest += values[i] - mean;
        return mean + rest / values.Count;
    }

    /// <summary>Σ(x − mean)^<paramref name="power"/> / n.</summary>
    public static double Central(IReadOnlyList<double> values, int power)
    {
        var mean = Mean(values);
        var sum = 0.0;
        for (var i = 0; i < values.Count; i++)
        {
            var step = values[i] - mean;
            sum +=
                power == 2 ? step * step
                : power == 3 ? step * step * step
                : step * step * step * step;
        }
        return sum / values.Count;
    }

    /// <summary>Divisor n − 1.</summary>
    public static double Variance(IReadOnlyList<double> values) => Covariance(values, values);

    /// <summary>Divisor n − 1.</summary>
    public static double Covariance(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double meanX = Mean(x),
            meanY = Mean(y),
            sum = 0;
        for (var i = 0; i < x.Count; i++)
            sum += (x[i] - meanX) * (y[i] - meanY);
        return sum / (x.Count - 1);
    }

    /// <summary>Pearson's r of two lists of one length; NaN where either does not vary.</summary>
    public static double Correlation(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double meanX = Mean(x),
            meanY = Mean(y),
            xx = 0,
            yy = 0,
            xy = 0;
        for (var i = 0; i < x.Count; i++)
        {
            double a = x[i] - meanX,
                b = y[i] - meanY;
            (xx, yy, xy) = (xx + a * a, yy + b * b, xy + a * b);
        }
        return xx == 0 || yy == 0 ? double.NaN : Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1);
    }
}
