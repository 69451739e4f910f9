using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class RotaryKernelTests
{
    [Fact]
    public void Each_pair_is_turned_by_its_angle_and_the_rest_is_copied()
    {
        for (var half = 1; half <= 40; half++)
        {
            Turned<float>(half, rest: half % 3);
            Turned<Bf16>(half, rest: half % 3);
        }
    }

    [Fact]
    public void In_place_it_gives_the_same_bits()
    {
        using var made = Angles(9, 12, out var cosine, out var sine);
        using KernelBuffer<float> x = KernelBuffer<float>.Random(9 * 3 * 26, 1),
            y = new(9 * 3 * 26);
        RotaryKernels.Rotate(x.Data, cosine.Data, sine.Data, y.Data, 9, 3, 26, 12, inverse: false);
        RotaryKernels.Rotate(x.Data, cosine.Data, sine.Data, x.Data, 9, 3, 26, 12, inverse: false);
        Assert.Equal(y.Bytes(), x.Bytes());
    }

    [Fact]
    public void The_inverse_turns_back_and_the_same_way_twice_does_not()
    {
        using var made = Angles(7, 16, out var cosine, out var sine);
        using KernelBuffer<float> x = KernelBuffer<float>.Random(7 * 2 * 32, 1),
            y = new(7 * 2 * 32),
            back = new(7 * 2 * 32);
        RotaryKernels.Rotate(x.Data, cosine.Data, sine.Data, y.Data, 7, 2, 32, 16, inverse: false);
        RotaryKernels.Rotate(y.Data, cosine.Data, sine.Data, back.Data, 7, 2, 32, 16, inverse: true);
        Close.Check<float>(x.Read(), back.Read());
        RotaryKernels.Rotate(y.Data, cosine.Data, sine.Data, back.Data, 7, 2, 32, 16, inverse: false);
        Assert.False(Close.Within<float>(x.Read(), back.Read()));
    }

    private static void Turned<T>(int half, int rest)
        where T : unmanaged
    {
        const int Rows = 18,
            Heads = 3; // more rows than one block
        var headDimension = 2 * half + rest;
        using var made = Angles(Rows, half, out var cosine, out var sine);
        using KernelBuffer<T> x = KernelBuffer<T>.Random(Rows * Heads * headDimension, half),
            y = new(Rows * Heads * headDimension);
        RotaryKernels.Rotate(x.Data, cosine.Data, sine.Data, y.Data, Rows, Heads, headDimension, half, inverse: false);
        Close.Check<T>(Expected(1), y.Read(), what: $"half {half}");
        Assert.False(Close.Within<T>(Expected(-1), y.Read()), "the other way must differ");

        double[] Expected(int direction)
        {
            double[] values = x.Read(),
                cosines = cosine.Read(),
                sines = sine.Read(),
                result = x.Read();
            for (var at = 0; at < Rows * Heads; at++)
            {
                for (var i = 0; i < half; i++)
                {
                    double a = values[at * headDimension + i],
                        b = values[at * headDimension + half + i];
                    double c = cosines[at / Heads * half + i],
                        s = direction * sines[at / Heads * half + i];
                    result[at * headDimension + i] = a * c - b * s;
                    result[at * headDimension + half + i] = b * c + a * s;
                }
            }

            return result;
        }
    }

    private static Pair Angles(int rows, int half, out KernelBuffer<float> cosine, out KernelBuffer<float> sine)
    {
        using var angles = KernelBuffer<float>.Random(rows * half, 5, Math.PI);
        cosine = new([.. angles.Read().Select(Math.Cos)]);
        sine = new([.. angles.Read().Select(Math.Sin)]);
        return new(cosine, sine);
    }

    private sealed record Pair(KernelBuffer<float> Cosine, KernelBuffer<float> Sine) : IDisposable
    {
        public void Dispose()
        {
            Cosine.Dispose();
            Sine.Dispose();
        }
    }
}
