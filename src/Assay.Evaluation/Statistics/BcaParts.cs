using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// What a bias-corrected and accelerated interval is made of: z0, the acceleration, the two percentile levels read off the replicates, and
/// the ends.
/// </summary>
public readonly record struct BcaParts(double BiasCorrection, double Acceleration, double LowLevel, double HighLevel, Interval Interval);
