using Assay.Models.Heads;
using Assay.Torch;

namespace Assay.Models;

/// <summary>
/// Where a network runs, in which type it computes, and what the scores of an ensemble become. None changes what it is: the weights stay as
/// they are stored.
/// </summary>
public sealed record Placement
{
    /// <summary>
    /// A frozen language model, by its folder: then the model is a policy, and its score the implicit reward against this reference. Null
    /// for a reward model.
    /// </summary>
    public string? Reference { get; init; }

    /// <summary>The implicit reward's factor; null for what the policy was trained with, or 0.1 where it does not say.</summary>
    public double? Beta { get; init; }

    /// <summary>On the CPU, in the weights' type.</summary>
    public static Placement Default { get; } = new();

    public Device Device { get; init; } = Device.Cpu;

    /// <summary>
    /// Products and what flows between the layers in bf16 over fp32 weights, as transformers' <c>bf16</c>; norms' statistics, softmax and
    /// head stay fp32 (<see cref="RewardNetwork.ComputeType"/>). Scores move by some thousandths of their spread: see docs/parity.md.
    /// </summary>
    public bool Bf16 { get; init; }

    /// <summary>How the members of an ensemble make one score.</summary>
    public ScoreAggregate Aggregate { get; init; } = ScoreAggregate.Mean;
}
