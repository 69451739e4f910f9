namespace Assay.Models.Adapters;

/// <summary>
/// A LoRA to be trained, by PEFT's names (LoraConfig, 0.21): which layers get a pair of narrow matrices beside them, and what is trained
/// whole besides.
/// </summary>
public sealed record LoraOptions
{
    /// <summary><c>r</c>: columns of B and rows of A; 1 or more.</summary>
    public int Rank { get; init; } = 8;

    /// <summary><c>lora_alpha</c>.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary><c>use_rslora</c>: alpha / sqrt(r) instead of alpha / r (arXiv 2312.03732).</summary>
    public bool IsRankStabilised { get; init; }

    /// <summary>
    /// <c>target_modules</c>: ends of layers' names at a dot (<c>q_proj</c>), regular expressions for whole names, or <c>all-linear</c>;
    /// empty takes PEFT's choice for the family.
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary><c>modules_to_save</c> besides the head: names, or their ends, of modules that are trained whole.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>What B A is multiplied by.</summary>
    public double Scale => Alpha / (IsRankStabilised ? Math.Sqrt(Rank) : Rank);
}
