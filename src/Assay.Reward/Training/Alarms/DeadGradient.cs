namespace Assay.Reward.Training.Alarms;

/// <summary>
/// Pairs are not told apart and yet hardly any gradient is left, against the first 10 updates: a saturated unit passes none on (BERT's
/// pooler ends in a tanh), or the head is cut off. A small gradient of pairs that are learned is no fault.
/// </summary>
internal sealed class DeadGradient() : Alarm("dead_gradient")
{
    private const int Updates = 10;
    private const double Share = 1e-3,
        Nothing = 1e-7,
        StillToLearn = 0.5;

    protected override string? Judge(UpdateFigures update)
    {
        // [in a row, updates at the beginning, sum of their norms]
        while (Memory.Count < 3)
            Memory.Add(0);
        if (Memory[1] < Updates)
        {
            Memory[1]++;
            Memory[2] += update.GradNorm;
        }
        var before = Memory[2] / Memory[1];
        var isDead = update.PairLoss > StillToLearn && update.GradNorm < Math.Max(Nothing, Share * before);
        return InARow(isDead) < Updates
            ? null
            : FormattableString.Invariant(
                $"the gradient has been dead for {Updates} updates (norm {update.GradNorm:G3}, {before:G3} at the beginning) with a loss of {update.PairLoss:0.0000}: nothing is learned any more. Begin again with warmup_steps and a lower learning_rate"
            );
    }
}
