namespace Assay.Reward.Training.Alarms;

/// <summary>
/// A gradient ten times the median of the last 50 updates and of the first 20 (what is learned leaves small ones, beside which each new
/// pair stands out), and large enough to be clipped: often one broken row, or weights that leapt.
/// </summary>
/// <param name="maxGradNorm">What gradients are clipped to; 0 where they are not.</param>
internal sealed class GradientSpike(double maxGradNorm) : Alarm("gradient_spike")
{
    private const int Window = 50,
        Fewest = 20;
    private const double Times = 10;

    protected override string? Judge(UpdateFigures update)
    {
        // [median of the first updates, norms of the last…]
        if (Memory.Count == 0)
            Memory.Add(0);
        var median = Memory.Count <= Fewest ? double.PositiveInfinity : Memory.Skip(1).Order().ElementAt((Memory.Count - 1) / 2);
        if (Memory.Count == Fewest + 1)
            Memory[0] = median;
        var usual = Math.Max(median, Memory[0]);
        Memory.Add(update.GradNorm);
        if (Memory.Count > Window + 1)
            Memory.RemoveAt(1);
        return update.GradNorm <= Math.Max(Times * usual, maxGradNorm)
            ? null
            : FormattableString.Invariant(
                $"the gradient's norm is {update.GradNorm:G4}, and {usual:G4} is usual: look at the rows of this update, and lower max_grad_norm or learning_rate if it comes again"
            );
    }
}
