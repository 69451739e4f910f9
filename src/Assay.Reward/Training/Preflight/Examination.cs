using System.Text.Json.Serialization;
using Assay.Reward.Training.Memory;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// A run as it was looked at before its first step: what it will do, take and cost, and whether anything is wrong with it.
/// </summary>
public sealed record Examination
{
    public required IReadOnlyList<PreflightFinding> Findings { get; init; }

    /// <summary>Predicted for the host; null on another device.</summary>
    public required MemoryPlan? Memory { get; init; }

    /// <summary>Most tokens that go through the network at once.</summary>
    public required int BatchTokens { get; init; }

    public required long Updates { get; init; }

    public required double Epochs { get; init; }

    /// <summary>Real tokens of both sides over the whole run.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens that go through the network: a common prefix once where it can be shared.</summary>
    public required long PackedTokens { get; init; }

    /// <summary>Predicted from the speed of a few pairs: updates and evaluations, without loading and saving.</summary>
    public required TimeSpan Time { get; init; }
}

/// <summary>What a check found before the first step.</summary>
/// <param name="Check">Its name, as <c>docs/training.md</c> lists them.</param>
/// <param name="IsFine">Whether nothing is wrong. What is wrong is an alarm of step 0.</param>
/// <param name="Text">What was seen; where something is wrong, what to do.</param>
public sealed record PreflightFinding(string Check, [property: JsonPropertyName("fine")] bool IsFine, string Text);
