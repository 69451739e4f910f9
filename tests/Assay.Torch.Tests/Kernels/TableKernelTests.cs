using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class TableKernelTests
{
    private const int Height = 11,
        Padding = 4;
    private static readonly int[] Ids = [3, 0, 10, 3, 4, 3, 9, 0, 4, 1, 3, 7, 7, 2, 10, 5, 6, 8, 3];

    [Fact]
    public void Gathered_rows_are_those_of_the_table()
    {
        foreach (var width in Close.Widths)
        {
            Gathered<float>(width);
            Gathered<Bf16>(width);
        }
    }

    [Fact]
    public void Scattered_rows_add_up_and_padding_gets_nothing()
    {
        foreach (var width in Close.Widths)
        {
            Scattered<float>(width);
            Scattered<Bf16>(width);
        }
    }

    private static void Gathered<T>(int width)
        where T : unmanaged
    {
        using var table = KernelBuffer<float>.Random(Height * width, width);
        using KernelBuffer<T> y = new(Ids.Length * width),
            again = new(Ids.Length * width),
            rounded = new(table.Read());
        fixed (int* ids = Ids)
        {
            TableKernels.Gather(table.Data, ids, y.Data, Ids.Length, width);
            TableKernels.GatherRows(rounded.Data, ids, again.Data, Ids.Length, width);
        }

        double[] expected = [.. Ids.SelectMany(id => rounded.Read().Skip(id * width).Take(width))];
        Assert.Equal(expected, y.Read());
        Assert.Equal(expected, again.Read());
        Assert.NotEqual([.. Ids.Order().SelectMany(id => rounded.Read().Skip(id * width).Take(width))], y.Read());
    }

    private static void Scattered<T>(int width)
        where T : unmanaged
    {
        using KernelBuffer<T> dy = KernelBuffer<T>.Random(Ids.Length * width, width),
            dx = KernelBuffer<T>.Random(Height * width, 2);
        using var table = KernelBuffer<float>.Random(Height * width, 3);
        double[] slopes = dy.Read(),
            tableBefore = table.Read(),
            xBefore = dx.Read();
        fixed (int* ids = Ids)
        {
            TableKernels.ScatterAdd(dy.Data, ids, table.Data, Ids.Length, width, Padding);
            TableKernels.ScatterRows(dy.Data, ids, dx.Data, Ids.Length, width);
        }

        Close.Check<float>(Expected(tableBefore, Padding), table.Read(), what: $"width {width}");
        Assert.False(Close.Within<float>(Expected(tableBefore, -1), table.Read()), "padding must not count");
        const double RoundingsOfASum = 0.02; // five additions, each rounded to bfloat16
        Close.Check<T>(Expected(xBefore, -1), dx.Read(), typeof(T) == typeof(float) ? Close.Single : RoundingsOfASum, $"width {width}");

        double[] Expected(double[] before, int skipped)
        {
            var sums = (double[])before.Clone();
            for (var i = 0; i < slopes.Length; i++)
            {
                if (Ids[i / width] != skipped)
                    sums[Ids[i / width] * width + i % width] += slopes[i];
            }

            return sums;
        }
    }
}
