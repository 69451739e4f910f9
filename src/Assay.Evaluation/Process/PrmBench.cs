namespace Assay.Evaluation.Process;

/// <summary>
/// PRMBench's step metrics (Song et al. 2025; ssmisya/PRMBench <c>tasks/prmtest_classified/task.py</c>): counts over all steps pooled,
/// positive = right step. The score is the mean of the F1 of right and of wrong steps. Undefined figures are NaN; the original writes −1,
/// which must not enter an average.
/// </summary>
public sealed record PrmBench
{
    public required int TruePositives { get; init; }

    public required int FalsePositives { get; init; }

    public required int TrueNegatives { get; init; }

    public required int FalseNegatives { get; init; }

    /// <summary>Rows whose first wrong step was called wrong, over rows that have one.</summary>
    public required double FirstErrorAccuracy { get; init; }

    public double Precision => Share(TruePositives, FalsePositives);

    public double Recall => Share(TruePositives, FalseNegatives);

    public double F1 => Harmonic(Precision, Recall);

    public double NegativePrecision => Share(TrueNegatives, FalseNegatives);

    public double NegativeRecall => Share(TrueNegatives, FalsePositives);

    public double NegativeF1 => Harmonic(NegativePrecision, NegativeRecall);

    /// <summary>(F1 + negative F1)/2, the paper's headline.</summary>
    public double Score => (F1 + NegativeF1) / 2;

    /// <summary>Right steps called right.</summary>
    public double CorrectStepAccuracy => Recall;

    /// <summary>Wrong steps called wrong.</summary>
    public double WrongStepAccuracy => NegativeRecall;

    /// <summary>All steps.</summary>
    public double TotalStepAccuracy => Share(TruePositives + TrueNegatives, FalsePositives + FalseNegatives);

    /// <summary>
    /// One solution: which steps are wrong, counted from 1 as the benchmark does, and which steps were called right. Wrong steps past the
    /// end count for nothing.
    /// </summary>
    public sealed record Row(IReadOnlyCollection<int> ErrorSteps, IReadOnlyList<bool> CalledRight);

    /// <summary>Counts over all rows.</summary>
    public static PrmBench Of(IEnumerable<Row> rows)
    {
        int tp = 0,
            fp = 0,
            tn = 0,
            fn = 0,
            firsts = 0,
            firstHits = 0;
        foreach (var row in rows)
        {
            var firstError = row.ErrorSteps.Count == 0 ? 0 : row.ErrorSteps.Min();
            for (var step = 1; step <= row.CalledRight.Count; step++)
            {
                bool isRight = !row.ErrorSteps.Contains(step),
                    called = row.CalledRight[step - 1];
                if (isRight && called)
                    tp++;
                else if (isRight)
                    fn++;
                else if (called)
                    fp++;
                else
                    tn++;
                if (step != firstError)
                    continue;
                firsts++;
                if (!called)
                    firstHits++;
            }
        }
        return new PrmBench
        {
            TruePositives = tp,
            FalsePositives = fp,
            TrueNegatives = tn,
            FalseNegatives = fn,
            FirstErrorAccuracy = (double)firstHits / firsts,
        };
    }

    private static double Share(int hits, int misses) => (double)hits / (hits + misses);

    private static double Harmonic(double a, double b) => a + b == 0 ? double.NaN : 2 * a * b / (a + b);
}
