using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels;

internal static unsafe class AdamWKernel
{
    private const int ElementsPerBlock = 1 << 16;

    /// <summary>Brings parameter p, first moment m and second moment v up to date in one pass; the new p rounded to bfloat16 goes to shadow, where wanted.</summary>
    public static void Step(float* p, float* g, float* m, float* v, long count, in AdamWStep s, Bf16* shadow)
    {
        if (shadow == null) Blocks.Run(count, ElementsPerBlock, new StepBody<WithoutShadow>(p, g, m, v, s, null));
        else Blocks.Run(count, ElementsPerBlock, new StepBody<WithShadow>(p, g, m, v, s, shadow));
    }

    private readonly struct WithShadow;

    private readonly struct WithoutShadow;

    private readonly struct StepBody<TShadow>(float* p, float* g, float* m, float* v, AdamWStep s, Bf16* shadow) : IBlockBody
        where TShadow : struct
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> =>
            Span(
                p + first, g + first, m + first, v + first, shadow + first, count, L.All((float)s.Decay), L.All((float)(1 - s.Beta1)),
                L.All((float)s.Beta2), L.All((float)(1 - s.Beta2)), L.All((float)s.StepSize), L.All((float)s.RootCorrection), L.All((float)s.Epsilon),
                L.All((float)s.GradientScale));

        private static void Span<L>(
            float* p, float* g, float* m, float* v, Bf16* shadow, int count, L decay, L rest1, L beta2, L rest2, L size, L correction, L epsilon, L scale)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
            {
                One(p + i, g + i, m + i, v + i, shadow + i, L.Count, decay, rest1, beta2, rest2, size, correction, epsilon, scale);
            }

            if (i < count) One(p + i, g + i, m + i, v + i, shadow + i, count - i, decay, rest1, beta2, rest2, size, correction, epsilon, scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void One<L>(
            float* p, float* g, float* m, float* v, Bf16* shadow, int count, L decay, L rest1, L beta2, L rest2, L size, L correction, L epsilon, L scale)
            where L : struct, ILanes<L>
        {
            L gradient = Elements.Load<float, L>(g, count) * scale, moment = Elements.Load<float, L>(m, count);
            var first = L.MultiplyAdd(rest1, gradient - moment, moment);
            var second = L.MultiplyAdd(rest2 * gradient, gradient, beta2 * Elements.Load<float, L>(v, count));
            var move = size * first / (L.SquareRoot(second) / correction + epsilon);
            var parameter = L.MultiplyAdd(Elements.Load<float, L>(p, count), decay, -move);
            Elements.Store(first, m, count);
            Elements.Store(second, v, count);
            Elements.Store(parameter, p, count);
            if (typeof(TShadow) == typeof(WithShadow)) Elements.Store(parameter, shadow, count);
        }
    }
}
