using Assay.Ranks;
using Assay.Reward.Training;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Training;

/// <summary>What a verb that trains is to do.</summary>
internal sealed record TrainingCall(
    TrainingSettings Settings,
    RunStart Start,
    Preview Preview,
    Communicator Ranks,
    TrainingObserver Observer
)
{
    /// <summary>For how many ranks a preview reckons.</summary>
    public int PreviewRanks { get; init; } = 1;
}
