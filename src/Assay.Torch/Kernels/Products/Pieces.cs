namespace Assay.Torch.Kernels.Products;

/// <summary>Cuts working memory into pieces at multiples of 64 bytes. Asked once without memory, it counts what it takes.</summary>
internal unsafe struct Pieces(float* memory)
{
    public long Taken { get; private set; }

    public float* Next(long count)
    {
        var piece = memory is null ? null : memory + Taken;
        Taken += (count + 15) / 16 * 16;
        return piece;
    }
}
