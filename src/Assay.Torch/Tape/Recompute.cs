namespace Assay.Torch.Tape;

/// <summary>
/// A part of a network whose forward is run again in the backward instead of keeping what it made in between (arXiv 1604.06174): memory for
/// its inputs alone, for the price of a second forward.
/// </summary>
internal sealed class Recompute : Primitive
{
    private readonly Func<IReadOnlyList<Tensor>, Tensor> _block;
    private readonly List<(Kept Kept, bool Wanted)> _inputs = [];

    private Recompute(Func<IReadOnlyList<Tensor>, Tensor> block) => _block = block;

    /// <summary>
    /// The block's result. Parameters the block reads by itself get their gradients; every other tensor it needs is one of the inputs.
    /// </summary>
    public static Tensor Apply(Func<IReadOnlyList<Tensor>, Tensor> block, params IReadOnlyList<Tensor> inputs)
    {
        if (!GradientTape.IsRecording)
            return block(inputs);
        GradientWatch.Current?.GiveUp();
        using var noGrad = new NoGrad();
        var outer = GradientTape.WasWanted;
        GradientTape.WasWanted = false;
        var result = block(inputs);
        // A block whose inputs and parameters are all frozen is none of the backward's.
        if (!GradientTape.WasWanted)
        {
            GradientTape.WasWanted = outer;
            return result;
        }
        var primitive = new Recompute(block);
        foreach (var input in inputs)
            primitive._inputs.Add((primitive.Keep(input), input.RequiresGrad));
        return primitive.Record(result, [.. inputs]);
    }

    protected override void Backward(Tensor upstream)
    {
        var inputs = new List<Tensor>();
        foreach (var (kept, wanted) in _inputs)
        {
            var input = kept.Value.View(0, kept.Value.Shape);
            if (wanted)
                input.RequiresGrad = true;
            inputs.Add(input);
        }

        GradientTape.IsRecording = true;
        var result = _block(inputs);
        GradientTape.IsRecording = false;
        GradientTape.Run(result, upstream);
        for (var i = 0; i < inputs.Count; i++)
            if (inputs[i].Grad is { } gradient)
                Send(i, gradient);
    }
}
