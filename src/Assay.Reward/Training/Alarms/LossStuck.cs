namespace Assay.Reward.Training.Alarms;

/// <summary>A loss nailed at ln 2: both sides are read at the same place, so nothing can be learned (huggingface/trl#2758).</summary>
internal sealed class LossStuck() : Alarm("loss_stuck")
{
    private const double Within = 1e-4;
    private const int Updates = 10;

    protected override string? Judge(UpdateFigures update) =>
        InARow(Math.Abs(update.PairLoss - Math.Log(2)) <= Within) < Updates
            ? null
            : $"the loss has been ln 2 for {Updates} updates: chosen and rejected get the same scores. Look at the pairs' tokens, the head and the learning rate";
}
