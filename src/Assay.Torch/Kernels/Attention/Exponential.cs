using System.Runtime.CompilerServices;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Kernels.Attention;

/// <summary>Exponentials to base 2, in registers.</summary>
internal static class Exponential
{
    /// <summary>
    /// 2^x to about one unit in the last place, for x up to 127; 0 from -127 down and next to it from -126 down. The integer part goes into
    /// the exponent's bits, the rest through a polynomial that interpolates (2^r - 1) / r at the six Chebyshev nodes of [-1/2, 1/2]: its
    /// error is 9e-9, a sixth of a unit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Exp2<L>(L x)
        where L : struct, ILanes<L>
    {
        x = L.AtLeast(L.All(-127f), x);
        var magic = L.All(12582912f); // 1.5 * 2^23: adding it rounds to a whole number
        var shifted = x + magic;
        var r = x - (shifted - magic);
        var p = L.MultiplyAdd(L.All(0.00015453163359779865f), r, L.All(0.0013390863314270973f));
        p = L.MultiplyAdd(p, r, L.All(0.009618083015084267f));
        p = L.MultiplyAdd(p, r, L.All(0.055503569543361664f));
        p = L.MultiplyAdd(p, r, L.All(0.24022650718688965f));
        p = L.MultiplyAdd(p, r, L.All(0.6931471824645996f));
        return L.MultiplyAdd(p, r, L.All(1f)) * L.PowerOfTwo(shifted);
    }
}
