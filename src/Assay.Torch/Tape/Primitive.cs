using Assay.Torch.Primitives;

namespace Assay.Torch.Tape;

/// <summary>
/// One operation on the tape: what its backward needs, and where gradients go. A primitive is one class with a static <c>Apply</c>, which
/// checks shapes, runs the forward and records it, and <see cref="Backward"/>, which runs once and frees everything it kept.
/// </summary>
internal abstract class Primitive
{
    private static long _count;

    private readonly List<Kept> _kept = [];
    private Edge[] _edges = [];
    private Tensor? _upstream;
    private bool _isSpent;
    private Tensor? _rebuilt;
    private int _rebuildUsers;

    /// <summary>Its place on the tape: consumers come later than what they consume.</summary>
    public long Place { get; } = Interlocked.Increment(ref _count);

    /// <summary>Records the primitive as the maker of a result, if gradients are wanted. Called once, at the end of <c>Apply</c>.</summary>
    /// <param name="result">The forward's result; returned.</param>
    /// <param name="inputs">In the order that <see cref="Needs"/> and <see cref="Send"/> count them; null for an absent one.</param>
    protected Tensor Record(Tensor result, params ReadOnlySpan<Tensor?> inputs)
    {
        _edges = new Edge[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } input)
                continue;
            _edges[i] = new Edge(input.Maker, input.Slot);
            if (input is { Maker: null, Slot: { } slot })
                GradientWatch.Current?.Recorded(slot);
        }
        result.Maker = this;
        return result;
    }

    /// <summary>Whether the inputs make a record necessary.</summary>
    protected static bool IsWanted(params ReadOnlySpan<Tensor?> inputs)
    {
        foreach (var input in inputs)
        {
            if (input is not { RequiresGrad: true })
                continue;
            GradientTape.WasWanted = true;
            return GradientTape.IsRecording;
        }
        return false;
    }

    /// <summary>
    /// Keeps a tensor for the backward. Where another primitive made it and can make it again cheaply, that primitive is remembered
    /// instead.
    /// </summary>
    protected Kept Keep(Tensor tensor)
    {
        Kept kept;
        if (tensor.Maker is { CanRebuild: true } maker)
        {
            maker._rebuildUsers++;
            kept = new Kept(maker);
        }
        else
        {
            kept = new Kept(tensor.Hold());
        }

        _kept.Add(kept);
        return kept;
    }

    /// <summary>Whether this input's gradient is asked for.</summary>
    protected bool Needs(int input) => _edges[input].Exists;

    /// <summary>Gives an input its gradient, or a part of it; it is disposed.</summary>
    protected void Send(int input, Tensor gradient)
    {
        using (gradient)
        {
            var edge = _edges[input];
            if (edge.Node is { } node)
                node.Receive(gradient);
            else if (edge.Slot is { } slot)
            {
                var target = slot.Target(gradient, out var add);
                if (add)
                    target.AddInPlace(gradient);
                else
                    target.CopyFrom(gradient);
            }
        }
    }

    /// <summary>
    /// Lets a gradient be computed where it adds up: for a leaf in its own memory, without a tensor between.
    /// </summary>
    /// <param name="input">Which input.</param>
    /// <param name="like">Shape, dtype and device of the gradient: usually the input.</param>
    /// <param name="compute">Given the memory and whether to add to it (true) or to overwrite it (false).</param>
    protected void SendInPlace(int input, Tensor like, Action<Tensor, bool> compute)
    {
        if (_edges[input].Slot is { } slot)
        {
            var target = slot.Target(like, out var add);
            compute(target, add);
            target.Storage.Version++;
            return;
        }

        var gradient = Tensor.Make(like.DType, like.Device, like.Shape);
        compute(gradient, false);
        Send(input, gradient);
    }

    /// <summary>Gives a vector of parameters its gradient: the sum of [.., width] over all rows, in the parameter's type.</summary>
    protected void SendSum(int input, Tensor rows, Tensor parameter)
    {
        var width = rows.Shape[^1];
        Send(input, Form.Narrow(Native.Aten.Sum(rows.View(0, rows.ElementCount / width, width), [0], keep: false), parameter.DType));
    }

    /// <summary>Sends every wanted input its gradient. <paramref name="upstream"/> is the result's, and stays the caller's.</summary>
    protected abstract void Backward(Tensor upstream);

    /// <summary>Whether <see cref="Rebuild"/> makes the result again from what this primitive keeps anyway.</summary>
    protected virtual bool CanRebuild => false;

    protected virtual Tensor Rebuild() => throw new NotSupportedException();

    /// <summary>Takes a part of the result's gradient.</summary>
    internal void Receive(Tensor gradient)
    {
        if (_isSpent)
            throw new InvalidOperationException("a backward pass went through here already: what it needed is freed");
        if (_upstream is null)
        {
            _upstream = gradient.Hold();
            GradientTape.Enqueue(this);
            return;
        }

        if (_upstream.Storage.IsExclusive)
        {
            _upstream.AddInPlace(gradient);
            return;
        }

        var sum = TensorScope.Release(Add.Forward(_upstream, gradient));
        _upstream.Dispose();
        _upstream = sum;
    }

    /// <summary>Runs the backward with what was received, and frees everything.</summary>
    internal void RunBackward()
    {
        using (Counters.Enter(GetType().Name, " backward"))
        using (new TensorScope())
        {
            Backward(_upstream!);
        }

        _upstream!.Dispose();
        _upstream = null;
        _isSpent = true;
        foreach (var kept in _kept)
            kept.Release();
        _kept.Clear();
        if (GradientWatch.Current is { } watch)
            foreach (var edge in _edges)
                if (edge is { Node: null, Slot: { } slot })
                    watch.Ran(slot);
        _edges = [];
    }

    internal Tensor Rebuilt()
    {
        if (_rebuilt is null)
        {
            using var scope = new TensorScope();
            _rebuilt = TensorScope.Release(Rebuild());
        }

        return _rebuilt;
    }

    internal void ReleaseRebuilt()
    {
        if (--_rebuildUsers > 0)
            return;
        _rebuilt?.Dispose();
        _rebuilt = null;
    }

    private readonly record struct Edge(Primitive? Node, GradientSlot? Slot)
    {
        public bool Exists => Node is not null || Slot is not null;
    }
}
