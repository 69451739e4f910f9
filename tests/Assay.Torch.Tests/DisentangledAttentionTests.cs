namespace Assay.Torch.Tests;

/// <summary>DeBERTa's attention against plain loops over queries and keys, and its gradients, kernel and plain operators alike.</summary>
public sealed class DisentangledAttentionTests
{
    // Sums of a few hundred products in another order.
    private const double DoubleTolerance = 1e-13;
    private const double SingleTolerance = 2e-6;

    // A bf16 number has eight bits.
    private const double NarrowTolerance = 0.02;

    private sealed record Case(
        string Name,
        int Rows,
        int Heads,
        int HeadDimension,
        Segment[] Segments,
        int Longest,
        int Reach,
        bool ByQuery = true,
        bool ByKey = true
    )
    {
        /// <summary>Distances beyond the reach share its row; the tables have a row before and after those in use.</summary>
        public int[] RowOfDistance { get; } =
        [.. Enumerable.Range(1 - Longest, (2 * Longest) - 1).Select(distance => Math.Clamp(distance, -Reach, Reach - 1) + Reach + 1)];

        public int Distances => (2 * Reach) + 2;
    }

    private static readonly Case[] Cases =
    [
        new("one sequence", 9, 2, 8, [new(0, 9)], 9, 4),
        new("one token", 1, 3, 4, [new(0, 1)], 1, 4),
        new("two sequences, a table for longer ones", 17, 3, 6, [new(0, 6), new(6, 11)], 20, 30),
        new("rows of no segment, an empty segment", 14, 2, 4, [new(1, 3), new(4, 0), new(6, 5)], 5, 3),
        new("content to position only", 9, 2, 8, [new(0, 4), new(4, 5)], 5, 4, ByKey: false),
        new("position to content only", 9, 2, 8, [new(0, 4), new(4, 5)], 5, 4, ByQuery: false),
        new("content only", 9, 2, 8, [new(0, 4), new(4, 5)], 5, 4, ByQuery: false, ByKey: false),
        new("long", 330, 2, 16, [new(0, 200), new(200, 130)], 200, 50),
    ];

