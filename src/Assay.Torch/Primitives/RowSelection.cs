using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>The rows of a matrix at some indices, each as often as it is named.</summary>
internal sealed class RowSelection : Primitive
{
    private readonly int[] _rows;
    private readonly long[] _shape;

    private RowSelection(int[] rows, long[] shape) => (_rows, _shape) = (rows, shape);

    public static unsafe Tensor Apply(Tensor x, ReadOnlySpan<int> rows)
    {
        using var counted = Counters.Enter(nameof(RowSelection));
        Form.Require(x.Shape.Length == 2, nameof(RowSelection), "rows are taken from a matrix", x);
        foreach (var row in rows)
            Form.Require(row >= 0 && row < x.Shape[0], nameof(RowSelection), $"there is no row {row}", x);
        var width = (int)x.Shape[1];
        Tensor result;
        if (Form.IsFused(x))
        {
            result = Tensor.Make(x.DType, x.Device, rows.Length, width);
            fixed (int* row = rows)
            {
                if (x.DType == DType.Float32)
                    TableKernels.GatherRows(x.Floats, row, result.Floats, rows.Length, width);
                else
                    TableKernels.GatherRows(x.Bfloats, row, result.Bfloats, rows.Length, width);
            }

            GC.KeepAlive(x);
        }
        else
        {
            result = Aten.IndexSelect(x, 0, Embedding.Index(rows, x.Device));
        }

        return IsWanted(x) ? new RowSelection(rows.ToArray(), x.Shape).Record(result, x) : result;
    }

    protected override unsafe void Backward(Tensor upstream)
    {
        if (!Form.IsFused(upstream))
        {
            Send(0, Form.Narrow(Aten.AddRows(Form.Wide(upstream), Embedding.Index(_rows, upstream.Device), _shape[0], -1), upstream.DType));
            return;
        }

        var gradient = Tensor.Zeros(upstream.DType, upstream.Device, _shape);
        fixed (int* row = _rows)
        {
            if (upstream.DType == DType.Float32)
                TableKernels.ScatterRows(upstream.Floats, row, gradient.Floats, _rows.Length, (int)_shape[1]);
            else
                TableKernels.ScatterRows(upstream.Bfloats, row, gradient.Bfloats, _rows.Length, (int)_shape[1]);
        }

        Send(0, gradient);
    }
}
