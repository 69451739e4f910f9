using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;

namespace Assay.Torch.Primitives;

/// <summary>The activations and their derivatives of libtorch's operators, for fp32 and fp64.</summary>
internal static class PlainActivation
{
    private static readonly double TanhFactor = Math.Sqrt(2 / Math.PI);
    private const double Cubic = 0.044715;
    private const double QuickFactor = 1.702;

    public static Tensor Forward(ActivationKind kind, Tensor x) =>
        kind switch
        {
            ActivationKind.Silu => Aten.Multiply(x, Aten.Sigmoid(x)),
            ActivationKind.GeluErf => Aten.Multiply(x, NormalShare(x)),
            ActivationKind.GeluTanh => Aten.Multiply(x, TanhShare(x)),
            ActivationKind.Relu => Aten.Multiply(x, Positive(x)),
            ActivationKind.Tanh => Aten.Tanh(x),
            ActivationKind.Sigmoid => Aten.Sigmoid(x),
            ActivationKind.QuickGelu => Aten.Multiply(x, Aten.Sigmoid(Aten.Multiply(x, QuickFactor))),
            ActivationKind.ReluSquared => Aten.Multiply(Aten.Multiply(x, x), Positive(x)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    public static Tensor Derivative(ActivationKind kind, Tensor x) =>
        kind switch
        {
            ActivationKind.Silu => SigmoidForm(x, 1),
            ActivationKind.GeluErf => Aten.Add(NormalShare(x), Aten.Multiply(x, Density(x))),
            ActivationKind.GeluTanh => Aten.Add(TanhShare(x), Aten.Multiply(x, TanhShareSlope(x))),
            ActivationKind.Relu => Form.Narrow(Positive(x), x.DType),
            ActivationKind.Tanh => OneMinus(Square(Aten.Tanh(x))),
            ActivationKind.Sigmoid => Aten.Multiply(Aten.Sigmoid(x), OneMinus(Aten.Sigmoid(x))),
            ActivationKind.QuickGelu => SigmoidForm(x, QuickFactor),
            ActivationKind.ReluSquared => Aten.Multiply(Aten.Multiply(x, Positive(x)), 2),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    // d/dx of x * sigmoid(factor * x)
    private static Tensor SigmoidForm(Tensor x, double factor)
    {
        var s = Aten.Sigmoid(Aten.Multiply(x, factor));
        return Aten.Add(s, Aten.Multiply(Aten.Multiply(Aten.Multiply(x, s), OneMinus(s)), factor));
    }

    // (1 + erf(x / sqrt(2))) / 2
    private static Tensor NormalShare(Tensor x) => Aten.Multiply(Aten.Add(Aten.Erf(Aten.Multiply(x, Math.Sqrt(0.5))), 1), 0.5);

    private static Tensor Density(Tensor x) => Aten.Multiply(Aten.Exp(Aten.Multiply(Square(x), -0.5)), 1 / Math.Sqrt(2 * Math.PI));

    // (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
    private static Tensor TanhShare(Tensor x) => Aten.Multiply(Aten.Add(TanhOfCubic(x), 1), 0.5);

    private static Tensor TanhShareSlope(Tensor x)
    {
        var inner = Aten.Multiply(Aten.Add(Aten.Multiply(Square(x), 3 * Cubic), 1), TanhFactor);
        return Aten.Multiply(Aten.Multiply(OneMinus(Square(TanhOfCubic(x))), inner), 0.5);
    }

    private static Tensor TanhOfCubic(Tensor x) =>
        Aten.Tanh(Aten.Multiply(Aten.Multiply(x, Aten.Add(Aten.Multiply(Square(x), Cubic), 1)), TanhFactor));

    private static Tensor Square(Tensor x) => Aten.Multiply(x, x);

    private static Tensor OneMinus(Tensor x) => Aten.Add(Aten.Multiply(x, -1), 1);

    private static Tensor Positive(Tensor x)
    {
        using var zero = Tensor.Scalar(0, x.DType);
        return Aten.Greater(x, zero);
    }
}
