namespace Assay.Evaluation.Shaping;

/// <summary>What GRPO divides by; TRL's <c>scale_rewards</c>.</summary>
public enum RewardScale
{
    /// <summary>The standard deviation of the group: easy and hard prompts weigh alike.</summary>
    Group,

    /// <summary>The standard deviation of all rewards (Hu et al. 2025, arXiv 2508.08221).</summary>
    Batch,

    /// <summary>Nothing (Dr. GRPO: Liu et al. 2025, arXiv 2503.20783).</summary>
    None,
}
