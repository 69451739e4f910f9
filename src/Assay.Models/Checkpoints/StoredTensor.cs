namespace Assay.Models.Checkpoints;

/// <summary>One tensor as a file lists it. Nothing of its data is read before it is asked for.</summary>
/// <param name="Name">The name by which a model asks for it: the file's own, for GGUF the Hugging Face name.</param>
/// <param name="Kind">How its numbers are stored.</param>
/// <param name="Shape">Sizes, slowest first, as in the Hugging Face layout.</param>
/// <param name="ByteCount">Bytes it takes in the file.</param>
/// <param name="File">Full path of the file that holds it.</param>
public sealed record StoredTensor(string Name, ElementKind Kind, IReadOnlyList<long> Shape, long ByteCount, string File)
{
    /// <summary>Where its first byte stands in <see cref="File"/>.</summary>
    internal long Offset { get; init; }

    /// <summary>How many attention heads' rows GGUF has regrouped for its rotary order; 0: rows stand as Hugging Face has them.</summary>
    internal int InterleavedHeads { get; init; }

    /// <summary>How many query and key-value heads' rows GGUF has sorted in a fused projection, all q, all k, all v; 0: each key-value head's stand together, as Hugging Face has them.</summary>
    internal (int Query, int KeyValue) SortedHeads { get; init; }

    /// <summary>Whether the file holds the matrix the other way round than <see cref="Shape"/>.</summary>
    internal bool IsTransposed { get; init; }

    /// <summary>What the file has added to each number.</summary>
    internal float Shift { get; init; }

    public long ElementCount => Shape.Aggregate(1L, (product, size) => product * size);

    public override string ToString() => $"{Name} {Kind} [{string.Join(", ", Shape)}]";
}
