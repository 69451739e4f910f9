using System.Text.Json.Serialization;

namespace Assay.Reward.Training.Preflight;

/// <summary>What a check found before the first step.</summary>
/// <param name="Check">Its name, as <c>docs/training.md</c> lists them.</param>
/// <param name="IsFine">Whether nothing is wrong. What is wrong is an alarm of step 0.</param>
/// <param name="Text">What was seen; where something is wrong, what to do.</param>
public sealed record PreflightFinding(string Check, [property: JsonPropertyName("fine")] bool IsFine, string Text);
