using Assay.Torch.Optim;

namespace Assay.Torch.Tests;

public sealed class LiveTensorTests
{
    [Fact]
    public void A_thousand_training_steps_leak_no_tensor()
    {
        using var outer = new TensorScope();
        using var training = new Training();
        training.Step(keep: false);
        var before = Settled();
        for (var step = 0; step < 1000; step++)
        {
            training.Step(keep: false);
        }

        Assert.Equal(before, TorchRuntime.LiveTensorCount);
    }

    [Fact]
    public void A_tensor_kept_on_purpose_is_counted()
    {
        using var outer = new TensorScope();
        using var training = new Training();
        training.Step(keep: false);
        var before = Settled();
        for (var step = 0; step < 3; step++)
        {
            training.Step(keep: true);
        }

        Assert.Equal(before + 3, TorchRuntime.LiveTensorCount);
    }

    [Fact]
    public void A_scope_ends_what_was_made_inside_but_for_what_was_kept()
    {
        using var outer = new TensorScope();
        Tensor kept,
            released,
            lost;
        using (var scope = new TensorScope())
        {
            kept = scope.Keep(Tensor.Ones(DType.Float32, 2));
            released = TensorScope.Release(Tensor.Ones(DType.Float32, 2));
            lost = Tensor.Ones(DType.Float32, 2);
        }

        Assert.Equal([1f, 1], kept.ToFloats());
        Assert.Equal([1f, 1], released.ToFloats());
        Assert.Throws<ObjectDisposedException>(() => lost.ToFloats());
        released.Dispose();
    }

    [Fact]
    public void The_graph_outlives_the_scope_its_parts_were_made_in()
    {
        using var outer = new TensorScope();
        var x = Tensor.From([3.0]);
        x.RequiresGrad = true;
        Tensor loss;
        using (var scope = new TensorScope())
        {
            loss = scope.Keep(x.Square().Square().Sum());
        }

        loss.Backward();
        Assert.Equal(4 * 27, x.Grad!.ToScalar());
    }

    [Fact]
    public void A_refused_operation_leaves_no_tensor_behind()
    {
        using var outer = new TensorScope();
        var x = Tensor.Ones(DType.Float32, 2, 3);
        var before = Settled();
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<TorchException>(() => x.Matmul(x));
        }

        Assert.Equal(before, TorchRuntime.LiveTensorCount);
    }

    [Fact]
    public void Without_a_graph_nothing_asks_for_gradients()
    {
        using var outer = new TensorScope();
        var x = Tensor.Ones(DType.Float32, 2);
        x.RequiresGrad = true;
        using (new NoGrad())
        {
            Assert.False(x.Square().RequiresGrad);
        }

        Assert.True(x.Square().RequiresGrad);
    }

    // A tape that was never run backwards gives its memory back when it is collected: other tests leave some.
    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TorchRuntime.LiveTensorCount;
    }

    /// <summary>A model of two layers with attention, trained on noise.</summary>
    private sealed class Training : IDisposable
    {
        private readonly Generator _generator = new(1);
        private readonly List<Tensor> _parameters = [];
        private readonly AdamW _optimiser;

        public Training()
        {
            foreach (
                var shape in (long[][])
                    [
                        [10, 8],
                        [8],
                        [8, 8],
                        [4, 8],
                        [4, 8],
                        [8, 8],
                        [16, 8],
                        [16, 8],
                        [8, 16],
                        [1, 8],
                    ]
            )
            {
                var parameter = Tensor.Normal(_generator, 0, 0.3, DType.Float32, shape);
                parameter.RequiresGrad = true;
                _parameters.Add(parameter);
            }

            _optimiser = new AdamW([.. _parameters.Select(parameter => new AdamWParameter(parameter))]);
        }

        public void Step(bool keep)
        {
            using var scope = new TensorScope();
            var p = _parameters;
            Segment[] segments = [new(0, 3), new(3, 2, 0, 3), new(5, 1, 0, 3)];
            var hidden = p[0].Embedding([1, 2, 3, 4, 5, 6]);
            var normed = hidden.RmsNorm(p[1], 1e-5);
            var attended = normed
                .Linear(p[2])
                .Attention(normed.Linear(p[3]), normed.Linear(p[4]), segments, 2, 1, 0.5, AttentionDirection.Causal);
            hidden = attended.Linear(p[5], null, hidden);
            hidden = hidden.Linear(p[6]).SwiGlu(hidden.Linear(p[7])).Linear(p[8], null, hidden);
            var scores = hidden.SelectRows(4, 5).Linear(p[9]);
            var loss = -(scores.Narrow(0, 0, 1) - scores.Narrow(0, 1, 1)).LogSigmoid().Mean();
            loss.Backward();
            var norm = Gradients.Norm(p);
            _optimiser.Step(1e-3, Gradients.ClipFactor(norm, 1));
            _optimiser.ClearGradients();
            if (keep)
            {
                scope.Keep(loss);
            }
        }

        public void Dispose() => _optimiser.Dispose();
    }
}
