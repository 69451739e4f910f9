namespace Assay.Evaluation.Statistics;

/// <summary>
/// Holm's step-down correction (1979) of several tests: with it the chance of one or more false alarms among all of them stays below the
/// level, whatever their dependence.
/// </summary>
public static class HolmCorrection
{
    /// <summary>
    /// The p-values, each multiplied by the number of tests not yet passed in ascending order, never falling, at most 1; in the order given
    /// (R's <c>p.adjust(method = "holm")</c>).
    /// </summary>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var (largest, passed) = (0.0, 0);
        foreach (var test in Enumerable.Range(0, pValues.Count).OrderBy(test => pValues[test]))
        {
            largest = Math.Max(largest, Math.Min(1, (pValues.Count - passed++) * pValues[test]));
            adjusted[test] = largest;
        }
        return adjusted;
    }
}
