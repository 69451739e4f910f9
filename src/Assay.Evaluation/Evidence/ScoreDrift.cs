using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Evidence;

/// <summary>How a model's scores have moved between two sets of pairs.</summary>
/// <param name="From">The score file of the earlier set, the reference.</param>
/// <param name="Rewards">Of all scores, chosen and rejected.</param>
/// <param name="Margins">Of chosen minus rejected.</param>
public sealed record ScoreDrift(EvidenceInput From, RewardDrift Rewards, RewardDrift Margins);
