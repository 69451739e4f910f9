namespace Assay.Reward.Objectives;

/// <summary>A loss of <c>d = chosen - rejected - margin</c> and of nothing else.</summary>
public abstract record DifferenceObjective : PairObjective
{
    /// <summary>The loss at a difference, and its derivative.</summary>
    /// <param name="difference">Chosen minus rejected score, minus the row's margin.</param>
    public abstract (double Loss, double Slope) At(double difference);

    /// <summary>The loss of one pair; a batch's loss is the mean of its pairs'.</summary>
    public double LossOf(double chosen, double rejected, double margin = 0) =>
        At(chosen - rejected - margin).Loss + Centring(chosen, rejected);

    /// <summary>The derivative of <see cref="LossOf"/> by the chosen and by the rejected score.</summary>
    public (double Chosen, double Rejected) GradientOf(double chosen, double rejected, double margin = 0)
    {
        var (slope, centring) = (At(chosen - rejected - margin).Slope, CentringSlope(chosen, rejected));
        return (slope + centring, -slope + centring);
    }

    /// <summary>The mean loss of a batch. <paramref name="margins"/> is empty where no row has one.</summary>
    public double MeanLoss(ReadOnlySpan<float> chosen, ReadOnlySpan<float> rejected, ReadOnlySpan<float> margins = default)
    {
        if (chosen.Length == 0 || chosen.Length != rejected.Length || (margins.Length != 0 && margins.Length != chosen.Length))
            throw new ArgumentException(
                $"{chosen.Length} chosen, {rejected.Length} rejected scores and {margins.Length} margins: one of each per pair is wanted, and at least one pair"
            );
        var sum = 0.0;
        for (var i = 0; i < chosen.Length; i++)
            sum += LossOf(chosen[i], rejected[i], margins.Length == 0 ? 0 : margins[i]);
        return sum / chosen.Length;
    }

    /// <inheritdoc/>
    protected sealed override (double Loss, double Slope) Of(EncodedPair pair, double difference) => At(difference - MarginOf(pair));
}
