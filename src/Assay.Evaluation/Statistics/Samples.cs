namespace Assay.Evaluation.Statistics;

/// <summary>What every statistic of a sample asks of it.</summary>
internal static class Samples
{
    /// <exception cref="ArgumentException">There are no values, or one is NaN or infinite.</exception>
    public static void Check(params ReadOnlySpan<double[]> samples)
    {
        foreach (var sample in samples)
        {
            if (sample.Length == 0)
                throw new ArgumentException("a sample is empty: it has no distribution");
            foreach (var value in sample)
            {
                if (!double.IsFinite(value))
                    throw new ArgumentException($"a sample holds {value}, wanted finite numbers");
            }
        }
    }
}