    [Theory]
    [InlineData("fused")]
    [InlineData("plain operators")]
    public void Values_and_gradients_equal_plain_loops(string form)
    {
        using var scope = new TensorScope();
        using var fused = new FusedLayers(form == "fused");
        var failures = new List<string>();
        foreach (var one in Cases)
        {
            var inputs = Inputs(one, DType.Float64);
            var expected = PlainLoops(one, [.. inputs.Select(input => input.ToDoubles())]);
            string[] names = ["output", "d query", "d key", "d value", "d position key", "d position query"];
            foreach (
                var (dtype, tolerance) in new[]
                {
                    (DType.Float64, DoubleTolerance),
                    (DType.Float32, SingleTolerance),
                    (DType.BFloat16, NarrowTolerance),
                }
            )
            {
                var actual = Run(one, [.. inputs.Select(input => input.To(dtype))]);
                for (var i = 0; i < names.Length; i++)
                {
                    var difference = expected[i].Zip(actual[i], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1, expected[i].Max(Math.Abs));
                    if (!(difference < tolerance))
                        failures.Add($"{one.Name}, {dtype}, {names[i]}: {difference:g3}");
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Distances_of_the_other_sign_are_seen()
    {
        using var scope = new TensorScope();
        var one = Cases[0];
        var inputs = Inputs(one, DType.Float32);
        var right = Run(one, inputs)[0];
        int[] backwards = [.. Enumerable.Range(0, one.Distances).Reverse()];
        var wrong = Run(one, [.. inputs[..3], inputs[3].SelectRows(backwards), inputs[4].SelectRows(backwards), inputs[5]])[0];
        Assert.True(right.Zip(wrong, (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void Results_are_bit_equal_for_any_number_of_threads()
    {
        using var scope = new TensorScope();
        var one = Cases[^1];
        var inputs = Inputs(one, DType.Float32);
        var before = TorchRuntime.ThreadCount;
        try
        {
            TorchRuntime.ThreadCount = 1;
            var first = Run(one, inputs);
            TorchRuntime.ThreadCount = 3;
            for (var repeat = 0; repeat < 3; repeat++)
                Assert.Equal(first, Run(one, inputs));
        }
        finally
        {
            TorchRuntime.ThreadCount = before;
        }
    }

    [Fact]
    public void What_is_not_a_number_does_not_become_one()
    {
        using var scope = new TensorScope();
        var inputs = Inputs(Cases[0], DType.Float32);
        inputs[3].Fill(double.NaN);
        Assert.All(Run(Cases[0], inputs)[0], value => Assert.True(double.IsNaN(value)), throwIfEmpty: true);
    }

    [Theory]
    [InlineData("longer than the 3 tokens", 4, 0)]
    [InlineData("has a prefix", 3, 1)]
    public void A_table_of_segments_that_does_not_fit_is_refused(string reason, long length, long prefix)
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones(DType.Float32, 9, 8);
        var error = Assert.Throws<TorchException>(() =>
            x.DisentangledAttention(x, x, x, x, [0, 1, 2, 3, 4], [new(2, length, 0, prefix)], 2, 1)
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("must not fall", new[] { 0, 2, 1 })]
    [InlineData("rows of all distances", new[] { 0, 2, 9 })]
    [InlineData("from 1 - n to n - 1", new[] { 0, 2 })]
    public void Rows_that_the_tables_do_not_have_are_refused(string reason, int[] rowOfDistance)
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones(DType.Float32, 9, 8);
        var error = Assert.Throws<TorchException>(() => x.DisentangledAttention(x, x, x, x, rowOfDistance, [new(0, 2)], 2, 1));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Queries, keys, values, both tables, and the gradient of the output.</summary>
    private static Tensor[] Inputs(Case one, DType dtype)
    {
        var generator = new Generator(5);
        Tensor Draw(long rows) => Tensor.Normal(generator, 0, 1, dtype, rows, one.Heads * one.HeadDimension);
        return [Draw(one.Rows), Draw(one.Rows), Draw(one.Rows), Draw(one.Distances), Draw(one.Distances), Draw(one.Rows)];
    }

    private static double[][] Run(Case one, Tensor[] given)
    {
        using var scope = new TensorScope();
        Tensor[] inputs = [.. given[..5].Select(input => input.Detach())];
        foreach (var input in inputs)
            input.RequiresGrad = true;
        var result = inputs[0]
            .DisentangledAttention(
                inputs[1],
                inputs[2],
                one.ByQuery ? inputs[3] : null,
                one.ByKey ? inputs[4] : null,
                one.RowOfDistance,
                one.Segments,
                one.Heads,
                Scale(one)
            );
        result.Backward(given[5]);
        return [result.ToDoubles(), .. inputs.Select(input => input.Grad?.ToDoubles() ?? new double[input.ElementCount])];
    }

    private static double Scale(Case one) => 1 / Math.Sqrt(3 * one.HeadDimension);

    /// <summary>The output and the five gradients, a query and a key at a time.</summary>
    private static double[][] PlainLoops(Case one, double[][] inputs)
    {
        var (size, width, scale) = (one.HeadDimension, one.Heads * one.HeadDimension, Scale(one));
        var (query, key, value, positionKey, positionQuery, upstream) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]);
        var output = new double[query.Length];
        double[][] gradients = [.. inputs[..5].Select(input => new double[input.Length])];
        foreach (var segment in one.Segments)
        {
            for (var head = 0; head < one.Heads; head++)
            {
                var length = (int)segment.Length;
                for (var i = 0; i < length; i++)
                {
                    int At(int row) => (int)((segment.Start + row) * width) + (head * size);
                    int TableAt(int j) => (one.RowOfDistance[one.Longest - 1 + i - j] * width) + (head * size);
                    double[] scores =
                    [
                        .. Enumerable
                            .Range(0, length)
                            .Select(j =>
                                scale
                                * (
                                    Dot(query, At(i), key, At(j))
                                    + (one.ByQuery ? Dot(query, At(i), positionKey, TableAt(j)) : 0)
                                    + (one.ByKey ? Dot(key, At(j), positionQuery, TableAt(j)) : 0)
                                )
                            ),
                    ];
                    var largest = scores.Max();
                    var total = scores.Sum(score => Math.Exp(score - largest));
                    double[] probabilities = [.. scores.Select(score => Math.Exp(score - largest) / total)];
                    double[] towards = [.. Enumerable.Range(0, length).Select(j => Dot(upstream, At(i), value, At(j)))];
                    var mean = probabilities.Zip(towards, (p, d) => p * d).Sum();
                    for (var j = 0; j < length; j++)
                    {
                        var slope = probabilities[j] * (towards[j] - mean) * scale;
                        var (q, k, t) = (At(i), At(j), TableAt(j));
                        for (var c = 0; c < size; c++)
                        {
                            output[q + c] += probabilities[j] * value[k + c];
                            gradients[2][k + c] += probabilities[j] * upstream[q + c];
                            gradients[0][q + c] += slope * (key[k + c] + (one.ByQuery ? positionKey[t + c] : 0));
                            gradients[1][k + c] += slope * (query[q + c] + (one.ByKey ? positionQuery[t + c] : 0));
                            if (one.ByQuery)
                                gradients[3][t + c] += slope * query[q + c];
                            if (one.ByKey)
                                gradients[4][t + c] += slope * key[k + c];
                        }
                    }
                }
            }
        }
        return [output, .. gradients];

        double Dot(double[] a, int aStart, double[] b, int bStart)
        {
            var sum = 0.0;
            for (var c = 0; c < size; c++)
                sum += a[aStart + c] * b[bStart + c];
            return sum;
        }
    }
}
