using Assay.Torch.Tape;

namespace Assay.Torch;

/// <summary>While open, operations on this thread are not recorded: <c>using var noGrad = new NoGrad();</c></summary>
public readonly ref struct NoGrad : IDisposable
{
    private readonly bool _before;

    public NoGrad()
    {
        _before = GradientTape.IsRecording;
        GradientTape.IsRecording = false;
    }

    public void Dispose() => GradientTape.IsRecording = _before;
}
