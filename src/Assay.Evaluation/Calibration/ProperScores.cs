using Assay.Ground.Numerics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// Proper scoring rules of P(first wins) = σ(margin), margin = first − second score. A label is 1 when the first won, 0 when the second
/// did, 1/2 for a tie. For pairs turned so that chosen is first every label is 1, and both rules give the same numbers.
/// </summary>
public static class ProperScores
{
    /// <summary>
    /// Mean of −ln p of what happened, natural log, through softplus: a margin of −800 costs 800, where a clipped probability caps it at
    /// 36.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static double NegativeLogLikelihood(IReadOnlyList<double> margins, IReadOnlyList<double> labels, double temperature = 1)
    {
        Check(margins, labels);
        var sum = 0.0;
        for (var i = 0; i < margins.Count; i++)
            sum += NegativeLogLikelihood(margins[i] / temperature, labels[i]);
        return sum / margins.Count;
    }

    /// <summary>−ln p of one row.</summary>
    public static double NegativeLogLikelihood(double margin, double label) =>
        (label == 0 ? 0 : label * Logistic.Softplus(-margin)) + (label == 1 ? 0 : (1 - label) * Logistic.Softplus(margin));

    /// <summary>Brier's mean squared error (1950) of probabilities.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static double Brier(IReadOnlyList<double> probabilities, IReadOnlyList<double> labels)
    {
        Check(probabilities, labels);
        var sum = 0.0;
        for (var i = 0; i < probabilities.Count; i++)
            sum += (probabilities[i] - labels[i]) * (probabilities[i] - labels[i]);
        return sum / probabilities.Count;
    }

    internal static void Check(IReadOnlyList<double> values, IReadOnlyList<double> labels)
    {
        if (values.Count != labels.Count)
            throw new ArgumentException($"{values.Count} values for {labels.Count} labels", nameof(labels));
        if (values.Count == 0)
            throw new ArgumentException("there is nothing to score", nameof(values));
    }
}
