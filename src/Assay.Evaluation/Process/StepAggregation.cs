using Assay.Ground.Numerics;

namespace Assay.Evaluation.Process;

/// <summary>One number for a solution out of its step probabilities.</summary>
/// <param name="Steps">Probabilities in 0..1, at least one.</param>
public sealed record StepAggregation(IReadOnlyList<double> Steps)
{
    /// <summary>The weakest step (Lightman et al. 2023 compare it with the product).</summary>
    public double Min => Checked.Min();

    /// <summary>Underflows for long solutions: rank by <see cref="LogProduct"/>.</summary>
    public double Product => Checked.Aggregate(1.0, (product, step) => product * step);

    public double LogProduct => Checked.Sum(Math.Log);

    public double Last => Checked[^1];

    public double Mean => Checked.Average();

    public double GeometricMean => Math.Exp(LogProduct / Steps.Count);

    public double Max => Checked.Max();

    /// <summary>NaN when one step is certain and another impossible.</summary>
    public double SumOfLogits => Checked.Sum(Logistic.Logit);

    /// <summary>Mean of p/(1 − p).</summary>
    public double MeanOfOdds => Checked.Average(step => step / (1 - step));

    /// <summary>Weighted majority: the sum of the solutions' scores per final answer, in the order in which answers appear.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static IReadOnlyDictionary<string, double> WeightedVotes(IReadOnlyList<string> answers, IReadOnlyList<double> scores)
    {
        if (answers.Count != scores.Count)
            throw new ArgumentException($"{answers.Count} answers and {scores.Count} scores", nameof(scores));
        var votes = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < answers.Count; i++)
            votes[answers[i]] = votes.GetValueOrDefault(answers[i]) + scores[i];
        return votes;
    }

    private IReadOnlyList<double> Checked =>
        Steps.Count == 0 ? throw new EvaluationException("a solution without steps has no score")
        : Steps.FirstOrDefault(step => !(step is >= 0 and <= 1), 0) is var bad && bad is >= 0 and <= 1 ? Steps
        : throw new EvaluationException($"a step probability is {bad}, wanted 0..1; put raw scores through a sigmoid first");
}
