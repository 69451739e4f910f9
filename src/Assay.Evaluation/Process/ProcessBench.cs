namespace Assay.Evaluation.Process;

/// <summary>
/// ProcessBench (Zheng et al. 2024; QwenLM/ProcessBench <c>code/run_eval.py</c>): find the first wrong step, or say there is none (−1).
/// Accuracy over rows with an error (the exact index) and over rows without, and their harmonic mean. Shares; the published numbers are per
/// cent. NaN where the original is: no rows of a kind, or both accuracies 0.
/// </summary>
public sealed record ProcessBench(double ErrorAccuracy, double CorrectAccuracy, int RowsWithError, int RowsWithout)
{
    /// <summary>What "no error" is called.</summary>
    public const int NoError = -1;

    /// <summary>Harmonic mean of the two accuracies: a judge that always says "no error" has 0.</summary>
    public double F1 =>
        ErrorAccuracy + CorrectAccuracy == 0 ? double.NaN : 2 * ErrorAccuracy * CorrectAccuracy / (ErrorAccuracy + CorrectAccuracy);

    /// <summary>Judges predictions (null where none could be read, which is wrong) against labels, both step indices from 0.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static ProcessBench Of(IReadOnlyList<int?> predictions, IReadOnlyList<int> labels)
    {
        if (predictions.Count != labels.Count)
            throw new ArgumentException($"{predictions.Count} predictions for {labels.Count} rows", nameof(predictions));
        int errors = 0,
            errorHits = 0,
            corrects = 0,
            correctHits = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            var hit = predictions[i] == labels[i] ? 1 : 0;
            if (labels[i] == NoError)
                (corrects, correctHits) = (corrects + 1, correctHits + hit);
            else
                (errors, errorHits) = (errors + 1, errorHits + hit);
        }
        return new((double)errorHits / errors, (double)correctHits / corrects, errors, corrects);
    }

    /// <summary>A process reward's prediction: the first step scored below the threshold.</summary>
    public static int FirstBelow(IReadOnlyList<double> stepScores, double threshold)
    {
        for (var step = 0; step < stepScores.Count; step++)
        {
            if (stepScores[step] < threshold)
                return step;
        }
        return NoError;
    }

    /// <summary>The threshold of a grid with the highest F1 (the first of equals): choose it on other rows than those reported.</summary>
    /// <exception cref="ArgumentException">The grid is empty or the lists differ in length.</exception>
    public static double BestThreshold(
        IReadOnlyList<IReadOnlyList<double>> stepScores,
        IReadOnlyList<int> labels,
        IEnumerable<double> grid
    ) =>
        grid.MaxBy(threshold =>
            Of([.. stepScores.Select(scores => (int?)FirstBelow(scores, threshold))], labels).F1 is var f1 && double.IsNaN(f1) ? -1 : f1
        );

    /// <summary>The benchmark's headline: the mean F1 of its subsets (gsm8k, math, olympiadbench, omnimath).</summary>
    /// <exception cref="ArgumentException">There is no subset.</exception>
    public static double Average(IReadOnlyCollection<double> subsetF1) =>
        subsetF1.Count == 0 ? throw new ArgumentException("there is no subset to average", nameof(subsetF1)) : subsetF1.Average();
}
