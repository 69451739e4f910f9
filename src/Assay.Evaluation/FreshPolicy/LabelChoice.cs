namespace Assay.Evaluation.FreshPolicy;

/// <summary>A pair that was picked.</summary>
/// <param name="Index">Its place among the candidates, from 0.</param>
/// <param name="Reason">Why.</param>
/// <param name="Probability">With which probability it was picked, above 0 and at most 1: 1 for a pair picked for a reason, since that
/// leaves nothing to chance.</param>
public readonly record struct LabelChoice(int Index, LabelReason Reason, double Probability);
