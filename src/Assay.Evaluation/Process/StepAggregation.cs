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

    private IReadOnlyList<double> Checked =>
        Steps.Count == 0 ? throw new EvaluationException("a solution without steps has no score")
        : Steps.FirstOrDefault(step => !(step is >= 0 and <= 1), 0) is var bad && bad is >= 0 and <= 1 ? Steps
        : throw new EvaluationException($"a step probability is {bad}, wanted 0..1; put raw scores through a sigmoid first");
}
