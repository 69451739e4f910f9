namespace Assay.Torch.Tape;

/// <summary>
/// Tells when leaves have their whole gradient while the backward goes on: each primitive that reads a leaf is counted as it is recorded,
/// and again as its backward has run. Inside <see cref="Recompute"/> more is recorded in the backward than was before it, so there nothing
/// is told.
/// </summary>
internal sealed class GradientWatch : IDisposable
{
    [ThreadStatic]
    private static GradientWatch? _current;

    private readonly Dictionary<GradientSlot, (int Leaf, int Waiting)> _waiting = new(ReferenceEqualityComparer.Instance);
    private readonly Action<int> _complete;
    private bool _isBlind;

    /// <param name="leaves">All of them ask for gradients.</param>
    /// <param name="complete">Called on this thread with the number of each leaf whose gradient nothing more will be added to.</param>
    public GradientWatch(IReadOnlyList<Tensor> leaves, Action<int> complete)
    {
        if (_current is not null)
            throw new InvalidOperationException("gradients are watched on this thread already");
        foreach (var (i, leaf) in leaves.Index())
            _waiting.Add(leaf.Slot!, (i, 0));
        _complete = complete;
        _current = this;
    }

    /// <summary>What watches this thread, or null.</summary>
    public static GradientWatch? Current => _current;

    public void GiveUp() => _isBlind = true;

    public void Recorded(GradientSlot slot)
    {
        if (_waiting.TryGetValue(slot, out var at))
            _waiting[slot] = (at.Leaf, at.Waiting + 1);
    }

    public void Ran(GradientSlot slot)
    {
        if (!_waiting.TryGetValue(slot, out var at))
            return;
        _waiting[slot] = (at.Leaf, at.Waiting - 1);
        if (at.Waiting == 1 && !_isBlind)
            _complete(at.Leaf);
    }

    public void Dispose() => _current = null;
}
