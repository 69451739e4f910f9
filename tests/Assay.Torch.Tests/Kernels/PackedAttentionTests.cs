using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Attention;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class PackedAttentionTests
{
    // Scores up to 10 or so in single precision: their error, 1e-6, is the relative one of a probability.
    private const double SingleTolerance = 5e-6;

    // One rounding to bf16, 2^-9, of results; the gradients take the rounded output in as well.
    private const double Bf16Tolerance = 8e-3;

    private const AttentionDirection Causal = AttentionDirection.Causal;
    private const AttentionDirection Both = AttentionDirection.Bidirectional;

    private sealed record Case(int Rows, int Heads, int KeyValueHeads, Segment[] Segments, AttentionDirection Direction, long Window = 0);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["one sequence"] = new(9, 2, 2, [new(0, 9)], Causal),
        ["one token"] = new(1, 3, 1, [new(0, 1)], Causal),
        ["no segment"] = new(5, 2, 1, [], Causal),
        ["two sequences, grouped queries"] = new(12, 4, 2, [new(0, 5), new(5, 7)], Causal),
        ["two pairs, one without a prefix"] = new(30, 6, 3, [new(0, 4), new(4, 5, 0, 4), new(9, 3, 0, 4), new(12, 8), new(20, 10)], Causal),
        ["a part of the prefix"] = new(14, 2, 1, [new(0, 8), new(8, 6, 0, 5)], Causal),
        ["a prefix with a gap behind"] = new(60, 2, 2, [new(0, 10), new(10, 20), new(30, 20, 2, 6)], Causal),
        ["prefixes that are no segments"] = new(300, 8, 1, [new(100, 50, 10, 60), new(160, 100, 10, 70)], Causal),
        ["four answers"] = new(25, 4, 1, [new(0, 9), new(9, 3, 0, 9), new(12, 5, 0, 9), new(17, 6, 0, 9), new(23, 2, 0, 9)], Causal),
        ["encoder"] = new(17, 3, 3, [new(0, 6), new(6, 11)], Both),
        ["window"] = new(30, 2, 1, [new(0, 20), new(20, 10, 0, 20)], Causal, 6),
        ["window of one"] = new(6, 1, 1, [new(0, 6)], Causal, 1),
        ["window of an encoder"] = new(23, 2, 2, [new(0, 23)], Both, 8),
        ["rows of no segment"] = new(12, 2, 2, [new(1, 3), new(6, 4)], Causal),
        ["an empty segment"] = new(7, 1, 1, [new(0, 3), new(3, 0, 0, 3), new(3, 4, 0, 3)], Causal),
        ["more heads than a tile takes"] = new(130, 14, 1, [new(3, 40), new(43, 50, 3, 40)], Causal),
        ["longer than a tile"] = new(520, 2, 1, [new(0, 230), new(230, 180, 0, 230), new(410, 110, 0, 230)], Causal),
        ["longer than a tile, window"] = new(450, 2, 1, [new(0, 450)], Causal, 100),
        ["longer than a tile, encoder with window"] = new(400, 1, 1, [new(0, 400)], Both, 50),
        ["longer than a task"] = new(451, 1, 1, [new(0, 450)], Both),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_equal_plain_loops(string name)
    {
        var one = Cases[name];
        foreach (var size in (int[])[5, 8, 16, 20, 32, 64, 80, 256])
        {
            if (one.Rows > 200 && size is not (20 or 32))
                continue;
            var form = FormOf(one, size);
            Check<float>(one, form, SingleTolerance);
            Check<Bf16>(one, form, Bf16Tolerance);
        }

        var slopes = Enumerable.Range(0, one.Heads).Select(head => 0.3 / (head + 1)).ToArray();
        Check<float>(one, FormOf(one, 20) with { SoftCap = 2.5 }, SingleTolerance);
        Check<float>(one, FormOf(one, 20) with { Slopes = slopes }, SingleTolerance);
        Check<Bf16>(one, FormOf(one, 16) with { SoftCap = 2.5, Slopes = slopes }, Bf16Tolerance);
    }

    [Fact]
    public void A_hidden_key_that_shows_is_seen()
    {
        // The control: what a window one wider, the other direction or another scale gives is none of it.
        var one = Cases["window"];
        var form = FormOf(one, 16);
        AttentionForm[] others = [form with { Window = 7 }, form with { Direction = Both }, form with { Scale = form.Scale * 1.001 }];
        foreach (var other in others)
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check<float>(one, form, SingleTolerance, other));
        }
    }

    [Fact]
    public void Scores_of_any_size_do_not_overflow()
    {
        foreach (var scale in (double[])[0, 1e-6, 300])
        {
            var one = new Case(200, 1, 1, [new(0, 200)], Causal);
            var form = FormOf(one, 8) with { Scale = scale };
            Assert.All(
                Run<float>(one, form, 1).SelectMany(values => values),
                value => Assert.True(double.IsFinite(value)),
                throwIfEmpty: true
            );
        }
    }

    [Fact]
    public void A_NaN_stays_in_its_sequence_and_is_not_lost()
    {
        var one = new Case(100, 1, 1, [new(0, 37), new(37, 63)], Both);
        var results = Run<float>(one, FormOf(one, 16), 1, spoilt: 3);
        Assert.All(results[0][..(37 * 16)], value => Assert.True(double.IsNaN(value)), throwIfEmpty: true);
        Assert.All(results[0][(37 * 16)..], value => Assert.True(double.IsFinite(value)), throwIfEmpty: true);
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        var threads = WorkPool.ThreadCount;
        try
        {
            var one = Cases["longer than a tile"];
            var results = new List<double[][]>();
            foreach (var count in (int[])[1, 2, 3, 7])
            {
                TorchRuntime.ThreadCount = count;
                results.Add(Run<float>(one, FormOf(one, 20), 1));
            }

            Assert.All(results, result => Assert.Equal(results[0], result), throwIfEmpty: true);
            Assert.NotEqual(results[0], Run<float>(one, FormOf(one, 20), 2));
        }
        finally
        {
            TorchRuntime.ThreadCount = threads;
        }
    }

    [Fact]
    public void Segments_out_of_order_or_place_are_refused()
    {
        Segment[][] tables =
        [
            [new(0, 10)],
            [new(4, 3), new(0, 2)],
            [new(0, 3), new(2, 3)],
            [new(2, 3, 1, 2)],
            [new(0, -1)],
        ];
        foreach (var segments in tables)
        {
            Assert.Throws<ArgumentException>(() => Run<float>(new(9, 1, 1, segments, Causal), new(1, 1, 8, 1, Causal), 1));
        }
    }

    private static AttentionForm FormOf(Case one, int size) =>
        new(one.Heads, one.KeyValueHeads, size, 3 / Math.Sqrt(size), one.Direction, one.Window);

    private static void Check<T>(Case one, AttentionForm form, double tolerance, AttentionForm? run = null)
        where T : unmanaged
    {
        var inputs = Inputs<T>(one, form, 1);
        var expected = AttentionOracle.Of(form, one.Segments, one.Rows, inputs[0], inputs[1], inputs[2], inputs[3]);
        var actual = Run<T>(one, run ?? form, 1);
        double[][] wanted = [expected.Output, expected.LogSum, expected.Query, expected.Key, expected.Value];
        string[] names = ["output", "log sum", "d query", "d key", "d value"];
        for (var i = 0; i < wanted.Length; i++)
        {
            // Gradients add up many terms: their largest one says how large roundings are.
            var size = Math.Max(1, wanted[i].Select(Math.Abs).DefaultIfEmpty().Max());
            var differences = wanted[i].Zip(actual[i], (x, y) => double.IsNaN(y) ? double.MaxValue : Math.Abs(x - y));
            var difference = differences.DefaultIfEmpty().Max() / size;
            Assert.True(difference <= tolerance, $"{form}, {typeof(T).Name}, {names[i]}: {difference:g3}, allowed {tolerance}");
        }
    }

    private static double[][] Inputs<T>(Case one, AttentionForm form, int seed)
        where T : unmanaged
    {
        int[] heads = [form.Heads, form.KeyValueHeads, form.KeyValueHeads, form.Heads];
        return
        [
            .. heads.Select(
                (count, i) =>
                {
                    using var values = KernelBuffer<T>.Random(one.Rows * count * form.HeadDimension, seed * 4 + i);
                    return values.Read();
                }
            ),
        ];
    }

    /// <summary>
    /// Queries, keys and values lie in one buffer of rows, as a projection of all three leaves them, and so do their gradients.
    /// </summary>
    private static double[][] Run<T>(Case one, AttentionForm form, int seed, int spoilt = -1)
        where T : unmanaged
    {
        var inputs = Inputs<T>(one, form, seed);
        if (spoilt >= 0)
            inputs[2].AsSpan(spoilt * form.HeadDimension, form.HeadDimension).Fill(double.NaN);
        var (rows, wide, narrow) = (one.Rows, form.Heads * form.HeadDimension, form.KeyValueHeads * form.HeadDimension);
        var stride = wide + 2 * narrow + 3;
        var all = new double[rows * stride];
        for (var row = 0; row < rows; row++)
        {
            inputs[0].AsSpan(row * wide, wide).CopyTo(all.AsSpan(row * stride));
            inputs[1].AsSpan(row * narrow, narrow).CopyTo(all.AsSpan(row * stride + wide));
            inputs[2].AsSpan(row * narrow, narrow).CopyTo(all.AsSpan(row * stride + wide + narrow));
        }

        using KernelBuffer<T> inputRows = new(all),
            upstream = new(inputs[3]),
            output = new(rows * wide),
            gradients = new(rows * stride);
        using KernelBuffer<float> logSum = new(new double[rows * form.Heads]);
        StridedRows<T> Part(KernelBuffer<T> buffer, int column) => new(buffer.Data + column, stride);
        var (query, key, value) = (Part(inputRows, 0), Part(inputRows, wide), Part(inputRows, wide + narrow));
        PackedAttention.Forward<T>(form, one.Segments, rows, query, key, value, new(output.Data, wide), logSum.Data);
        PackedAttention.Backward<T>(
            form,
            one.Segments,
            rows,
            query,
            key,
            value,
            new(output.Data, wide),
            logSum.Data,
            new(upstream.Data, wide),
            Part(gradients, 0),
            Part(gradients, wide),
            Part(gradients, wide + narrow)
        );
        var read = gradients.Read();
        double[] Columns(int column, int width) =>
            [.. Enumerable.Range(0, rows).SelectMany(row => read.AsSpan(row * stride + column, width).ToArray())];
        return [output.Read(), logSum.Read(), Columns(0, wide), Columns(wide, narrow), Columns(wide + narrow, narrow)];
    }
}
