using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Evidence;

/// <summary>How one quantity moved from the static set to the fresh one.</summary>
/// <param name="Quantity">Snake case: <c>rewards</c>, <c>margins</c>, <c>answer_length</c>, <c>text</c>, …</param>
/// <param name="Drift">Static is the reference, fresh the current set.</param>
public sealed record FreshShift(string Quantity, RewardDrift Drift);
