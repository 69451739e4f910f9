using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>A third of the pairs.</summary>
/// <param name="Pairs">How many.</param>
/// <param name="From">Least standard deviation of the margin.</param>
/// <param name="To">Greatest.</param>
/// <param name="Accuracy">0..1, a tie counting half.</param>
/// <param name="AccuracyInterval">Wilson's, 95 %.</param>
public sealed record DisagreementThird(int Pairs, double From, double To, double Accuracy, Interval AccuracyInterval);
