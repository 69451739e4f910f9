namespace Assay.Torch.Tests;

public sealed class OperatorGradientTests
{
    // Central differences with step 1e-5 are exact to about 1e-10 of the function's third derivative and rounding.
    private const double Tolerance = 2e-8;

    private static readonly Segment[] Pair = [new(0, 3), new(3, 2, 0, 3), new(5, 2, 0, 2)];

    private static readonly (string Name, Func<Tensor[], Tensor> Function, long[][] Shapes, double Low, double High)[] Operators =
    [
        (
            "Add",
            x => x[0] + x[1],
            [
                [3, 4],
                [4],
            ],
            -2,
            2
        ),
        (
            "Add number",
            x => x[0] + 3,
            [
                [5],
            ],
            -2,
            2
        ),
        (
            "Subtract",
            x => x[0] - x[1],
            [
                [3, 4],
                [3, 1],
            ],
            -2,
            2
        ),
        (
            "Multiply",
            x => x[0] * x[1],
            [
                [3, 4],
                [4],
            ],
            -2,
            2
        ),
        (
            "Multiply by number",
            x => 1.7 * x[0],
            [
                [5],
            ],
            -2,
            2
        ),
        (
            "Divide",
            x => x[0] / x[1],
            [
                [3, 4],
                [4],
            ],
            0.5,
            2
        ),
        (
            "Negate",
            x => -x[0],
            [
                [3],
            ],
            -2,
            2
        ),
        (
            "Square",
            x => x[0].Square(),
            [
                [7],
            ],
            -2,
            2
        ),
        (
            "Sqrt",
            x => x[0].Sqrt(),
            [
                [7],
            ],
            0.5,
            2
        ),
        (
            "Matmul",
            x => x[0].Matmul(x[1]),
            [
                [3, 4],
                [4, 5],
            ],
            -2,
            2
        ),
        (
            "Matmul batched",
            x => x[0].Matmul(x[1]),
            [
                [2, 3, 4],
                [4, 5],
            ],
            -2,
            2
        ),
        (
            "Tanh",
            x => x[0].Tanh(),
            [
                [7],
            ],
            -2,
            2
        ),
        (
            "Sigmoid",
            x => x[0].Sigmoid(),
            [
                [7],
            ],
            -2,
            2
        ),
        (
            "LogSigmoid",
            x => x[0].LogSigmoid(),
            [
                [9],
            ],
            -30,
            30
        ),
        (
            "Relu",
            x => x[0].Relu(),
            [
                [9],
            ],
            -2,
            2
        ),
        (
            "Silu",
            x => x[0].Silu(),
            [
                [9],
            ],
            -4,
            4
        ),
        (
            "Gelu erf",
            x => x[0].Gelu(GeluForm.Erf),
            [
                [9],
            ],
            -4,
            4
        ),
        (
            "Gelu tanh",
            x => x[0].Gelu(GeluForm.Tanh),
            [
                [9],
            ],
            -4,
            4
        ),
        (
            "Softmax",
            x => x[0].Softmax(),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Sum",
            x => x[0].Sum(),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Mean",
            x => x[0].Mean(),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Sum along",
            x => x[0].Sum(0),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Mean along",
            x => x[0].Mean(-1),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Reshape",
            x => x[0].Reshape(5, -1),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Transpose",
            x => x[0].Transpose(),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Narrow",
            x => x[0].Narrow(1, 2, 2),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "SelectRows",
            x => x[0].SelectRows(2, 0, 2),
            [
                [3, 5],
            ],
            -2,
            2
        ),
        (
            "Cat",
            x => Tensor.Cat(1, x[0], x[1]),
            [
                [3, 5],
                [3, 2],
            ],
            -2,
            2
        ),
        (
            "Linear",
            x => x[0].Linear(x[1]),
            [
                [6, 4],
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "Linear with bias",
            x => x[0].Linear(x[1], x[2]),
            [
                [6, 4],
                [5, 4],
                [5],
            ],
            -2,
            2
        ),
        (
            "Linear with residual",
            x => x[0].Linear(x[1], null, x[2]),
            [
                [6, 4],
                [5, 4],
                [6, 5],
            ],
            -2,
            2
        ),
        (
            "Linear with both",
            x => x[0].Linear(x[1], x[2], x[3]),
            [
                [6, 4],
                [5, 4],
                [5],
                [6, 5],
            ],
            -2,
            2
        ),
        (
            "Linear, weight made by an operation",
            x => x[0].Linear(x[1] * 2),
            [
                [6, 4],
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "Linear, one weight twice",
            x => x[0].Linear(x[1]).Linear(x[1]),
            [
                [6, 4],
                [4, 4],
            ],
            -1,
            1
        ),
        (
            "LogProbabilities",
            x => x[0].LogProbabilities(x[1], [2, 0, 2]),
            [
                [3, 4],
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "LogProbabilities, a row at a time",
            x => Primitives.LogProbabilities.Apply(x[0], x[1], [2, 0, 2, 4], mostLogits: 5),
            [
                [4, 4],
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "LogProbabilities, parts of unequal size",
            x => Primitives.LogProbabilities.Apply(x[0], x[1], [2, 0, 2, 4, 1], mostLogits: 11),
            [
                [5, 4],
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "LogProbabilities of a tied table",
            x => x[0].Embedding([0, 3, 1]).LogProbabilities(x[0], [2, 0, 4]),
            [
                [5, 4],
            ],
            -2,
            2
        ),
        (
            "Conv1D",
            x => x[0].Conv1D(x[1]),
            [
                [6, 4],
                [4, 5],
            ],
            -2,
            2
        ),
        (
            "Conv1D with both",
            x => x[0].Conv1D(x[1], x[2], x[3]),
            [
                [6, 4],
                [4, 5],
                [5],
                [6, 5],
            ],
            -2,
            2
        ),
        (
            "Conv1D, one weight twice",
            x => x[0].Conv1D(x[1]).Conv1D(x[1]),
            [
                [6, 4],
                [4, 4],
            ],
            -1,
            1
        ),
        (
            "Embedding",
            x => x[0].Embedding([2, 0, 2, 3]),
            [
                [4, 5],
            ],
            -2,
            2
        ),
        (
            "Embedding of a computed table",
            x => (x[0] * 2).Embedding([2, 0, 2, 3]),
            [
                [4, 5],
            ],
            -2,
            2
        ),
        (
            "LayerNorm",
            x => x[0].LayerNorm(x[1], x[2], 1e-3),
            [
                [4, 19],
                [19],
                [19],
            ],
            -2,
            2
        ),
        (
            "LayerNorm without bias",
            x => x[0].LayerNorm(x[1], null, 1e-3),
            [
                [4, 8],
                [8],
            ],
            -2,
            2
        ),
        (
            "RmsNorm",
            x => x[0].RmsNorm(x[1], 1e-3),
            [
                [4, 19],
                [19],
            ],
            -2,
            2
        ),
        (
            "RmsNorm of Gemma",
            x => x[0].RmsNorm(x[1], 1e-3, 1),
            [
                [2, 3, 8],
                [8],
            ],
            -2,
            2
        ),
        (
            "SwiGlu",
            x => x[0].SwiGlu(x[1]),
            [
                [3, 21],
                [3, 21],
            ],
            -3,
            3
        ),
        (
            "GeGlu erf",
            x => x[0].GeGlu(x[1], GeluForm.Erf),
            [
                [3, 21],
                [3, 21],
            ],
            -3,
            3
        ),
        (
            "GeGlu tanh",
            x => x[0].GeGlu(x[1], GeluForm.Tanh),
            [
                [3, 21],
                [3, 21],
            ],
            -3,
            3
        ),
        (
            "BiasGelu erf",
            x => x[0].BiasGelu(x[1], GeluForm.Erf),
            [
                [3, 21],
                [21],
            ],
            -3,
            3
        ),
        (
            "BiasGelu tanh",
            x => x[0].BiasGelu(x[1], GeluForm.Tanh),
            [
                [3, 21],
                [21],
            ],
            -3,
            3
        ),
        (
            "Rotary",
            x => x[0].Rotary(Angles(3, 4, Math.Cos), Angles(3, 4, Math.Sin), 8),
            [
                [3, 24],
            ],
            -2,
            2
        ),
        (
            "Attention",
            x => x[0].Attention(x[1], x[2], Pair, 4, 2, 0.7, AttentionDirection.Causal),
            [
                [7, 12],
                [7, 6],
                [7, 6],
            ],
            -2,
            2
        ),
        (
            "Attention of an encoder with a window",
            x => x[0].Attention(x[1], x[2], [new(0, 3), new(3, 4)], 2, 2, 0.7, AttentionDirection.Bidirectional, 2),
            [
                [7, 6],
                [7, 6],
                [7, 6],
            ],
            -2,
            2
        ),
        (
            "Attention with a soft cap",
            x => x[0].Attention(x[1], x[2], Pair, 4, 2, 0.7, AttentionDirection.Causal, softCap: 1.5),
            [
                [7, 12],
                [7, 6],
                [7, 6],
            ],
            -2,
            2
        ),
        (
            "Attention with slopes",
            x => x[0].Attention(x[1], x[2], Pair, 4, 2, 0.7, AttentionDirection.Causal, slopes: [0.5, 0.25, 0.1, 0]),
            [
                [7, 12],
                [7, 6],
                [7, 6],
            ],
            -2,
            2
        ),
        (
            "Attention of an encoder with all",
            x => x[0].Attention(x[1], x[2], [new(0, 3), new(3, 4)], 2, 2, 0.7, AttentionDirection.Bidirectional, 4, 1.5, [0.5f, 0.2f]),
            [
                [7, 6],
                [7, 6],
                [7, 6],
            ],
            -2,
            2
        ),
        (
            "DisentangledAttention",
            x => x[0].DisentangledAttention(x[1], x[2], x[3], x[4], [0, 1, 1, 2, 3, 4, 4], [new(0, 3), new(3, 4)], 2, 0.7),
            [
                [7, 6],
                [7, 6],
                [7, 6],
                [5, 6],
                [5, 6],
            ],
            -2,
            2
        ),
        (
            "DisentangledAttention of one table for both",
            x => x[0].DisentangledAttention(x[0], x[1], x[2], x[2], [0, 1, 2, 3, 3], [new(1, 3)], 1, 0.7),
            [
                [5, 4],
                [5, 4],
                [4, 4],
            ],
            -2,
            2
        ),
        (
            "Recomputed",
            x => Tensor.Recomputed(y => (y[0].Linear(x[1]) * y[0].Linear(x[1])).Tanh() + y[1], x[0], x[2]),
            [
                [3, 4],
                [5, 4],
                [3, 5],
            ],
            -1,
            1
        ),
        (
            "Cast",
            x => x[0].To(DType.Float64) * 2,
            [
                [3],
            ],
            -2,
            2
        ),
        (
            "Rotary of a part",
            x => x[0].Rotary(Angles(3, 3, Math.Cos), Angles(3, 3, Math.Sin), 11),
            [
                [3, 22],
            ],
            -2,
            2
        ),
    ];

    [Fact]
    public void Every_gradient_agrees_with_central_differences()
    {
        using var scope = new TensorScope();
        var failures = new List<string>();
        foreach (var (name, function, shapes, low, high) in Operators)
        {
            var generator = new Generator(7);
            var inputs = shapes.Select(shape => Tensor.Uniform(generator, low, high, DType.Float64, shape)).ToArray();
            var difference = GradientCheck.LargestDifference(function, inputs);
            if (!(difference < Tolerance))
            {
                failures.Add($"{name}: {difference:g3}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void A_wrong_gradient_is_seen()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1.0, 2, 3]);
        // Half of the product's gradient is cut off.
        Assert.True(GradientCheck.LargestDifference(inputs => inputs[0] * inputs[0].Detach(), x) > 0.1);
    }

    [Fact]
    public void The_padding_row_of_an_embedding_gets_no_gradient()
    {
        using var scope = new TensorScope();
        var table = Tensor.Ones(DType.Float64, 3, 2);
        table.RequiresGrad = true;
        table.Embedding([1, 2, 1], paddingIndex: 2).Sum().Backward();
        Assert.Equal([0, 0, 2, 2, 0, 0], table.Grad!.ToDoubles());
    }

    [Fact]
    public void Gradients_add_up_over_backward_passes()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1.0, 2, 3, 4, 5, 6], 2, 3);
        var weight = Tensor.From([1.0, -1, 2], 1, 3);
        weight.RequiresGrad = true;
        for (var pass = 0; pass < 3; pass++)
        {
            x.Linear(weight).Sum().Backward();
        }

        Assert.Equal([15, 21, 27], weight.Grad!.ToDoubles());
    }

    private static Tensor Angles(int rows, int half, Func<double, double> function) =>
        Tensor.From(Enumerable.Range(0, rows * half).Select(i => function(0.3 + 0.7 * i)).ToArray(), rows, half);
}
