namespace Assay.Reward.Training.Settings;

/// <summary>What a run trains, and so which settings it has.</summary>
[Flags]
public enum TrainingKind
{
    /// <summary>A reward model: <c>assay train</c>, TRL's RewardTrainer.</summary>
    Reward = 1,

    /// <summary>A process reward model: <c>assay process train</c>, TRL's PRMTrainer.</summary>
    Steps = 2,

    /// <summary>A policy by direct preference optimisation: <c>assay dpo</c>, TRL's DPOTrainer.</summary>
    Policy = 4,

    /// <summary>All of them.</summary>
    All = Reward | Steps | Policy,
}
