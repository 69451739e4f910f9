namespace Assay.Reward.Training.Alarms;

/// <summary>
/// The rewards of an update hardly differ any more, where they once did: the network gives every text the same score. Spreads are averaged
/// over 10 updates.
/// </summary>
internal sealed class SpreadCollapse() : Alarm("spread_collapse")
{
    private const int Window = 10;
    private const double Share = 0.01;

    protected override string? Judge(UpdateFigures update)
    {
        // [greatest mean spread of a window, spreads of the last updates…]
        if (Memory.Count == 0)
            Memory.Add(0);
        Memory.Add(update.Spread);
        if (Memory.Count > Window + 1)
            Memory.RemoveAt(1);
        if (Memory.Count < Window + 1)
            return null;
        var spread = Memory.Skip(1).Average();
        Memory[0] = Math.Max(Memory[0], spread);
        return spread >= Share * Memory[0]
            ? null
            : FormattableString.Invariant(
                $"rewards differ by {spread:G3} (standard deviation over {Window} updates), and by {Memory[0]:G3} before: every text gets the same score. Lower learning_rate or weight_decay, or center_rewards_coefficient if it is large"
            );
    }
}
