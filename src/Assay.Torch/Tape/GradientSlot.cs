namespace Assay.Torch.Tape;

/// <summary>
/// Where a leaf's gradient adds up. Its memory stays for the next step: a cleared gradient is overwritten, not made anew.
/// </summary>
internal sealed class GradientSlot : IDisposable
{
    private Tensor? _memory;
    private bool _isCleared = true;

    /// <summary>The gradient, or null when nothing was added since it was cleared.</summary>
    public Tensor? Value => _isCleared ? null : _memory;

    public void Set(Tensor? gradient)
    {
        _memory?.Dispose();
        _memory = gradient?.Hold();
        _isCleared = gradient is null;
    }

    public void Clear() => _isCleared = true;

    /// <summary>The memory to add to, of this shape; <paramref name="add"/> is false when what it holds is to be overwritten.</summary>
    public Tensor Target(Tensor like, out bool add)
    {
        if (_memory is null || !_memory.Storage.IsExclusive || _memory.DType != like.DType)
        {
            var fresh = TensorScope.Release(Tensor.Make(like.DType, like.Device, like.Shape));
            if (!_isCleared)
                fresh.CopyFrom(_memory!);
            _memory?.Dispose();
            _memory = fresh;
        }

        add = !_isCleared;
        _isCleared = false;
        return _memory;
    }

    public void Dispose() => _memory?.Dispose();
}
