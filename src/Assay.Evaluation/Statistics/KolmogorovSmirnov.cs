using MathNet.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// The two-sample Kolmogorov-Smirnov test. Exact: the share of random orders of both samples whose distributions ever lie as far apart
/// (Hodges 1958), in O(nm). Large samples: the one-sample law at n·m/(n + m), as scipy's <c>method="asymp"</c>, by Marsaglia, Tsang and
/// Wang (2003), in the tail twice the one-sided law of Birnbaum and Tingey (1951), beyond 4 000 effective items Kolmogorov's limit with
/// Stephens' correction (1970).
/// </summary>
public static class KolmogorovSmirnov
{
    /// <summary>Largest n·m for which <see cref="TwoSample"/> counts exactly.</summary>
    public const long ExactLimit = 10_000_000;

    private const double TailFrom = 4; // n·d²: beyond it twice the one-sided tail is exact to ten digits
    private const double LimitFrom = 4_000; // beyond it the exact law costs seconds and the limit is right to three digits

    /// <summary>Exact where n·m ≤ <see cref="ExactLimit"/>, else asymptotic.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static TestResult TwoSample(IEnumerable<double> first, IEnumerable<double> second)
    {
        double[] x = Quantile.Sorted(first),
            y = Quantile.Sorted(second);
        return (long)x.Length * y.Length <= ExactLimit ? Exact(x, y) : Asymptotic(x, y);
    }

    /// <summary>Two-sided, exact; equal values across samples make it conservative.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static TestResult Exact(IEnumerable<double> first, IEnumerable<double> second)
    {
        double[] x = Quantile.Sorted(first),
            y = Quantile.Sorted(second);
        var steps = Distance(x, y);
        return new((double)steps / ((double)x.Length * y.Length), steps == 0 ? 1 : Math.Min(1, ShareAtLeast(steps, x.Length, y.Length)));
    }

    /// <summary>Two-sided, by the one-sample law at the effective size.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static TestResult Asymptotic(IEnumerable<double> first, IEnumerable<double> second)
    {
        double[] x = Quantile.Sorted(first),
            y = Quantile.Sorted(second);
        var distance = Distance(x, y) / ((double)x.Length * y.Length);
        return new(distance, OneSampleTail(distance, Math.Round((double)x.Length * y.Length / ((double)x.Length + y.Length))));
    }

    /// <summary>n·m times the largest difference of the two step functions, a whole number.</summary>
    private static long Distance(double[] x, double[] y)
    {
        Samples.Check(x, y);
        long largest = 0;
        for (int i = 0, j = 0; i < x.Length && j < y.Length; )
        {
            var value = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] == value)
                i++;
            while (j < y.Length && y[j] == value)
                j++;
            largest = Math.Max(largest, Math.Abs((long)i * y.Length - (long)j * x.Length));
        }
        return largest;
    }

    /// <summary>
    /// Probability that a random order reaches |i·m − j·n| ≥ steps, summed where it first does, so that small values keep their digits.
    /// </summary>
    private static double ShareAtLeast(long steps, int n, int m)
    {
        var inside = new double[m + 1]; // inside[j]: reached (i, j) without having touched the limit
        var outside = 0.0;
        for (var i = 0; i <= n; i++)
        {
            for (var j = 0; j <= m; j++)
            {
                var reached =
                    i == 0 && j == 0
                        ? 1.0
                        : (i > 0 ? inside[j] * (n - i + 1.0) / (n - i + 1 + m - j) : 0)
                            + (j > 0 ? inside[j - 1] * (m - j + 1.0) / (n - i + m - j + 1) : 0);
                if (Math.Abs((long)i * m - (long)j * n) >= steps)
                {
                    outside += reached;
                    reached = 0;
                }
                inside[j] = reached;
            }
        }
        return outside;
    }

    /// <summary>P(D_n ≥ d) of one sample against a continuous distribution.</summary>
    private static double OneSampleTail(double d, double n)
    {
        if (d >= 1)
            return 0;
        if (d <= 0.5 / n)
            return 1;
        if (n * d * d >= TailFrom)
            return Math.Min(1, 2 * OneSidedTail(d, n));
        if (n > LimitFrom)
        {
            var x = d * (Math.Sqrt(n) + 0.12 + 0.11 / Math.Sqrt(n));
            return Math.Clamp(2 * Enumerable.Range(1, 100).Sum(k => (k % 2 == 1 ? 1 : -1) * Math.Exp(-2 * k * k * x * x)), 0, 1);
        }
        return 1 - Cumulative(d, (int)n);
    }

    private static double OneSidedTail(double d, double n)
    {
        var sum = 0.0;
        for (var j = 0; j <= Math.Floor(n * (1 - d)); j++)
        {
            var rest = 1 - d - j / n;
            var power = rest <= 0 ? (n - j == 0 ? 0 : double.NegativeInfinity) : (n - j) * Math.Log(rest);
            sum += Math.Exp(
                SpecialFunctions.GammaLn(n + 1)
                    - SpecialFunctions.GammaLn(j + 1)
                    - SpecialFunctions.GammaLn(n - j + 1)
                    + (j - 1) * Math.Log(d + j / n)
                    + power
            );
        }
        return d * sum;
    }

    private static double Cumulative(double d, int n)
    {
        var k = (int)(n * d) + 1;
        var size = 2 * k - 1;
        var h = k - n * d;
        var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size, (i, j) => i - j + 1 < 0 ? 0 : 1);
        for (var i = 0; i < size; i++)
        {
            matrix[i, 0] -= Math.Pow(h, i + 1);
            matrix[size - 1, i] -= Math.Pow(h, size - i);
        }
        matrix[size - 1, 0] += 2 * h - 1 > 0 ? Math.Pow(2 * h - 1, size) : 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size && i - j + 1 > 0; j++)
            {
                for (var g = 1; g <= i - j + 1; g++)
                    matrix[i, j] /= g;
            }
        }
        var (power, exponent) = (MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseIdentity(size), 0);
        var (square, squareExponent) = (matrix, 0);
        for (var left = n; left > 0; left >>= 1)
        {
            if ((left & 1) == 1)
                (power, exponent) = (power * square, exponent + squareExponent);
            (square, squareExponent) = (square * square, 2 * squareExponent);
            if (square[k - 1, k - 1] > 1e140)
                (square, squareExponent) = (square * 1e-140, squareExponent + 140);
            if (power[k - 1, k - 1] > 1e140)
                (power, exponent) = (power * 1e-140, exponent + 140);
        }
        var value = power[k - 1, k - 1];
        for (var i = 1; i <= n; i++)
        {
            value *= (double)i / n;
            if (value < 1e-140)
                (value, exponent) = (value * 1e140, exponent - 140);
        }
        return value * Math.Pow(10, exponent);
    }
}
