namespace Assay.Torch.Kernels.Rows;

internal enum ActivationKind
{
    Silu,

    /// <summary>x times the normal distribution's cumulative function.</summary>
    GeluErf,

    /// <summary>Its approximation by tanh, as GPT-2 has it.</summary>
    GeluTanh,

    Relu,
    Tanh,
    Sigmoid,

    /// <summary>x * sigmoid(1.702 x).</summary>
    QuickGelu,

    /// <summary>max(x, 0)².</summary>
    ReluSquared,
}
