using System.Numerics;
using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels;

/// <summary>Exponentials of vectors, in registers.</summary>
internal static class Exponential
{
    /// <summary>
    /// 2^x to about one unit in the last place, for x up to 127; 0 or next to it from -126 down. The integer part goes into the exponent's bits, the rest
    /// through a polynomial that interpolates (2^r - 1) / r at the six Chebyshev nodes of [-1/2, 1/2]: its error is 9e-9, a sixth of a unit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp2(Vector<float> x)
    {
        // Adding 1.5 * 2^23 rounds to an integer, which then stands in the lowest bits.
        var magic = new Vector<float>(12582912f);
        x = Vector.Max(x, new Vector<float>(-127f));
        var shifted = x + magic;
        var r = x - (shifted - magic);
        var p = Vector.MultiplyAddEstimate(new Vector<float>(0.00015453163359779865f), r, new Vector<float>(0.0013390863314270973f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.009618083015084267f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.055503569543361664f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.24022650718688965f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.6931471824645996f));
        p = Vector.MultiplyAddEstimate(p, r, Vector<float>.One);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(p) + Vector.ShiftLeft(Vector.AsVectorInt32(shifted), 23));
    }

    /// <summary>tanh(x) to about 1e-7 absolute, which is what a score needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var bounded = Vector.Min(Vector.Max(x, new Vector<float>(-20f)), new Vector<float>(20f));
        var e = Exp2(bounded * new Vector<float>(2 * AttentionForm.Log2OfE));
        return Vector<float>.One - (new Vector<float>(2f) / (e + Vector<float>.One));
    }
}
