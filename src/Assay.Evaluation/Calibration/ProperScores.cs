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

    /// <summary>
    /// Murphy's decomposition (1973) over distinct forecasts: Brier = reliability − resolution + uncertainty. Reliability is what
    /// calibration can mend.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static (double Reliability, double Resolution, double Uncertainty) Decompose(
        IReadOnlyList<double> probabilities,
        IReadOnlyList<double> labels
    )
    {
        Check(probabilities, labels);
        double n = labels.Count,
            baseRate = labels.Sum() / n,
            reliability = 0,
            resolution = 0;
        foreach (var forecast in probabilities.Select((probability, i) => (probability, Label: labels[i])).GroupBy(row => row.probability))
        {
            double share = forecast.Count() / n,
                rate = forecast.Average(row => row.Label);
            reliability += share * (forecast.Key - rate) * (forecast.Key - rate);
            resolution += share * (rate - baseRate) * (rate - baseRate);
        }
        return (reliability, resolution, baseRate * (1 - baseRate));
    }

    internal static void Check(IReadOnlyList<double> values, IReadOnlyList<double> labels)
    {
        if (values.Count != labels.Count)
            throw new ArgumentException($"{values.Count} values for {labels.Count} labels", nameof(labels));
        if (values.Count == 0)
            throw new ArgumentException("there is nothing to score", nameof(values));
    }
}
