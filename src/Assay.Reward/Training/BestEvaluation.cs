using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training;

/// <summary>
/// The best evaluation so far and how many came since, by transformers' rules (5.23): a metric is better when it is strictly so, and
/// patience is renewed by a gain of more than <c>early_stopping_threshold</c>.
/// </summary>
internal sealed class BestEvaluation
{
    /// <summary>Updates made when it was best; 0 before any.</summary>
    public long Step { get; private set; }

    /// <summary>The metric then; null before any evaluation.</summary>
    public double? Value { get; private set; }

    /// <summary>Evaluations in a row that brought too little.</summary>
    public int Fruitless { get; private set; }

    /// <summary>Takes an evaluation into account; returns whether it is the best so far.</summary>
    public bool Take(long step, double value, TrainingSettings settings)
    {
        var gain = Value is { } best ? (settings.IsGreaterBetter ? value - best : best - value) : double.PositiveInfinity;
        Fruitless = gain > settings.EarlyStoppingThreshold && gain > 0 ? 0 : Fruitless + 1;
        if (!(gain > 0))
            return false;
        (Step, Value) = (step, value);
        return true;
    }

    public TrainerState.BestSoFar ToState() => new(Step, Value, Fruitless);

    public static BestEvaluation Of(TrainerState.BestSoFar? state) =>
        state is null
            ? new()
            : new()
            {
                Step = state.Step,
                Value = state.Metric,
                Fruitless = state.Fruitless,
            };
}
