namespace Assay.Torch.Kernels.Attention;

/// <summary>What a disentangled attention is, but for its inputs.</summary>
/// <param name="Heads">How many.</param>
/// <param name="HeadDimension">Width of a head.</param>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="RowOfDistance">[2 n - 1]: the row of each distance from <c>1 - n</c> to <c>n - 1</c>, never falling.</param>
internal sealed record DisentangledForm(int Heads, int HeadDimension, double Scale, int[] RowOfDistance)
{
    /// <summary>Distance 0 in the table, which is n - 1.</summary>
    public int Middle => RowOfDistance.Length / 2;

    /// <summary>The rows that a sequence of this length uses.</summary>
    public (int First, int Count) Used(int length)
    {
        var first = RowOfDistance[Middle - (length - 1)];
        return (first, RowOfDistance[Middle + (length - 1)] - first + 1);
    }
}
