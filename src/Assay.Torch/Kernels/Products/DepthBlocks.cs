namespace Assay.Torch.Kernels.Products;

/// <summary>
/// How the summed index of a product is cut: blocks as equal as can be, none longer than <see cref="Longest"/>. It depends on the length
/// alone, so that the order of additions does, and with it every bit of the result.
/// </summary>
internal struct DepthBlocks(int depth)
{
    /// <summary>
    /// So long that the result is rarely loaded and stored; so short that a panel of each operand (48 and 128 bytes a step) stays in the
    /// caches.
    /// </summary>
    public const int Longest = 576;

    private readonly int _count = (depth + Longest - 1) / Longest;
    private int _index = -1;

    public readonly (int Start, int Length) Current => (Boundary(_index), Boundary(_index + 1) - Boundary(_index));

    public readonly DepthBlocks GetEnumerator() => this;

    public bool MoveNext() => ++_index < _count;

    private readonly int Boundary(int index) => (int)((long)depth * index / _count);
}
