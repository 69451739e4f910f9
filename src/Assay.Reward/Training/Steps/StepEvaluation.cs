using Assay.Data.Records;
using Assay.Ground.Numerics;
using Assay.Reward.Training.Pairs;

namespace Assay.Reward.Training.Steps;

/// <summary>
/// A process reward model's hold-out during training: every figure is over labelled steps, and beside it stands what one answer for all
/// steps would reach. TRL's own loss, a mean over batches of each batch's mean, is <c>eval_loss_batch_mean</c>.
/// </summary>
public sealed record StepEvaluation : EvaluationMetrics
{
    public required int Solutions { get; init; }

    /// <summary>Share of the more frequent label.</summary>
    public required double Majority { get; init; }

    /// <param name="solutions">Of each solution its labelled steps: the label's logit minus the other's, and the label.</param>
    /// <param name="batchSize">Solutions in one of TRL's evaluation batches.</param>
    internal static StepEvaluation Of(IReadOnlyList<(double Difference, bool IsRight)[]> solutions, int batchSize)
    {
        (double Difference, bool IsRight)[] steps = [.. solutions.SelectMany(solution => solution)];
        var right = steps.Count(step => step.IsRight);
        return new StepEvaluation
        {
            Pairs = steps.Length,
            Solutions = solutions.Count,
            Majority = Math.Max(right, steps.Length - right) / (double)steps.Length,
            Loss = steps.Average(step => Logistic.Softplus(-step.Difference)),
            Accuracy = steps.Average(step =>
                step.Difference > 0 ? 1
                : step.Difference == 0 ? 0.5
                : 0
            ),
            Ties = steps.Count(step => step.Difference == 0),
            Margin = steps.Average(step => step.Difference),
            MinReward = steps.Min(step => step.Difference),
            MeanReward = steps.Average(step => step.Difference),
            MaxReward = steps.Max(step => step.Difference),
            BatchMeans = new Dictionary<string, double>
            {
                // Weighted by rows, as transformers' evaluation loop has it.
                ["loss"] =
                    solutions
                        .Chunk(batchSize)
                        .Sum(batch =>
                            batch.Length * batch.SelectMany(solution => solution).Average(step => Logistic.Softplus(-step.Difference))
                        ) / solutions.Count,
            },
        };
    }

    public override Figures ToFigures() =>
        new()
        {
            { "eval_loss", Loss },
            { "eval_accuracy", Accuracy },
            { "eval_majority", Majority },
            { "eval_margin", Margin },
            { "eval_ties", Ties },
            { "eval_steps", Pairs },
            { "eval_solutions", Solutions },
            { "eval_loss_batch_mean", BatchMeans["loss"] },
        };
}
