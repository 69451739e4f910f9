namespace Assay.Evaluation.Shaping;

/// <summary>What a reward is compared with to become an advantage.</summary>
public enum AdvantageKind
{
    /// <summary>Nothing: the reward itself.</summary>
    None,

    /// <summary>The mean of its group (Shao et al. 2024, DeepSeekMath, arXiv 2402.03300).</summary>
    Grpo,

    /// <summary>The mean of the others of its group (Ahmadian et al. 2024, arXiv 2402.14740).</summary>
    Rloo,
}
