namespace Assay.Torch.Tests.Kernels;

/// <summary>Compares a kernel's numbers with those of a plain loop in double precision.</summary>
internal static class Close
{
    /// <summary>A few roundings in single precision, each of 6e-8.</summary>
    public const double Single = 1e-6;

    /// <summary>Sums of some hundred terms in single precision.</summary>
    public const double SingleSum = 1e-5;

    /// <summary>One rounding to bfloat16: half a unit in the last of 8 bits.</summary>
    private const double Bf16Rounding = 1.0 / 256;

    /// <summary>The widths of the tests: all tails of all register widths, and those of real models.</summary>
    public static IEnumerable<int> Widths => [.. Enumerable.Range(1, 70), 384, 576, 1536];

    public static bool Within<T>(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance = Single) =>
        Worst(expected, actual) <= tolerance + (typeof(T) == typeof(float) ? 0 : Bf16Rounding);

    public static void Check<T>(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance = Single, string what = "")
    {
        if (Within<T>(expected, actual, tolerance))
            return;
        Assert.Fail($"{what} {typeof(T).Name}: largest difference {Worst(expected, actual):g3}, allowed {tolerance:g3} (and bfloat16's).");
    }

    // The largest difference, relative to the expected number or 1, whichever is larger.
    private static double Worst(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]) / Math.Max(1, Math.Abs(expected[i]));
            if (double.IsNaN(difference))
                return double.PositiveInfinity;
            worst = Math.Max(worst, difference);
        }

        return worst;
    }
}
