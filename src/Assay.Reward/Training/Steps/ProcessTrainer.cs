using Assay.Models;
using Assay.Reward.Process;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Steps;

/// <summary>
/// Trains a process reward model as TRL's PRMTrainer does (1.13). With accumulation TRL sums the micro-batches' means, so that loss and
/// gradient are too large by their number; here they are averaged, as RewardTrainer has it.
/// </summary>
/// <param name="network">The network to train, loaded to give <see cref="NetworkOutput.Steps"/>; its weights are changed in place.</param>
/// <param name="settings">What to do; only the settings of training itself are read here.</param>
/// <param name="train">The solutions, in the order that row order counts, each with a labelled step.</param>
/// <param name="heldOut">The solutions to evaluate on, maybe none.</param>
/// <param name="clock">Measures the run.</param>
public sealed class ProcessTrainer(
    RewardNetwork network,
    TrainingSettings settings,
    IReadOnlyList<EncodedSolution> train,
    IReadOnlyList<EncodedSolution> heldOut,
    TimeProvider clock
) : TrainingLoop(network, settings, new StepTask(network, settings, train, heldOut), clock);
