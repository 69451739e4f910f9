namespace Assay.Torch.Kernels.Rows;

/// <summary>
/// One step of AdamW (Loshchilov and Hutter 2019) with its bias corrections worked in:
/// p = p * Decay - StepSize * m / (sqrt(v) / RootCorrection + Epsilon), m and v brought up to date before with GradientScale times g.
/// </summary>
internal readonly record struct AdamWStep(
    double Decay,
    double Beta1,
    double Beta2,
    double StepSize,
    double RootCorrection,
    double Epsilon,
    double GradientScale
);
