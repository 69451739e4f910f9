namespace Assay.Torch.Kernels.Attention;

/// <summary>Rows of float or <see cref="Bf16"/> inside a larger buffer, at a stride in elements.</summary>
internal readonly unsafe struct StridedRows<T>(T* data, long stride)
    where T : unmanaged
{
    public readonly T* Data = data;
    public readonly long Stride = stride;

    public T* At(long row, long column) => Data + (row * Stride) + column;
}
