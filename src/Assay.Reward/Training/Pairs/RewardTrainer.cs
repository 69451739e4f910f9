using Assay.Data.Records;
using Assay.Models;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Pairs;

/// <summary>
/// Trains a reward model as TRL's RewardTrainer does (1.16, over transformers 5.23's Trainer). What differs is how: rows are packed without
/// pads, a pair's common prefix goes through a causal network once, and a micro-batch may be cut by tokens. After <c>--resume</c> the token
/// count and the mean loss go on; the reference starts both again at 0.
/// </summary>
public sealed class RewardTrainer : TrainingLoop
{
    private readonly TrainingSettings settings;
    private readonly ITrainingTask task;

    /// <param name="network">The network to train; its weights are changed in place.</param>
    /// <param name="settings">What to do; only the settings of training itself are read here.</param>
    /// <param name="train">The pairs, in the order that row order counts.</param>
    /// <param name="heldOut">The pairs to evaluate on, maybe none.</param>
    /// <param name="clock">Measures the run.</param>
    public RewardTrainer(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut,
        TimeProvider clock
    )
        : this(network, settings, TaskOf(network, settings.Checked(), train, heldOut), clock) { }

    private RewardTrainer(RewardNetwork network, TrainingSettings settings, ITrainingTask task, TimeProvider clock)
        : base(network, settings, task, clock) => (this.settings, this.task) = (settings, task);

    /// <summary>What is made small, with its constants, for the model's record.</summary>
    public ObjectiveRecord ObjectiveRecord =>
        task is PairTask pairs
            ? ObjectiveKind.Record(settings, pairs.Objective)
            : RatingLoss.Record(settings.RegressionTargets, settings.TargetWeights);

    private static ITrainingTask TaskOf(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut
    ) =>
        ObjectiveKind.Find(settings.LossType)!.ReadsRatings
            ? new RatingTask(network, settings, train, heldOut)
            : new PairTask(network, settings, train, heldOut);
}
