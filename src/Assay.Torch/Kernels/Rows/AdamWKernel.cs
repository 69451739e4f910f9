using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe class AdamWKernel
{
    private const int ElementsPerBlock = 1 << 16;

    /// <summary>
    /// Brings parameter p, first moment m and second moment v up to date in one pass; the new p, rounded to bfloat16, goes to shadow, where
    /// that is wanted.
    /// </summary>
    public static void Step(float* p, float* g, float* m, float* v, long count, in AdamWStep s, Bf16* shadow) =>
        Blocks.Run(count, ElementsPerBlock, new StepBody(p, g, m, v, s, shadow));

    private readonly struct StepBody(float* p, float* g, float* m, float* v, AdamWStep s, Bf16* shadow) : IBlockBody
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> =>
            Span(p + first, g + first, m + first, v + first, shadow == null ? null : shadow + first, count, new Constants<L>(s));

        private static void Span<L>(float* p, float* g, float* m, float* v, Bf16* shadow, int count, in Constants<L> constants)
            where L : struct, ILanes<L>
        {
            var c = constants; // a copy of its own, which no store can change: it stays in registers
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
                One(p, g, m, v, shadow, i, L.Count, c);
            if (i < count)
                One(p, g, m, v, shadow, i, count - i, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void One<L>(float* p, float* g, float* m, float* v, Bf16* shadow, int i, int count, Constants<L> c)
            where L : struct, ILanes<L>
        {
            L gradient = Elements.Load<float, L>(g + i, count) * c.Scale,
                moment = Elements.Load<float, L>(m + i, count);
            var first = L.MultiplyAdd(c.Rest1, gradient - moment, moment);
            var second = L.MultiplyAdd(c.Rest2 * gradient, gradient, c.Beta2 * Elements.Load<float, L>(v + i, count));
            var move = c.Size * first / (L.SquareRoot(second) / c.Correction + c.Epsilon);
            var parameter = L.MultiplyAdd(Elements.Load<float, L>(p + i, count), c.Decay, -move);
            Elements.Store(first, m + i, count);
            Elements.Store(second, v + i, count);
            Elements.Store(parameter, p + i, count);
            if (shadow != null)
                Elements.Store(parameter, shadow + i, count);
        }
    }

    private readonly struct Constants<L>(AdamWStep s)
        where L : struct, ILanes<L>
    {
        public readonly L Decay = L.All((float)s.Decay),
            Rest1 = L.All((float)(1 - s.Beta1)),
            Beta2 = L.All((float)s.Beta2);
        public readonly L Rest2 = L.All((float)(1 - s.Beta2)),
            Size = L.All((float)s.StepSize),
            Correction = L.All((float)s.RootCorrection);
        public readonly L Epsilon = L.All((float)s.Epsilon),
            Scale = L.All((float)s.GradientScale);
    }
}

/// <summary>
/// One step of AdamW (Loshchilov and Hutter 2019) with its bias corrections worked in:
/// p = p * Decay - StepSize * m / (sqrt(v) / RootCorrection + Epsilon), m and v brought up to date before with GradientScale times g.
/// </summary>
internal readonly record struct AdamWStep(
    double Decay,
    double Beta1,
    double Beta2,
    double StepSize,
    double RootCorrection,
    double Epsilon,
    double GradientScale
);
