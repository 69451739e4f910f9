using Assay.Torch.Tape;

namespace Assay.Torch;

public sealed partial class Tensor
{
    /// <summary>The operation on the tape that made this tensor; null for a leaf.</summary>
    internal Primitive? Maker { get; set; }

    /// <summary>Where a leaf's gradient adds up; null unless it was asked for.</summary>
    internal GradientSlot? Slot { get; private set; }

    private bool _ownsSlot;

    /// <summary>Whether gradients flow to this tensor. May be set on leaves (tensors no recorded operation made).</summary>
    /// <exception cref="InvalidOperationException">It is set on the result of a recorded operation.</exception>
    public bool RequiresGrad
    {
        get => Slot is not null || Maker is not null;
        set
        {
            if (Maker is not null)
                throw new InvalidOperationException("gradients are asked for on leaves; this tensor was made by a recorded operation");
            if (value == (Slot is not null))
                return;
            if (_ownsSlot)
                Slot?.Dispose();
            (Slot, _ownsSlot) = (value ? new GradientSlot() : null, value);
        }
    }

    /// <summary>The accumulated gradient, a new reference to it at each call; null before a backward pass reached this leaf.</summary>
    /// <exception cref="InvalidOperationException">It is set on a tensor for which no gradient was asked, or in another shape.</exception>
    public Tensor? Grad
    {
        get => Slot?.Value is { } value ? value.View(0, value.Shape) : null;
        set
        {
            if (value is not null && !value.Shape.AsSpan().SequenceEqual(Shape))
                throw new InvalidOperationException($"{value} is no gradient of {this}");
            if (value is not null && Slot is null)
                throw new InvalidOperationException("set RequiresGrad before a gradient");
            Slot?.Set(value);
        }
    }

    /// <summary>Adds the gradient of this scalar to every leaf that asked for it, and gives the tape's memory back.</summary>
    /// <exception cref="InvalidOperationException">It is not one number, or nothing that led to it asked for gradients.</exception>
    public void Backward()
    {
        if (ElementCount != 1)
            throw new InvalidOperationException($"{this} is not one number: hand over the gradient of what follows");
        using var ones = Full(1, DType, Device, Shape);
        Backward(ones);
    }

    /// <summary>The same for a tensor of any shape, given the gradient of what follows with respect to it.</summary>
    /// <exception cref="InvalidOperationException">The gradient has another shape or dtype, or nothing that led here asked for
    /// gradients.</exception>
    public void Backward(Tensor upstream)
    {
        if (upstream.DType != DType || !upstream.Shape.AsSpan().SequenceEqual(Shape))
            throw new InvalidOperationException($"{upstream} is no gradient of {this}");
        if (Maker is null)
            throw new InvalidOperationException("nothing that led to this tensor asked for gradients");
        GradientTape.Run(this, upstream);
    }

    /// <summary>The same memory, off the tape.</summary>
    public Tensor Detach() => View(0, Shape);

    // The same place on the tape as another tensor of which this is a view.
    private Tensor Following(Tensor source)
    {
        (Maker, Slot) = (source.Maker, source.Slot);
        return this;
    }
}
