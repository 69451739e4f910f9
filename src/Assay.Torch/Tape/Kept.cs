namespace Assay.Torch.Tape;

/// <summary>A tensor kept for a backward: itself, or the primitive that makes it again.</summary>
internal sealed class Kept
{
    private readonly Tensor? _tensor;
    private readonly Primitive? _maker;

    public Kept(Tensor held) => _tensor = held;

    public Kept(Primitive maker) => _maker = maker;

    /// <summary>The tensor; it lives until the backward that kept it has run.</summary>
    public Tensor Value => _tensor ?? _maker!.Rebuilt();

    public void Release()
    {
        _tensor?.Dispose();
        _maker?.ReleaseRebuilt();
    }
}
