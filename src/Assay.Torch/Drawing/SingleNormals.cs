using System.Runtime.Intrinsics;

namespace Assay.Torch.Drawing;

/// <summary>
/// Box and Muller's transform of 16 uniform numbers in single precision, with the logarithm, sine and cosine of Cephes (Moshier; logf.c,
/// sinf.c) in the order of operations of torch's AVX2 kernel, products and sums fused as its compiler fused them. Each step
/// counts to the last bit.
/// </summary>
internal static class SingleNormals
{
    public static void Transform(Span<float> group, float mean, float deviation)
    {
        var u1 = Vector256.Create(1f) - Vector256.Create<float>(group[..8]);
        var u2 = Vector256.Create<float>(group[8..]);
        var radius = Vector256.Sqrt(Vector256.Create(-2f) * Log(u1));
        var (sine, cosine) = SineAndCosine(Vector256.Create((float)(2 * Math.PI)) * u2);
        Fused(radius * cosine, deviation, Vector256.Create(mean)).CopyTo(group);
        Fused(radius * sine, deviation, Vector256.Create(mean)).CopyTo(group[8..]);
    }

    // Of numbers in (0, 1].
    private static Vector256<float> Log(Vector256<float> x)
    {
        var bits = x.AsInt32();
        var exponent = Vector256.ConvertToSingle(Vector256.ShiftRightLogical(bits, 23) - Vector256.Create(0x7f)) + Vector256.Create(1f);
        x = ((bits & Vector256.Create(0x007fffff)) | Vector256.Create(0x3f000000)).AsSingle(); // [0.5, 1)
        var small = Vector256.LessThan(x, Vector256.Create(0.707106781186547524f));
        exponent -= small & Vector256.Create(1f);
        x = x - Vector256.Create(1f) + (x & small);

        var square = x * x;
        var y = Fused(Vector256.Create(7.0376836292e-2f), x, Vector256.Create(-1.1514610310e-1f));
        y = Fused(y, x, Vector256.Create(1.1676998740e-1f));
        y = Fused(y, x, Vector256.Create(-1.2420140846e-1f));
        y = Fused(y, x, Vector256.Create(1.4249322787e-1f));
        y = Fused(y, x, Vector256.Create(-1.6668057665e-1f));
        y = Fused(y, x, Vector256.Create(2.0000714765e-1f));
        y = Fused(y, x, Vector256.Create(-2.4999993993e-1f));
        y = Fused(y, x, Vector256.Create(3.3333331174e-1f));
        y *= x;
        y = Fused(y, square, exponent * Vector256.Create(-2.12194440e-4f));
        y = Fused(square, -0.5f, y);
        return Fused(exponent, 0.693359375f, x + y);
    }

    // Of angles from 0 to 2 pi.
    private static (Vector256<float> Sine, Vector256<float> Cosine) SineAndCosine(Vector256<float> x)
    {
        var octant = Vector256.ConvertToInt32(x * Vector256.Create(1.27323954473516f));
        octant = (octant + Vector256<int>.One) & Vector256.Create(~1);
        var y = Vector256.ConvertToSingle(octant);
        x = Fused(y, -0.78515625f, x);
        x = Fused(y, -2.4187564849853515625e-4f, x);
        x = Fused(y, -3.77489497744594108e-8f, x);

        var square = x * x;
        var near = Fused(Vector256.Create(2.443315711809948e-5f), square, Vector256.Create(-1.388731625493765e-3f));
        near = Fused(near, square, Vector256.Create(4.166664568298827e-2f));
        near *= square;
        near = Fused(near, square, square * Vector256.Create(-0.5f)) + Vector256.Create(1f);
        var far = Fused(Vector256.Create(-1.9515295891e-4f), square, Vector256.Create(8.3321608736e-3f));
        far = Fused(far, square, Vector256.Create(-1.6666654611e-1f));
        far *= square;
        far = Fused(far, x, x);

        var straight = Vector256.Equals(octant & Vector256.Create(2), Vector256<int>.Zero).AsSingle();
        var sineSign = Vector256.ShiftLeft(octant & Vector256.Create(4), 29).AsSingle();
        var cosineSign = Vector256.ShiftLeft(~(octant - Vector256.Create(2)) & Vector256.Create(4), 29).AsSingle();
        return (Vector256.ConditionalSelect(straight, far, near) ^ sineSign, Vector256.ConditionalSelect(straight, near, far) ^ cosineSign);
    }

    private static Vector256<float> Fused(Vector256<float> left, float right, Vector256<float> addend) =>
        Fused(left, Vector256.Create(right), addend);

    private static Vector256<float> Fused(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.FusedMultiplyAdd(left, right, addend);
}
