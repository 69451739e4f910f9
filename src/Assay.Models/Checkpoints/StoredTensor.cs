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

    /// <summary>
    /// How many query and key-value heads' rows GGUF has sorted in a fused projection, all q, all k, all v; 0: each key-value head's stand
    /// together, as Hugging Face has them.
    /// </summary>
    internal (int Query, int KeyValue) SortedHeads { get; init; }

    /// <summary>
    /// Of how many rows in the file every <see cref="GroupPartRows"/> are this tensor's, from <see cref="Offset"/> on; 0: all of them.
    /// </summary>
    internal int GroupRows { get; init; }

    /// <summary>How many rows of each group are this tensor's.</summary>
    internal int GroupPartRows { get; init; }

    /// <summary>Whether the file holds the matrix the other way round than <see cref="Shape"/>.</summary>
    internal bool IsTransposed { get; init; }

    /// <summary>What the file has added to each number.</summary>
    internal float Shift { get; init; }

    public long ElementCount => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>
    /// The same rows of every group, for a tensor in which several stand together: rows (or a vector's elements) [group][part][row].
    /// </summary>
    /// <param name="groups">How many groups there are.</param>
    /// <param name="first">The part's first row in a group.</param>
    /// <param name="rows">How many rows of a group are the part's.</param>
    internal StoredTensor RowsOfGroups(int groups, int first, int rows)
    {
        var rowBytes = ByteCount / Shape[0];
        // A record's copy, so that each part is read, and missed, by itself.
        return this with
        {
            Shape = [groups * rows, .. Shape.Skip(1)],
            ByteCount = groups * rows * rowBytes,
            Offset = Offset + (first * rowBytes),
            GroupRows = checked((int)(Shape[0] / groups)),
            GroupPartRows = rows,
        };
    }

    public override string ToString() => $"{Name} {Kind} [{string.Join(", ", Shape)}]";
}
