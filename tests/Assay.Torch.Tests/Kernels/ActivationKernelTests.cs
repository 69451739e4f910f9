using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class ActivationKernelTests
{
    private const int Rows = 5;

    public static TheoryData<int> Kinds => [.. Enum.GetValues<ActivationKind>().Select(kind => (int)kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_slopes_hold_a_few_units_in_the_last_place(int kind)
    {
        var values = new List<double> { 0, 1e-30, -1e-30, 0.625, -0.625, 3.999999, -4.0, 9, -9, 12, -12 };
        for (var x = -12.0; x <= 12; x += 1.0 / 512)
            values.Add((float)(x + 1e-4));
        using KernelBuffer<float> input = new(values.ToArray()),
            output = new(values.Count),
            slope = new(values.Count);
        using KernelBuffer<float> ones = new(Enumerable.Repeat(1.0, values.Count).ToArray());
        ActivationKernels.Apply((ActivationKind)kind, input.Data, null, output.Data, 1, values.Count);
        ActivationKernels.ApplyBackward((ActivationKind)kind, input.Data, null, ones.Data, slope.Data, null, 1, values.Count);
        double[] y = output.Read(),
            dy = slope.Read(),
            x64 = input.Read();
        for (var i = 0; i < x64.Length; i++)
        {
            var (value, derivative) = ActivationOracle.Of((ActivationKind)kind, x64[i]);

            // A few roundings of 6e-8; those of the exponent's argument count its size fold in the result.
            var argument = (ActivationKind)kind switch
            {
                ActivationKind.GeluTanh => 1.6 * Math.Abs(x64[i]) * (1 + 0.044715 * x64[i] * x64[i]),
                // Its square is exact only with a fused product.
                ActivationKind.GeluErf when !Fma.IsSupported && !AdvSimd.IsSupported => x64[i] * x64[i] / 2,
                _ => 2 * Math.Abs(x64[i]),
            };
            var relative = 3e-7 + 1.5e-7 * argument;
            var close = Math.Abs(y[i] - value) <= relative * Math.Abs(value) + 1e-37;
            Assert.True(close, $"f({x64[i]:r}) = {y[i]:r}, not {value:r}");
            close = Math.Abs(dy[i] - derivative) <= 2e-6 * Math.Max(Math.Abs(derivative), 1);
            Assert.True(close, $"f'({x64[i]:r}) = {dy[i]:r}, not {derivative:r}");
        }
    }

    [Fact]
    public void Exact_gelu_keeps_the_digits_of_small_tails()
    {
        using KernelBuffer<float> x = new([-3, -5, -8, -11]),
            y = new(4);
        ActivationKernels.Apply(ActivationKind.GeluErf, x.Data, null, y.Data, 1, 4);
        // x erfc(-x / sqrt 2) / 2 by mpmath, 30 digits.
        double[] known = [-0.0040496940948902836, -1.4332578593959696e-6, -4.9767684594174273e-15, -2.1017255319485433e-27];
        for (var i = 0; i < 4; i++)
            Assert.InRange(y.Read()[i] / known[i], 1 - 1e-6, 1 + 1e-6);

        // What the form with erf in single precision gives at -5, as a control: nothing of it is right.
        Assert.NotInRange(-5 * 0.5f * (1 + (float)(1 - 5.733031437583878e-7 - 1)) / known[1], 1 - 1e-6, 1 + 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Biased_rows_match_the_oracle(int kind)
    {
        foreach (var width in Close.Widths)
        {
            Biased<float>((ActivationKind)kind, width, Rows);
            Biased<Bf16>((ActivationKind)kind, width, Rows);
        }

        Biased<float>((ActivationKind)kind, 35, 150);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gated_numbers_match_the_oracle(int kind)
    {
        foreach (var count in Close.Widths.Append(40_003))
        {
            Gated<float>((ActivationKind)kind, count);
            Gated<Bf16>((ActivationKind)kind, count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nan_stays_and_large_numbers_stay_finite(int kind)
    {
        foreach (var width in (int[])[3, 40])
        {
            var values = Enumerable.Repeat(1.0, width).ToArray();
            (values[0], values[1], values[^1]) = (double.NaN, 1e4, -1e4);
            using KernelBuffer<float> x = new(values),
                y = new(width);
            ActivationKernels.Apply((ActivationKind)kind, x.Data, null, y.Data, 1, width);
            Assert.True(double.IsNaN(y.Read()[0]));
            Assert.Equal(ActivationOracle.Of((ActivationKind)kind, 1e4).Value, y.Read()[1], 1e-2);
            Assert.Equal(ActivationOracle.Of((ActivationKind)kind, -1e4).Value, y.Read()[^1], 1e-6);
        }
    }

    private static void Biased<T>(ActivationKind kind, int width, int rows)
        where T : unmanaged
    {
        using KernelBuffer<T> x = KernelBuffer<T>.Random(rows * width, width, 3),
            dy = KernelBuffer<T>.Random(rows * width, 7);
        using KernelBuffer<T> y = new(rows * width),
            dx = new(rows * width);
        using KernelBuffer<float> bias = KernelBuffer<float>.Random(width, 2),
            dBias = KernelBuffer<float>.Random(width, 3);
        double[] values = x.Read(),
            biases = bias.Read(),
            slopes = dy.Read(),
            before = dBias.Read();
        ActivationKernels.Apply(kind, x.Data, bias.Data, y.Data, rows, width);
        ActivationKernels.ApplyBackward(kind, x.Data, bias.Data, dy.Data, dx.Data, dBias.Data, rows, width);

        Close.Check<T>(Values(1), y.Read(), 2e-6, $"{kind}, width {width}");
        if (width > 8)
            Assert.False(Close.Within<T>(Values(0), y.Read(), 2e-6), "without the bias it must differ");
        Close.Check<T>(Gradients(1), dx.Read(), 2e-6, $"{kind}, width {width}");
        if (width > 8)
            Assert.False(Close.Within<T>(Gradients(-1), dx.Read(), 2e-6), "with the bias taken off it must differ");
        var gradients = Gradients(1);
        for (var i = 0; i < rows * width; i++)
            before[i % width] += gradients[i];
        Close.Check<float>(before, dBias.Read(), Close.SingleSum * 2, $"{kind}, width {width}");

        var first = dx.Bytes();
        ActivationKernels.ApplyBackward(kind, x.Data, bias.Data, dy.Data, dy.Data, null, rows, width);
        Assert.Equal(first, dy.Bytes());

        double[] Values(double share) => [.. values.Select((v, i) => ActivationOracle.Of(kind, v + share * biases[i % width]).Value)];

        double[] Gradients(double share) =>
            [.. values.Select((v, i) => slopes[i] * ActivationOracle.Of(kind, v + share * biases[i % width]).Slope)];
    }

    private static void Gated<T>(ActivationKind kind, int count)
        where T : unmanaged
    {
        using KernelBuffer<T> gate = KernelBuffer<T>.Random(count, count, 4),
            up = KernelBuffer<T>.Random(count, 2);
        using var dy = KernelBuffer<T>.Random(count, 3);
        using KernelBuffer<T> y = new(count),
            again = new(count),
            dGate = new(count),
            dUp = new(count);
        double[] g = gate.Read(),
            u = up.Read(),
            d = dy.Read();
        var oracle = g.Select(v => ActivationOracle.Of(kind, v)).ToArray();
        ActivationKernels.Gated(kind, gate.Data, up.Data, y.Data, count);
        ActivationKernels.GatedBackward(kind, gate.Data, up.Data, dy.Data, dGate.Data, dUp.Data, again.Data, count);

        Close.Check<T>([.. oracle.Select((o, i) => o.Value * u[i])], y.Read(), 2e-6, $"{kind}, {count}");
        Close.Check<T>([.. oracle.Select((o, i) => o.Value * u[i])], again.Read(), 2e-6, $"{kind} once more, {count}");
        Close.Check<T>([.. oracle.Select((o, i) => d[i] * u[i] * o.Slope)], dGate.Read(), 2e-6, $"{kind} dGate, {count}");
        Close.Check<T>([.. oracle.Select((o, i) => d[i] * o.Value)], dUp.Read(), 2e-6, $"{kind} dUp, {count}");
        var swapped = Close.Within<T>([.. oracle.Select((o, i) => d[i] * o.Value)], dGate.Read(), 2e-6);
        if (count > 8)
            Assert.False(swapped, "the two gradients must differ");
        var first = dUp.Bytes();
        ActivationKernels.GatedBackward(kind, gate.Data, up.Data, dy.Data, gate.Data, up.Data, null, count);
        Assert.Equal(first, up.Bytes());
    }
}
