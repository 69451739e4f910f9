using System.Globalization;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Bench;

/// <summary>
/// Whole training steps of a transformer of a real model's shape with random weights: eight pairs with a common prefix, Bradley-Terry loss,
/// clipping, AdamW. The share is 6 x parameters outside the embeddings x real tokens a second (both sides whole, as if nothing were
/// shared) over the speed of a large product: the definition of the comparison table.
/// </summary>
internal static class StepBenchmark
{
    private sealed record Shape(
        string Name,
        int Layers,
        int Hidden,
        int Inner,
        int Heads,
        int KeyValueHeads,
        int Vocabulary,
        AttentionDirection Direction
    );

    private static readonly Shape[] Shapes =
    [
        new("smollm2", 30, 576, 1536, 9, 3, 49152, AttentionDirection.Causal),
        new("minilm", 6, 384, 1536, 12, 12, 30522, AttentionDirection.Bidirectional),
    ];

    public static int Run(string[] arguments)
    {
        var name = arguments is [var first, ..] ? first : "smollm2";
        var steps = arguments is [_, var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 6;
        if (Shapes.FirstOrDefault(shape => shape.Name == name) is not { } shape)
        {
            Console.Error.WriteLine($"bench step: there is no shape '{name}': {string.Join(", ", Shapes.Select(one => one.Name))}");
            return 2;
        }

        var gemm = Clock.Gemm();
        Console.WriteLine($"libtorch {TorchRuntime.LibtorchVersion}, {TorchRuntime.ThreadCount} threads, GEMM {gemm:f0} GFLOPS before");
        using var scope = new TensorScope();
        var model = new Model(shape);
        using var optimiser = new AdamW([.. model.Parameters.Select(parameter => new AdamWParameter(parameter))]);
        var random = new Random(1);
        double forward = 0,
            backward = 0,
            update = 0;
        long realTokens = 0,
            packedTokens = 0;
        for (var step = 0; step <= steps; step++)
        {
            using var inner = new TensorScope();
            var batch = Batch(random, shape);
            var start = Clock.Now;
            var loss = model.Loss(batch.Segments, batch.Ids, batch.Last);
            var afterForward = Clock.Now;
            loss.Backward();
            var afterBackward = Clock.Now;
            optimiser.Step(1e-5, Gradients.ClipFactor(Gradients.Norm(model.Parameters), 1));
            optimiser.ClearGradients();
            var end = Clock.Now;
            if (step == 0)
            {
                continue;
            }

            forward += afterForward - start;
            backward += afterBackward - afterForward;
            update += end - afterBackward;
            realTokens += batch.RealTokens;
            packedTokens += batch.Ids.Length;
        }

        var gemmAfter = Clock.Gemm();
        gemm = Math.Max(gemm, gemmAfter);
        var seconds = forward + backward + update;
        var parameters = model.Parameters.Skip(1).Sum(parameter => parameter.ElementCount);
        Console.WriteLine($"GEMM {gemmAfter:f0} GFLOPS after; shares are of the better");
        Console.WriteLine(
            $"{shape.Name}: {steps * 8 / seconds:f2} pairs/s, {realTokens / (double)steps / 8:f0} tokens a pair, {packedTokens / (double)steps:f0} packed tokens a step"
        );
        Console.WriteLine(
            $"forward {forward / seconds:p0}, backward {backward / seconds:p0}, update {update / seconds:p0} of {seconds / steps:f2} s a step"
        );
        Console.WriteLine(
            $"model GFLOPS {6.0 * parameters * realTokens / seconds / 1e9:f0}: {6.0 * parameters * realTokens / seconds / 1e9 / gemm:p0} of GEMM; "
                + $"without shared tokens {6.0 * parameters * packedTokens / seconds / 1e9 / gemm:p0}; peak memory {TorchRuntime.PeakMemoryBytes / 1073741824.0:f1} GiB"
        );
        return 0;
    }

    /// <summary>Lengths like those of HH harmless-base: a median of about 180 tokens a side, of which some 60 % are the prompt.</summary>
    private static (Segment[] Segments, int[] Ids, int[] Last, long RealTokens) Batch(Random random, Shape shape)
    {
        var segments = new List<Segment>();
        var last = new List<int>();
        long row = 0,
            realTokens = 0;
        for (var pair = 0; pair < 8; pair++)
        {
            long Draw(double median) => (long)Math.Clamp(median * Math.Exp(0.6 * Normal(random)), 8, 400);
            var (prefix, chosen, rejected) = (Draw(100), Draw(60), Draw(60));
            realTokens += 2 * prefix + chosen + rejected;
            if (shape.Direction == AttentionDirection.Causal)
            {
                segments.AddRange([
                    new(row, prefix),
                    new(row + prefix, chosen, row, prefix),
                    new(row + prefix + chosen, rejected, row, prefix),
                ]);
                last.AddRange([(int)(row + prefix + chosen - 1), (int)(row + prefix + chosen + rejected - 1)]);
                row += prefix + chosen + rejected;
            }
            else
            {
                segments.AddRange([new(row, prefix + chosen), new(row + prefix + chosen, prefix + rejected)]);
                last.AddRange([(int)row, (int)(row + prefix + chosen)]);
                row += 2 * prefix + chosen + rejected;
            }
        }

        return ([.. segments], [.. Enumerable.Range(0, (int)row).Select(_ => random.Next(shape.Vocabulary))], [.. last], realTokens);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class Model
    {
        private readonly Shape _shape;
        private readonly Generator _generator = new(0);
        private readonly Tensor _embedding,
            _norm,
            _head;
        private readonly Tensor[][] _layers;

        public Model(Shape shape)
        {
            _shape = shape;
            var (hidden, inner, keyValue) = (shape.Hidden, shape.Inner, shape.Hidden / shape.Heads * shape.KeyValueHeads);
            _embedding = New(shape.Vocabulary, hidden);
            _layers =
            [
                .. Enumerable
                    .Range(0, shape.Layers)
                    .Select(_ =>
                        (Tensor[])
                            [
                                New(hidden, hidden),
                                New(keyValue, hidden),
                                New(keyValue, hidden),
                                New(hidden, hidden),
                                New(inner, hidden),
                                shape.Direction == AttentionDirection.Causal ? New(inner, hidden) : New(inner),
                                New(hidden, inner),
                                New(hidden),
                                New(hidden),
                            ]
                    ),
            ];
            _norm = New(hidden);
            _head = New(1, hidden);
        }

        public List<Tensor> Parameters { get; } = [];

        public Tensor Loss(Segment[] segments, int[] ids, int[] last)
        {
            var rows = ids.Length;
            var x = _embedding.Embedding(ids);
            var half = _shape.Hidden / _shape.Heads / 2;
            var angles = Tensor.Normal(_generator, 0, 1, DType.Float32, rows, half);
            foreach (var layer in _layers)
            {
                x = _shape.Direction == AttentionDirection.Causal ? Llama(layer, x, angles, segments) : Bert(layer, x, segments);
            }

            var scores = x.SelectRows(last).RmsNorm(_norm, 1e-5).Linear(_head).Reshape(-1, 2);
            return -(scores.Narrow(1, 0, 1) - scores.Narrow(1, 1, 1)).LogSigmoid().Mean();
        }

        private Tensor Llama(Tensor[] w, Tensor x, Tensor angles, Segment[] segments)
        {
            var size = _shape.Hidden / _shape.Heads;
            var normed = x.RmsNorm(w[7], 1e-5);
            var query = normed.Linear(w[0]).Rotary(angles, angles, size);
            var key = normed.Linear(w[1]).Rotary(angles, angles, size);
            x = query
                .Attention(key, normed.Linear(w[2]), segments, _shape.Heads, _shape.KeyValueHeads, 1 / Math.Sqrt(size), _shape.Direction)
                .Linear(w[3], null, x);
            normed = x.RmsNorm(w[8], 1e-5);
            return normed.Linear(w[4]).SwiGlu(normed.Linear(w[5])).Linear(w[6], null, x);
        }

        private Tensor Bert(Tensor[] w, Tensor x, Segment[] segments)
        {
            var size = _shape.Hidden / _shape.Heads;
            var attended = x.Linear(w[0], w[7])
                .Attention(
                    x.Linear(w[1], w[7]),
                    x.Linear(w[2], w[7]),
                    segments,
                    _shape.Heads,
                    _shape.Heads,
                    1 / Math.Sqrt(size),
                    _shape.Direction
                );
            x = attended.Linear(w[3], w[8], x).LayerNorm(w[7], w[8], 1e-12);
            return x.Linear(w[4]).BiasGelu(w[5], GeluForm.Erf).Linear(w[6], w[7], x).LayerNorm(w[7], w[8], 1e-12);
        }

        private Tensor New(params long[] shape)
        {
            var parameter = Tensor.Normal(_generator, 0, 0.02, DType.Float32, shape);
            parameter.RequiresGrad = true;
            Parameters.Add(parameter);
            return parameter;
        }
    }
}
