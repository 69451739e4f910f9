namespace Assay.Torch.Tests;

/// <summary>Packed attention against plain loops over queries and keys.</summary>
public sealed class AttentionTests
{
    // Sums of a few hundred products in another order.
    private const double DoubleTolerance = 1e-13;
    private const double SingleTolerance = 2e-6;

    private sealed record Case(
        string Name,
        int Rows,
        int Heads,
        int KeyValueHeads,
        int HeadDimension,
        Segment[] Segments,
        AttentionDirection Direction,
        long Window = 0,
        double SoftCap = 0,
        double[]? Slopes = null
    );

    private static readonly Case[] Cases =
    [
        new("one sequence", 9, 2, 2, 8, [new(0, 9)], AttentionDirection.Causal),
        new("one token", 1, 3, 1, 4, [new(0, 1)], AttentionDirection.Causal),
        new("two sequences, grouped queries", 12, 4, 2, 8, [new(0, 5), new(5, 7)], AttentionDirection.Causal),
        new("a pair with a common prefix", 20, 3, 1, 5, [new(0, 8), new(8, 5, 0, 8), new(13, 7, 0, 8)], AttentionDirection.Causal),
        new(
            "two pairs, one without a prefix",
            30,
            6,
            3,
            4,
            [new(0, 4), new(4, 5, 0, 4), new(9, 3, 0, 4), new(12, 8), new(20, 10)],
            AttentionDirection.Causal
        ),
        new("a part of the prefix", 14, 2, 1, 4, [new(0, 8), new(8, 6, 0, 5)], AttentionDirection.Causal),
        new(
            "four answers to one prompt",
            25,
            4,
            1,
            8,
            [new(0, 9), new(9, 3, 0, 9), new(12, 5, 0, 9), new(17, 6, 0, 9), new(23, 2, 0, 9)],
            AttentionDirection.Causal
        ),
        new("encoder", 17, 3, 3, 6, [new(0, 6), new(6, 11)], AttentionDirection.Bidirectional),
        new("window", 30, 2, 1, 4, [new(0, 20), new(20, 10, 0, 20)], AttentionDirection.Causal, 6),
        new("window of one", 6, 1, 1, 4, [new(0, 6)], AttentionDirection.Causal, 1),
        new("window of an encoder", 23, 2, 2, 4, [new(0, 23)], AttentionDirection.Bidirectional, 8),
        new("rows of no segment", 12, 2, 2, 4, [new(1, 3), new(6, 4)], AttentionDirection.Causal),
        new("an empty segment", 7, 1, 1, 4, [new(0, 3), new(3, 0, 0, 3), new(3, 4, 0, 3)], AttentionDirection.Causal),
        new("soft cap", 20, 4, 2, 8, [new(0, 8), new(8, 5, 0, 8), new(13, 7, 0, 8)], AttentionDirection.Causal, SoftCap: 1.5),
        new("soft cap and window", 30, 2, 1, 4, [new(0, 20), new(20, 10, 0, 20)], AttentionDirection.Causal, 6, 2),
        new(
            "slopes",
            20,
            4,
            1,
            8,
            [new(0, 8), new(8, 5, 0, 8), new(13, 7, 0, 6)],
            AttentionDirection.Causal,
            Slopes: [0.5, 0.25, 0.0625, 0]
        ),
        new("slopes of an encoder, soft cap and window", 23, 2, 2, 4, [new(0, 23)], AttentionDirection.Bidirectional, 8, 1, [0.5, 0.1]),
        new("longer than a tile", 700, 2, 1, 16, [new(0, 300), new(300, 250, 0, 300), new(550, 150, 0, 300)], AttentionDirection.Causal),
        new("longer than a tile, window", 600, 2, 1, 8, [new(0, 600)], AttentionDirection.Causal, 100),
        new("longer than a tile, encoder with window", 400, 1, 1, 8, [new(0, 400)], AttentionDirection.Bidirectional, 50),
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
            var (query, key, value, upstream) = Inputs(one, DType.Float64);
            var expected = PlainAttention(one, query.ToDoubles(), key.ToDoubles(), value.ToDoubles(), upstream.ToDoubles());
            string[] names = ["output", "d query", "d key", "d value"];
            foreach (var dtype in (ReadOnlySpan<DType>)[DType.Float64, DType.Float32])
            {
                var actual = Run(one, query.To(dtype), key.To(dtype), value.To(dtype), upstream.To(dtype));
                for (var i = 0; i < 4; i++)
                {
                    var difference = expected[i].Zip(actual[i], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1, expected[i].Max(Math.Abs));
                    if (!(difference < (dtype == DType.Float64 ? DoubleTolerance : SingleTolerance)))
                    {
                        failures.Add($"{one.Name}, {dtype}, {names[i]}: {difference:g3}");
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void A_prefix_shared_gives_what_whole_sequences_give()
    {
        using var scope = new TensorScope();
        var shared = new Case("shared", 20, 4, 2, 8, [new(0, 8), new(8, 5, 0, 8), new(13, 7, 0, 8)], AttentionDirection.Causal);
        var (query, key, value, upstream) = Inputs(shared, DType.Float64);
        var packed = Run(shared, query, key, value, upstream)[0];
        Tensor Whole(Tensor rows) => Tensor.Cat(0, rows.Narrow(0, 0, 8), rows.Narrow(0, 13, 7)).Detach();
        var alone = new Case("alone", 15, 4, 2, 8, [new(0, 15)], AttentionDirection.Causal);
        var single = Run(alone, Whole(query), Whole(key), Whole(value), Whole(upstream))[0];
        Assert.Equal(single[(8 * 32)..], packed[(13 * 32)..], (a, b) => Math.Abs(a - b) < DoubleTolerance);
    }

    [Fact]
    public void Hiding_a_key_is_seen()
    {
        using var scope = new TensorScope();
        var whole = Cases[0];
        var (query, key, value, upstream) = Inputs(whole, DType.Float64);
        var expected = PlainAttention(whole, query.ToDoubles(), key.ToDoubles(), value.ToDoubles(), upstream.ToDoubles())[0];
        var actual = Run(whole with { Window = 8 }, query, key, value, upstream)[0];
        Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void A_cap_or_slopes_left_out_or_swapped_are_seen()
    {
        using var scope = new TensorScope();
        var one = Cases[0] with { SoftCap = 1, Slopes = [0.5, 0.1] };
        var (query, key, value, upstream) = Inputs(one, DType.Float64);
        var expected = PlainAttention(one, query.ToDoubles(), key.ToDoubles(), value.ToDoubles(), upstream.ToDoubles());
        foreach (
            var wrong in (Case[])
                [one with { SoftCap = 0 }, one with { Slopes = null }, one with { Slopes = [0.1, 0.5] }, one with { SoftCap = 1.01 }]
        )
        {
            var actual = Run(wrong, query, key, value, upstream);
            for (var i = 0; i < 3; i++)
                Assert.True(expected[i].Zip(actual[i], (a, b) => Math.Abs(a - b)).Max() > 1e-4);
        }
    }

    [Theory]
    [InlineData(-1, 2, "soft cap")]
    [InlineData(double.NaN, 2, "soft cap")]
    [InlineData(0, 3, "3 slopes for 2 heads")]
    public void A_cap_or_slopes_that_do_not_fit_are_refused(double softCap, int slopes, string reason)
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones(DType.Float64, 9, 8);
        var error = Assert.Throws<TorchException>(() =>
            x.Attention(x, x, [new(0, 9)], 2, 2, 1, AttentionDirection.Causal, softCap: softCap, slopes: new double[slopes])
        );
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Results_are_bit_equal_for_any_number_of_threads()
    {
        using var scope = new TensorScope();
        var one = new Case(
            "many",
            900,
            6,
            3,
            32,
            [new(0, 200), new(200, 100, 0, 200), new(300, 150, 0, 200), new(450, 100), new(550, 350)],
            AttentionDirection.Causal
        );
        var (query, key, value, upstream) = Inputs(one, DType.Float32);
        var before = TorchRuntime.ThreadCount;
        try
        {
            TorchRuntime.ThreadCount = 1;
            var first = Run(one, query, key, value, upstream);
            TorchRuntime.ThreadCount = 3;
            for (var repeat = 0; repeat < 3; repeat++)
            {
                Assert.Equal(first, Run(one, query, key, value, upstream));
            }
        }
        finally
        {
            TorchRuntime.ThreadCount = before;
        }
    }

    [Fact]
    public void Infinite_scores_become_NaN_and_not_a_silent_number()
    {
        using var scope = new TensorScope();
        var one = Cases[0];
        var (query, key, value, upstream) = Inputs(one, DType.Float32);
        query.Fill(double.NaN);
        Assert.True(Run(one, query, key, value, upstream)[0].All(double.IsNaN));
    }

    [Theory]
    [InlineData(3, 6, "a negative number")]
    [InlineData(0, 99, "ends after")]
    public void A_table_that_leaves_the_rows_is_refused(long start, long length, string reason)
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones(DType.Float32, 9, 8);
        Segment[] segments = reason.StartsWith('a') ? [new(start, -length)] : [new(start, length)];
        var error = Assert.Throws<TorchException>(() => x.Attention(x, x, segments, 2, 2, 1, AttentionDirection.Causal));
        Assert.Contains(reason, error.Message);
    }

    private static (Tensor Query, Tensor Key, Tensor Value, Tensor Upstream) Inputs(Case one, DType dtype)
    {
        var generator = new Generator(5);
        Tensor Draw(long width) => Tensor.Normal(generator, 0, 1, dtype, one.Rows, width);
        return (
            Draw(one.Heads * one.HeadDimension),
            Draw(one.KeyValueHeads * one.HeadDimension),
            Draw(one.KeyValueHeads * one.HeadDimension),
            Draw(one.Heads * one.HeadDimension)
        );
    }

    private static double[][] Run(Case one, Tensor query, Tensor key, Tensor value, Tensor upstream)
    {
        using var scope = new TensorScope();
        Tensor[] inputs = [query.Detach(), key.Detach(), value.Detach()];
        foreach (var input in inputs)
        {
            input.RequiresGrad = true;
        }

        var result = inputs[0]
            .Attention(
                inputs[1],
                inputs[2],
                one.Segments,
                one.Heads,
                one.KeyValueHeads,
                1 / Math.Sqrt(one.HeadDimension),
                one.Direction,
                one.Window,
                one.SoftCap,
                one.Slopes
            );
        result.Backward(upstream);
        return [result.ToDoubles(), .. inputs.Select(input => input.Grad!.ToDoubles())];
    }

    /// <summary>The output and the three gradients, a query and a key at a time.</summary>
    private static double[][] PlainAttention(Case one, double[] query, double[] key, double[] value, double[] upstream)
    {
        var (heads, keyValueHeads, size) = (one.Heads, one.KeyValueHeads, one.HeadDimension);
        var scale = 1 / Math.Sqrt(size);
        double[] output = new double[query.Length],
            dQuery = new double[query.Length],
            dKey = new double[key.Length],
            dValue = new double[key.Length];
        foreach (var segment in one.Segments)
        {
            long[] keyRows = [.. Range(segment.PrefixStart, segment.PrefixLength), .. Range(segment.Start, segment.Length)];
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0L; i < segment.Length; i++)
                {
                    var position = segment.PrefixLength + i;
                    var q = (segment.Start + i) * heads * size + head * size;
                    var seen = Enumerable
                        .Range(0, keyRows.Length)
                        .Where(j =>
                            one.Direction == AttentionDirection.Causal
                                ? j <= position && (one.Window == 0 || j > position - one.Window)
                                : one.Window == 0 || Math.Abs(j - position) <= one.Window / 2
                        )
                        .ToArray();
                    long KeyAt(int j) => keyRows[j] * keyValueHeads * size + head / (heads / keyValueHeads) * size;
                    var raw = seen.Select(j => Dot(query, q, key, KeyAt(j)) * scale).ToArray();
                    var tanh = raw.Select(score => one.SoftCap == 0 ? 0 : Math.Tanh(score / one.SoftCap)).ToArray();
                    var scores = seen.Select(
                            (j, n) =>
                                (one.SoftCap == 0 ? raw[n] : one.SoftCap * tanh[n]) - (one.Slopes?[head] ?? 0.0) * Math.Abs(j - position)
                        )
                        .ToArray();
                    var largest = scores.Max();
                    var total = scores.Sum(score => Math.Exp(score - largest));
                    var probabilities = scores.Select(score => Math.Exp(score - largest) / total).ToArray();
                    var dProbabilities = seen.Select(j => Dot(upstream, q, value, KeyAt(j))).ToArray();
                    var mean = probabilities.Zip(dProbabilities, (p, d) => p * d).Sum();
                    for (var n = 0; n < seen.Length; n++)
                    {
                        var k = KeyAt(seen[n]);
                        var dScore = probabilities[n] * (dProbabilities[n] - mean) * scale * (1 - tanh[n] * tanh[n]);
                        for (var c = 0; c < size; c++)
                        {
                            output[q + c] += probabilities[n] * value[k + c];
                            dValue[k + c] += probabilities[n] * upstream[q + c];
                            dQuery[q + c] += dScore * key[k + c];
                            dKey[k + c] += dScore * query[q + c];
                        }
                    }
                }
            }
        }

        return [output, dQuery, dKey, dValue];

        double Dot(double[] a, long aStart, double[] b, long bStart)
        {
            var sum = 0.0;
            for (var c = 0; c < size; c++)
            {
                sum += a[aStart + c] * b[bStart + c];
            }

            return sum;
        }

        static IEnumerable<long> Range(long start, long count)
        {
            for (var i = 0L; i < count; i++)
            {
                yield return start + i;
            }
        }
    }
}
