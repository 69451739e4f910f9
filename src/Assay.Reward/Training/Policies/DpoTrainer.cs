using Assay.Models;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// Trains a language model on preference pairs directly, as TRL's DPOTrainer does (1.16), with the losses of
/// <see cref="Objectives.PolicyLoss"/>.
/// </summary>
public sealed class DpoTrainer : TrainingLoop
{
    /// <param name="network">The policy, loaded to give <see cref="NetworkOutput.LanguageModel"/>; its weights are changed in
    /// place.</param>
    /// <param name="settings">What to do; only the settings of training itself are read here.</param>
    /// <param name="train">The pairs, each with its prompt's length, in the order that row order counts.</param>
    /// <param name="heldOut">The pairs to evaluate on, maybe none.</param>
    /// <param name="clock">Measures the run.</param>
    /// <param name="refer">Gives the reference's log-probabilities of training pairs followed by held-out ones; null takes the network's
    /// own before the first update.</param>
    public DpoTrainer(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut,
        TimeProvider clock,
        Func<IReadOnlyList<EncodedPair>, CancellationToken, ReferenceLogProbabilities>? refer = null
    )
        : base(
            network,
            settings,
            new PolicyTask(
                network,
                settings.Checked(),
                train,
                heldOut,
                refer ?? ((pairs, stop) => ReferenceLogProbabilities.Of(network, pairs, settings.MaxBatchTokens, stop))
            ),
            clock
        ) { }
}
