using Assay.Ground.Numerics;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>Proxy and gold reward at one strength of optimisation, mean over prompts.</summary>
/// <param name="At">The n of best-of-n, or the step of a path.</param>
/// <param name="Kl">In nats from the start.</param>
/// <param name="Proxy">What was optimised.</param>
/// <param name="Gold">What was meant.</param>
/// <param name="GoldInterval">95 %, by resampling prompts; NaN with one prompt.</param>
public sealed record OptimisationPoint(long At, double Kl, double Proxy, double Gold, Interval GoldInterval);
