using Assay.Models;
using Assay.Models.Heads;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Objectives;

/// <summary>How many rows the score head has while it is trained, as the settings say, and what is made small of them.</summary>
internal static class HeadChoice
{
    // Streams of their own beside the one that draws a fresh head and a LoRA.
    private const ulong RowStream = 0x9E3779B97F4A7C15,
        WeightStream = 0xD1B54A32D192ED03;

    /// <summary>
    /// Gives a network that is about to be trained its rows; those it has already for the same are kept, others become one.
    /// </summary>
    public static void Apply(RewardNetwork network, TrainingSettings settings)
    {
        var wanted =
            settings.EnsembleHeads is { } count ? HeadRows.Ensemble(count)
            : settings.LossType == "odin" ? HeadRows.RewardAndLength
            : settings.RegressionTargets.Count > 1
                ? new HeadRows(HeadPurpose.Attributes, settings.RegressionTargets, settings.TargetWeights)
            : null;
        if (network.Rows is { } rows && !rows.IsLike(wanted))
            network.Collapse();
        if (wanted is not null && network.Rows is null)
            network.Widen(wanted, new Generator(unchecked((ulong)settings.Seed ^ RowStream)));
    }

    /// <summary>The loss of all rows; null where there is one.</summary>
    public static IHeadLoss? LossOf(RewardNetwork network, TrainingSettings settings, IObjective objective, int pairs) =>
        network.Rows?.Purpose switch
        {
            HeadPurpose.Ensemble => new BootstrapHeads(
                objective,
                network.Rows.Count,
                pairs,
                unchecked((ulong)settings.Seed ^ WeightStream)
            ),
            HeadPurpose.RewardAndLength => new LengthHead(objective),
            _ => null,
        };
}
