namespace Assay.Torch.Tape;

/// <summary>
/// Walks the tape backwards: always the latest primitive that has a gradient, so that each has its whole gradient when its turn comes.
/// </summary>
internal static class GradientTape
{
    [ThreadStatic]
    private static bool _isOff;

    [ThreadStatic]
    private static bool _wasWanted;

    [ThreadStatic]
    private static PriorityQueue<Primitive, long>? _waiting;

    /// <summary>Whether operations on this thread are recorded.</summary>
    public static bool IsRecording
    {
        get => !_isOff;
        set => _isOff = !value;
    }

    /// <summary>
    /// Whether an operation on this thread had an input that asks for gradients, recorded or not, since this was set to false.
    /// </summary>
    public static bool WasWanted
    {
        get => _wasWanted;
        set => _wasWanted = value;
    }

    /// <summary>Adds the gradient of a tensor, given that of what follows it, to every leaf below it.</summary>
    public static void Run(Tensor root, Tensor upstream)
    {
        var outer = (_waiting, _isOff);
        (_waiting, _isOff) = (new PriorityQueue<Primitive, long>(), true);
        try
        {
            root.Maker!.Receive(upstream);
            while (_waiting.TryDequeue(out var primitive, out _))
                primitive.RunBackward();
        }
        finally
        {
            (_waiting, _isOff) = outer;
        }
    }

    public static void Enqueue(Primitive primitive) => _waiting!.Enqueue(primitive, -primitive.Place);
}
