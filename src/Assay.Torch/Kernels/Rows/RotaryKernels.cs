using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe class RotaryKernels
{
    /// <summary>
    /// Turns the first 2 * half numbers of each head by the row's angles, in the form of two halves (transformers' rotate_half):
    /// (a, b) becomes (a cos - b sin, b cos + a sin), or back where <paramref name="inverse"/>, which is also the gradient's way.
    /// The rest of a head is copied.
    /// x is [rows, heads * headDimension], cosine and sine [rows, half]; y may be x.
    /// </summary>
    public static void Rotate<T>(T* x, float* cosine, float* sine, T* y, long rows, int heads, int headDimension, int half, bool inverse)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(rows, Blocks.Rows, new RotateBody<T>(x, cosine, sine, y, heads, headDimension, half, inverse ? -1 : 1));
    }

    private readonly struct RotateBody<T>(T* x, float* cosine, float* sine, T* y, int heads, int headDimension, int half, float direction)
        : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var row = first; row < first + count; row++)
            {
                var at = row * heads * headDimension;
                for (var head = 0; head < heads; head++, at += headDimension)
                {
                    Head<L>(x + at, cosine + row * half, sine + row * half, y + at, half, L.All(direction));
                    var rest = headDimension - 2 * half;
                    if (x != y && rest > 0)
                        new Span<T>(x + at + 2 * half, rest).CopyTo(new(y + at + 2 * half, rest));
                }
            }
        }

        private static void Head<L>(T* x, float* cosine, float* sine, T* y, int half, L direction)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= half; i += L.Count)
                Step(x + i, cosine + i, sine + i, y + i, half, L.Count, direction);
            if (i < half)
                Step(x + i, cosine + i, sine + i, y + i, half, half - i, direction);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(T* x, float* cosine, float* sine, T* y, int half, int count, L direction)
            where L : struct, ILanes<L>
        {
            L a = Elements.Load<T, L>(x, count),
                b = Elements.Load<T, L>(x + half, count);
            L c = Elements.Load<float, L>(cosine, count),
                s = Elements.Load<float, L>(sine, count) * direction;
            Elements.Store(L.MultiplyAdd(a, c, -(b * s)), y, count);
            Elements.Store(L.MultiplyAdd(b, c, a * s), y + half, count);
        }
    }
}
