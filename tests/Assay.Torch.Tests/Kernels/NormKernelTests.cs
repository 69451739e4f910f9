using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class NormKernelTests
{
    private const float Epsilon = 1e-5f;
    private const int Rows = 5;

    [Fact]
    public void Rms_norm_is_what_double_precision_gives()
    {
        foreach (var width in Close.Widths)
        {
            RmsForward<float>(width);
            RmsForward<Bf16>(width);
        }
    }

    [Fact]
    public void Rms_norm_backward_is_what_double_precision_gives()
    {
        foreach (var width in Close.Widths)
        {
            RmsBackward<float>(width, Rows);
            RmsBackward<Bf16>(width, Rows);
        }

        RmsBackward<float>(33, 150); // more than two blocks of rows
    }

    [Fact]
    public void Layer_norm_is_what_double_precision_gives()
    {
        foreach (var width in Close.Widths)
        {
            LayerForward<float>(width, hasBias: true);
            LayerForward<float>(width, hasBias: false);
            LayerForward<Bf16>(width, hasBias: true);
        }
    }

    [Fact]
    public void Layer_norm_backward_is_what_double_precision_gives()
    {
        foreach (var width in Close.Widths)
        {
            LayerBackward<float>(width, Rows);
            LayerBackward<Bf16>(width, Rows);
        }

        LayerBackward<float>(33, 150);
    }

    [Fact]
    public void A_level_a_thousand_times_the_spread_is_taken_out_before_squaring()
    {
        using KernelBuffer<float> noise = KernelBuffer<float>.Random(576, 1),
            x = new([.. noise.Read().Select(v => 1000 + v)]);
        using KernelBuffer<float> weight = new(Enumerable.Repeat(1.0, 576).ToArray()),
            y = new(576),
            mean = new(1),
            rstd = new(1);
        NormKernels.LayerNorm(x.Data, weight.Data, null, Epsilon, y.Data, mean.Data, rstd.Data, 1, 576);
        var values = x.Read();
        var level = values.Average();
        var variance = values.Average(v => (v - level) * (v - level));
        const double RoundedLevel = 2e-4; // the mean itself is rounded to 6e-5, beside a spread of 0.58
        Close.Check<float>([.. values.Select(v => (v - level) / Math.Sqrt(variance + Epsilon))], y.Read(), RoundedLevel);
        var naive = values.Average(v => (double)(float)((float)v * (float)v)) - (float)(level * level);
        Assert.False(Math.Abs(naive - variance) < RoundedLevel * variance, "the naive form should be far off");
    }

    private static void RmsForward<T>(int width)
        where T : unmanaged
    {
        const float Offset = 1f;
        using KernelBuffer<T> x = KernelBuffer<T>.Random(Rows * width, width, 3),
            y = new(Rows * width);
        using KernelBuffer<float> weight = KernelBuffer<float>.Random(width, 2),
            rstd = new(Rows);
        NormKernels.RmsNorm(x.Data, weight.Data, Offset, Epsilon, y.Data, rstd.Data, Rows, width);
        double[] values = x.Read(),
            weights = weight.Read(),
            scales = Scales(values, new double[Rows], width);
        Close.Check<float>(scales, rstd.Read(), what: $"rstd of width {width}");
        Close.Check<T>(Expected(Offset), y.Read(), what: $"width {width}");
        Assert.False(Close.Within<T>(Expected(0), y.Read()), "without the offset it must differ");

        double[] Expected(double offset) => Map(values, width, (v, row, column) => v * scales[row] * (weights[column] + offset));
    }

    private static void RmsBackward<T>(int width, int rows)
        where T : unmanaged
    {
        const float Offset = 0.5f;
        using KernelBuffer<T> x = KernelBuffer<T>.Random(rows * width, width),
            dy = KernelBuffer<T>.Random(rows * width, width + 1);
        using KernelBuffer<T> dx = new(rows * width);
        using KernelBuffer<float> weight = KernelBuffer<float>.Random(width, 2),
            dWeight = KernelBuffer<float>.Random(width, 3);
        double[] values = x.Read(),
            slopes = dy.Read(),
            weights = weight.Read(),
            before = dWeight.Read();
        var scales = Scales(values, new double[rows], width);
        using KernelBuffer<float> rstd = new(scales);
        NormKernels.RmsNormBackward(x.Data, weight.Data, Offset, rstd.Data, dy.Data, dx.Data, dWeight.Data, rows, width);

        var products = Map(values, width, (v, row, c) => slopes[row * width + c] * (weights[c] + Offset) * v);
        double[] along = [.. products.Chunk(width).Select(row => row.Sum())];
        Close.Check<T>(Expected(width), dx.Read(), Close.SingleSum * Largest(scales), $"width {width}");
        Assert.False(Close.Within<T>(Expected(2.0 * width), dx.Read(), Close.SingleSum * Largest(scales)), "half of it must differ");
        Close.Check<float>(Gradient(before), dWeight.Read(), Close.SingleSum);
        Assert.False(Close.Within<float>(Gradient(new double[width]), dWeight.Read(), Close.SingleSum), "it must add");

        var first = dx.Bytes();
        NormKernels.RmsNormBackward(x.Data, weight.Data, Offset, rstd.Data, dy.Data, dx.Data, null, rows, width);
        Assert.Equal(first, dx.Bytes());

        double[] Gradient(double[] from) => Columns(values, width, (v, row, c) => slopes[row * width + c] * v * scales[row], from);

        double[] Expected(double divisor) =>
            Map(
                values,
                width,
                (v, row, c) =>
                    slopes[row * width + c] * (weights[c] + Offset) * scales[row] - v * along[row] * Math.Pow(scales[row], 3) / divisor
            );
    }

    private static void LayerForward<T>(int width, bool hasBias)
        where T : unmanaged
    {
        using KernelBuffer<T> x = KernelBuffer<T>.Random(Rows * width, width, 3),
            y = new(Rows * width);
        using KernelBuffer<float> weight = KernelBuffer<float>.Random(width, 2),
            bias = KernelBuffer<float>.Random(width, 3);
        using KernelBuffer<float> mean = new(Rows),
            rstd = new(Rows);
        NormKernels.LayerNorm(x.Data, weight.Data, hasBias ? bias.Data : null, Epsilon, y.Data, mean.Data, rstd.Data, Rows, width);
        double[] values = x.Read(),
            weights = weight.Read(),
            biases = hasBias ? bias.Read() : new double[width];
        double[] levels = Levels(values, width),
            scales = Scales(values, levels, width);
        Close.Check<float>(levels, mean.Read(), what: $"mean of width {width}");
        Close.Check<float>(scales, rstd.Read(), Close.SingleSum, $"rstd of width {width}");
        Close.Check<T>(Expected(biases), y.Read(), Close.SingleSum, $"width {width}");
        Assert.False(Close.Within<T>(Expected([.. biases.Select(b => b + 0.1)]), y.Read(), Close.SingleSum), "another bias must differ");

        double[] Expected(double[] added) =>
            Map(values, width, (v, row, column) => (v - levels[row]) * scales[row] * weights[column] + added[column]);
    }

    private static void LayerBackward<T>(int width, int rows)
        where T : unmanaged
    {
        using KernelBuffer<T> x = KernelBuffer<T>.Random(rows * width, width),
            dy = KernelBuffer<T>.Random(rows * width, width + 1);
        using KernelBuffer<T> dx = new(rows * width);
        using KernelBuffer<float> weight = KernelBuffer<float>.Random(width, 2),
            dWeight = KernelBuffer<float>.Random(width, 3);
        using var dBias = KernelBuffer<float>.Random(width, 4);
        double[] values = x.Read(),
            slopes = dy.Read(),
            weights = weight.Read(),
            weightBefore = dWeight.Read(),
            biasBefore = dBias.Read();
        double[] levels = Levels(values, width),
            scales = Scales(values, levels, width);
        using KernelBuffer<float> mean = new(levels),
            rstd = new(scales);
        NormKernels.LayerNormBackward(x.Data, weight.Data, mean.Data, rstd.Data, dy.Data, dx.Data, dWeight.Data, dBias.Data, rows, width);

        var normed = Map(values, width, (v, row, _) => (v - levels[row]) * scales[row]);
        var sum = RowSums((row, c) => slopes[row * width + c] * weights[c]);
        var along = RowSums((row, c) => slopes[row * width + c] * weights[c] * normed[row * width + c]);
        var tolerance = Close.SingleSum * Largest(scales);
        Close.Check<T>(Expected(1), dx.Read(), tolerance, $"width {width}");
        if (width > 1)
            Assert.False(Close.Within<T>(Expected(0), dx.Read(), tolerance), "without the mean of the gradient it must differ");
        var expectedWeight = Columns(normed, width, (v, row, c) => slopes[row * width + c] * v, weightBefore);
        Close.Check<float>(expectedWeight, dWeight.Read(), Close.SingleSum);
        Close.Check<float>(Bias(biasBefore), dBias.Read(), Close.SingleSum);
        Assert.False(Close.Within<float>(Bias(new double[width]), dBias.Read(), Close.SingleSum), "it must add");

        var first = dx.Bytes();
        NormKernels.LayerNormBackward(x.Data, weight.Data, mean.Data, rstd.Data, dy.Data, dx.Data, null, null, rows, width);
        Assert.Equal(first, dx.Bytes());

        double[] Bias(double[] from) => Columns(normed, width, (_, row, c) => slopes[row * width + c], from);

        double[] Expected(double share) =>
            Map(
                normed,
                width,
                (v, row, c) => (slopes[row * width + c] * weights[c] - share * sum[row] / width - v * along[row] / width) * scales[row]
            );

        double[] RowSums(Func<int, int, double> term) =>
            [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, width).Sum(c => term(row, c)))];
    }

    private static double[] Levels(double[] values, int width) => [.. values.Chunk(width).Select(row => row.Average())];

    private static double[] Scales(double[] values, double[] levels, int width) =>
        [.. values.Chunk(width).Select((row, i) => 1 / Math.Sqrt(row.Average(v => (v - levels[i]) * (v - levels[i])) + Epsilon))];

    private static double Largest(double[] scales) => Math.Max(1, Math.Pow(scales.Max(), 3));

    private static double[] Map(double[] values, int width, Func<double, int, int, double> of) =>
        [.. values.Select((v, i) => of(v, i / width, i % width))];

    private static double[] Columns(double[] values, int width, Func<double, int, int, double> of, double[] before)
    {
        var sums = (double[])before.Clone();
        for (var i = 0; i < values.Length; i++)
            sums[i % width] += of(values[i], i / width, i % width);
        return sums;
    }
}
