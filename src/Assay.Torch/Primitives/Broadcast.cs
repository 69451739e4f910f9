using Assay.Torch.Native;

namespace Assay.Torch.Primitives;

/// <summary>What NumPy's rule for shapes means for gradients.</summary>
internal static class Broadcast
{
    /// <summary>A gradient summed over the dimensions along which an operand was repeated.</summary>
    public static Tensor SumTo(Tensor gradient, long[] shape)
    {
        if (gradient.Shape.AsSpan().SequenceEqual(shape))
            return gradient;
        var added = gradient.Shape.Length - shape.Length;
        var dimensions = new List<long>();
        for (var i = 0; i < gradient.Shape.Length; i++)
            if (i < added || (shape[i - added] == 1 && gradient.Shape[i] != 1))
                dimensions.Add(i);
        return Aten.Sum(gradient, [.. dimensions], keep: true).View(0, shape);
    }
}
