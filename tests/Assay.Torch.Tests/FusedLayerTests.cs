namespace Assay.Torch.Tests;

/// <summary>
/// Fused layers against the plain operators they stand for, values and gradients, over widths that fill vectors and widths that do not.
/// </summary>
public sealed class FusedLayerTests
{
    // Reductions over up to 600 numbers in another order; the erf of float32 is good to a few units in the last place.
    private const double SingleTolerance = 3e-6;

    private static readonly (string Name, Func<Tensor[], int, Tensor> Layer, Func<int, int, long[][]> Shapes)[] Layers =
    [
        (
            "RmsNorm",
            (x, _) => x[0].RmsNorm(x[1], 1e-5),
            (rows, width) =>
                [
                    [rows, width],
                    [width],
                ]
        ),
        (
            "RmsNorm of Gemma",
            (x, _) => x[0].RmsNorm(x[1], 1e-6, 1),
            (rows, width) =>
                [
                    [rows, width],
                    [width],
                ]
        ),
        (
            "LayerNorm",
            (x, _) => x[0].LayerNorm(x[1], x[2], 1e-12),
            (rows, width) =>
                [
                    [rows, width],
                    [width],
                    [width],
                ]
        ),
        (
            "SwiGlu",
            (x, _) => x[0].SwiGlu(x[1]),
            (rows, width) =>
                [
                    [rows, width],
                    [rows, width],
                ]
        ),
        (
            "GeGlu erf",
            (x, _) => x[0].GeGlu(x[1], GeluForm.Erf),
            (rows, width) =>
                [
                    [rows, width],
                    [rows, width],
                ]
        ),
        (
            "GeGlu tanh",
            (x, _) => x[0].GeGlu(x[1], GeluForm.Tanh),
            (rows, width) =>
                [
                    [rows, width],
                    [rows, width],
                ]
        ),
        (
            "BiasGelu erf",
            (x, _) => x[0].BiasGelu(x[1], GeluForm.Erf),
            (rows, width) =>
                [
                    [rows, width],
                    [width],
                ]
        ),
        (
            "BiasGelu tanh",
            (x, _) => x[0].BiasGelu(x[1], GeluForm.Tanh),
            (rows, width) =>
                [
                    [rows, width],
                    [width],
                ]
        ),
        (
            "Rotary",
            (x, width) => x[0].Rotary(x[1].Detach(), x[2].Detach(), width),
            (rows, width) =>
                [
                    [rows, 3 * width],
                    [rows, width / 2],
                    [rows, width / 2],
                ]
        ),
        (
            "Rotary of a part",
            (x, width) => x[0].Rotary(x[1].Detach(), x[2].Detach(), width),
            (rows, width) =>
                [
                    [rows, 2 * width],
                    [rows, width / 4],
                    [rows, width / 4],
                ]
        ),
        (
            "Embedding",
            (x, _) => x[0].Embedding([0, 0, (int)x[0].Shape[0] - 1]),
            (rows, width) =>
                [
                    [rows, width],
                ]
        ),
        (
            "Linear",
            (x, _) => x[0].Linear(x[1], x[2], x[3]),
            (rows, width) =>
                [
                    [rows, width],
                    [7, width],
                    [7],
                    [rows, 7],
                ]
        ),
        (
            "Conv1D",
            (x, _) => x[0].Conv1D(x[1], x[2], x[3]),
            (rows, width) =>
                [
                    [rows, width],
                    [width, 7],
                    [7],
                    [rows, 7],
                ]
        ),
    ];

    private static readonly (int Rows, int Width)[] Sizes = [(1, 4), (3, 8), (5, 19), (64, 64), (65, 67), (130, 576)];

    [Theory]
    [InlineData(DType.Float32, SingleTolerance)]
    public void Equal_to_plain_operators(DType dtype, double tolerance)
    {
        var failures = new List<string>();
        foreach (var (name, layer, shapes) in Layers)
        {
            foreach (var (rows, width) in Sizes)
            {
                using var scope = new TensorScope();
                var fused = Run(layer, shapes(rows, width), width, dtype, isFused: true);
                var plain = Run(layer, shapes(rows, width), width, DType.Float64, isFused: false);
                for (var i = 0; i < plain.Length; i++)
                {
                    var difference = plain[i].Zip(fused[i], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1, plain[i].Max(Math.Abs));
                    if (!(difference < tolerance))
                    {
                        failures.Add($"{name} [{rows}, {width}], {(i == 0 ? "value" : $"gradient {i}")}: {difference:g3}");
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Gelu_is_exact_in_both_tails()
    {
        using var scope = new TensorScope();
        float[] values = [.. Enumerable.Range(-1500, 3000).Select(i => i / 100f)];
        var zero = Tensor.Zeros(DType.Float32, 1);
        foreach (var form in Enum.GetValues<GeluForm>())
        {
            var single = Tensor.From(values, values.Length, 1).BiasGelu(zero, form).ToDoubles();
            var exact = Tensor.From(values).To(DType.Float64).Gelu(form).ToDoubles();
            Assert.Equal(exact, single, (a, b) => Math.Abs(a - b) < 5e-7 * Math.Max(1, Math.Abs(a)));
        }
    }

    [Fact]
    public void NaN_and_infinity_come_through()
    {
        using var scope = new TensorScope();
        var one = Tensor.Ones(DType.Float32, 20);
        var x = Tensor.Full(double.NaN, DType.Float32, Device.Cpu, 3, 20);
        Assert.All(
            (Tensor[])
                [
                    x.RmsNorm(one, 1e-5),
                    x.LayerNorm(one, one, 1e-5),
                    x.SwiGlu(x),
                    x.BiasGelu(one, GeluForm.Erf),
                    x.BiasGelu(one, GeluForm.Tanh),
                ],
            result => Assert.All(result.ToFloats(), value => Assert.True(float.IsNaN(value)), throwIfEmpty: true),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void Results_are_bit_equal_for_any_number_of_threads()
    {
        var before = TorchRuntime.ThreadCount;
        try
        {
            foreach (var (name, layer, shapes) in Layers.Where(layer => layer.Name is not ("Linear" or "Conv1D")))
            {
                using var scope = new TensorScope();
                TorchRuntime.ThreadCount = 1;
                var first = Run(layer, shapes(700, 96), 96, DType.Float32, isFused: true);
                TorchRuntime.ThreadCount = 3;
                Assert.Equal(first, Run(layer, shapes(700, 96), 96, DType.Float32, isFused: true));
            }
        }
        finally
        {
            TorchRuntime.ThreadCount = before;
        }
    }

    private static double[][] Run(Func<Tensor[], int, Tensor> layer, long[][] shapes, int width, DType dtype, bool isFused)
    {
        using var scope = new TensorScope();
        using var fused = new FusedLayers(isFused);
        var generator = new Generator(11);
        // Drawn in float32, so that both dtypes see the same numbers.
        Tensor[] inputs = [.. shapes.Select(shape => Tensor.Normal(generator, 0.1, 1.5, DType.Float32, shape).To(dtype).Detach())];
        foreach (var input in inputs)
        {
            input.RequiresGrad = true;
        }

        var result = layer(inputs, width);
        result.Backward(Tensor.Normal(generator, 0, 1, DType.Float32, result.Shape).To(dtype));
        return
        [
            result.ToDoubles(),
            .. inputs.Select(input => input.Grad).Where(grad => grad is not null).Select(grad => grad!.ToDoubles()),
        ];
    }
}
