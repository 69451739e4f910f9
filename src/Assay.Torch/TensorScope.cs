namespace Assay.Torch;

/// <summary>
/// Owns the tensors made on this thread while it is open: <c>using var scope = new TensorScope();</c> disposes them at the brace, except
/// those kept. The graph keeps what it needs by itself, so scopes never change results. A ref struct, so that no scope is held across an
/// await.
/// </summary>
public readonly ref struct TensorScope : IDisposable
{
    [ThreadStatic]
    private static Frame? _current;

    private readonly Frame _frame;

    public TensorScope() => _current = _frame = new Frame(_current);

    /// <summary>Lets the tensor outlive this scope: it belongs to the enclosing one, or, without one, to the caller.</summary>
    public Tensor Keep(Tensor tensor)
    {
        if (_frame.Tensors.Remove(tensor))
        {
            _frame.Outer?.Tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Takes the tensor out of every open scope of this thread: the caller disposes it.</summary>
    public static Tensor Release(Tensor tensor)
    {
        for (var frame = _current; frame is not null; frame = frame.Outer)
        {
            if (frame.Tensors.Remove(tensor))
            {
                break;
            }
        }

        return tensor;
    }

    public void Dispose()
    {
        // Scopes that were opened inside and never closed end here as well.
        for (var frame = _current; frame is not null; frame = frame.Outer)
        {
            foreach (var tensor in frame.Tensors)
            {
                tensor.Dispose();
            }

            frame.Tensors.Clear();
            if (frame == _frame)
            {
                _current = frame.Outer;
                return;
            }
        }
    }

    internal static void Register(Tensor tensor) => _current?.Tensors.Add(tensor);

    private sealed class Frame(Frame? outer)
    {
        public Frame? Outer { get; } = outer;

        public HashSet<Tensor> Tensors { get; } = new(ReferenceEqualityComparer.Instance);
    }
}
