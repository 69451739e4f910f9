using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// Rows of a table [entries, width] by index: [rows, width], in the table's type or narrowed to bf16. The padding row gets no gradient.
/// </summary>
internal sealed class Embedding : Primitive
{
    private readonly int[] _ids;
    private readonly int _paddingIndex;
    private readonly Tensor _like;

    private Embedding(int[] ids, int paddingIndex, Tensor like)
    {
        (_ids, _paddingIndex) = (ids, paddingIndex);
        _like = like;
    }

    /// <summary>What <see cref="Tensor.Embedding"/> says.</summary>
    public static unsafe Tensor Apply(Tensor table, ReadOnlySpan<int> ids, int paddingIndex, DType dtype)
    {
        using var counted = Counters.Enter(nameof(Embedding));
        Form.Require(table.Shape.Length == 2, nameof(Embedding), "the table must have two dimensions", table);
        foreach (var id in ids)
            Form.Require(
                id >= 0 && id < table.Shape[0],
                nameof(Embedding),
                $"index {id} is outside the table's {table.Shape[0]} rows",
                table
            );
        Tensor result;
        var width = (int)table.Shape[1];
        if (Form.IsFused(table) && table.DType == DType.Float32 && dtype is DType.Float32 or DType.BFloat16)
        {
            result = Tensor.Make(dtype, table.Device, ids.Length, width);
            fixed (int* id = ids)
            {
                if (dtype == DType.Float32)
                    TableKernels.Gather(table.Floats, id, result.Floats, ids.Length, width);
                else
                    TableKernels.Gather(table.Floats, id, result.Bfloats, ids.Length, width);
            }

            GC.KeepAlive(table);
        }
        else
        {
            result = Form.Narrow(Aten.IndexSelect(table, 0, Index(ids, table.Device)), dtype);
        }

        return IsWanted(table) ? new Embedding(ids.ToArray(), paddingIndex, table).Record(result, table) : result;
    }

    protected override void Backward(Tensor upstream) => SendInPlace(0, _like, (target, add) => AddRows(upstream, target, add));

    private unsafe void AddRows(Tensor upstream, Tensor target, bool add)
    {
        if (Form.IsFused(upstream, target) && target.DType == DType.Float32)
        {
            if (!add)
                target.Fill(0);
            fixed (int* id = _ids)
            {
                var width = (int)target.Shape[1];
                if (upstream.DType == DType.Float32)
                    TableKernels.ScatterAdd(upstream.Floats, id, target.Floats, _ids.Length, width, _paddingIndex);
                else
                    TableKernels.ScatterAdd(upstream.Bfloats, id, target.Floats, _ids.Length, width, _paddingIndex);
            }

            return;
        }

        var sums = Form.Narrow(
            Aten.AddRows(Form.Wide(upstream), Index(_ids, upstream.Device), target.Shape[0], _paddingIndex),
            target.DType
        );
        if (add)
            target.AddInPlace(sums);
        else
            target.CopyFrom(sums);
    }

    internal static Tensor Index(ReadOnlySpan<int> ids, Device device)
    {
        var index = new long[ids.Length];
        for (var i = 0; i < index.Length; i++)
            index[i] = ids[i];
        return Tensor.From(index).To(device);
    }
}
