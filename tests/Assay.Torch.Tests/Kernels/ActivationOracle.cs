using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

/// <summary>The activations in double precision, from their definitions.</summary>
internal static class ActivationOracle
{
    public static (double Value, double Slope) Of(ActivationKind kind, double x)
    {
        switch (kind)
        {
            case ActivationKind.Silu:
                return Swish(x, 1);
            case ActivationKind.QuickGelu:
                return Swish(x, 1.702f);
            case ActivationKind.Relu:
                return (Math.Max(x, 0), x > 0 ? 1 : 0);
            case ActivationKind.ReluSquared:
                return (Math.Max(x, 0) * Math.Max(x, 0), 2 * Math.Max(x, 0));
            case ActivationKind.Tanh:
                return (Math.Tanh(x), 1 - Math.Tanh(x) * Math.Tanh(x));
            case ActivationKind.Sigmoid:
                var s = Sigmoid(x);
                return (s, s * Sigmoid(-x));
            case ActivationKind.GeluErf:
                var below = Below(x);
                return (x * below, below + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
            case ActivationKind.GeluTanh:
                var argument = Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
                var half = Sigmoid(2 * argument);
                return (x * half, half + x * half * Sigmoid(-2 * argument) * 2 * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x));
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    private static (double Value, double Slope) Swish(double x, double steepness)
    {
        var s = Sigmoid(steepness * x);
        return (x * s, s + steepness * x * s * Sigmoid(-steepness * x));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>
    /// The normal distribution's cumulative function: its series near zero, Laplace's continued fraction in the tails
    /// (Abramowitz and Stegun 26.2.11 and 26.2.14).
    /// </summary>
    private static double Below(double x)
    {
        if (Math.Abs(x) > 14)
            return x > 0 ? 1 : 0;
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        if (Math.Abs(x) < 2.5)
        {
            double term = x,
                sum = x;
            for (var n = 3; n < 120; n += 2)
                sum += term *= x * x / n;
            return 0.5 + density * sum;
        }

        double size = Math.Abs(x),
            fraction = size;
        for (var n = 300; n >= 1; n--)
            fraction = size + n / fraction;
        return x < 0 ? density / fraction : 1 - density / fraction;
    }
}
