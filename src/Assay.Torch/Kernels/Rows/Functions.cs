using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>exp and what is made of it, to a few units in the last place (tests compare with double precision). NaN stays NaN.</summary>
internal static class Functions
{
    /// <summary>
    /// e^x between e^-87.33 and e^88, beyond which the argument is clamped. x = n ln 2 + r; Cephes' polynomial (expf.c, Moshier)
    /// in r; n goes into the exponent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Exp<L>(L x)
        where L : struct, ILanes<L>
    {
        x = L.AtMost(L.All(88f), L.AtLeast(L.All(-87.33f), x));
        var magic = L.All(12582912f); // 1.5 * 2^23: adding it rounds to a whole number
        var shifted = L.MultiplyAdd(x, L.All(1.44269504088896341f), magic);
        var n = shifted - magic;
        var r = L.MultiplyAdd(n, L.All(2.12194440e-4f), L.MultiplyAdd(n, L.All(-0.693359375f), x));
        var p = L.MultiplyAdd(L.All(1.9875691500e-4f), r, L.All(1.3981999507e-3f));
        p = L.MultiplyAdd(p, r, L.All(8.3334519073e-3f));
        p = L.MultiplyAdd(p, r, L.All(4.1665795894e-2f));
        p = L.MultiplyAdd(p, r, L.All(1.6666665459e-1f));
        p = L.MultiplyAdd(p, r, L.All(5.0000001201e-1f));
        return (L.MultiplyAdd(p, r * r, r) + L.All(1f)) * L.PowerOfTwo(shifted);
    }

    /// <summary>1 / (1 + e^-x): exact relatively on both sides, as e^-x does not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Sigmoid<L>(L x)
        where L : struct, ILanes<L> => L.All(1f) / (L.All(1f) + Exp(-x));

    /// <summary>Cephes' two forms (tanhf.c): a polynomial below 0.625, where 1 - 2 / (e^2x + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Tanh<L>(L x)
        where L : struct, ILanes<L>
    {
        var size = L.Absolute(x);
        var far = L.All(1f) - L.All(2f) / (Exp(size + size) + L.All(1f));
        far = L.WhereLess(x, L.All(0f), -far, far);
        var square = x * x;
        var p = L.MultiplyAdd(L.All(-5.70498872745e-3f), square, L.All(2.06390887954e-2f));
        p = L.MultiplyAdd(p, square, L.All(-5.37397155531e-2f));
        p = L.MultiplyAdd(p, square, L.All(1.33314422036e-1f));
        p = L.MultiplyAdd(p, square, L.All(-3.33332819422e-1f));
        var near = L.MultiplyAdd(p * square, x, x);
        return L.WhereLess(size, L.All(0.625f), near, far);
    }

    /// <summary>
    /// The normal distribution's cumulative function and density. With a = |x|, the tail is e^(-a²/2) times a smooth function (the Mills
    /// ratio over sqrt(2 pi)): (a + 4) times it is a polynomial in (a - 4) / (a + 4), fitted at Chebyshev points of [0, 14] to 1.3e-8.
    /// Small tails keep their digits, which (1 + erf) / 2 loses.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Normal<L>(L x, out L density)
        where L : struct, ILanes<L>
    {
        var a = L.AtMost(L.All(14f), L.Absolute(x));
        var square = a * a;
        var lost = L.MultiplyAdd(a, a, -square); // what rounding took from the square: it counts, times e^(-a²/2)
        var e = Exp(square * L.All(-0.5f));
        e = L.MultiplyAdd(e * lost, L.All(-0.5f), e);
        density = e * L.All(0.3989422804014327f);
        var inverse = L.All(1f) / (a + L.All(4f));
        var u = (a - L.All(4f)) * inverse;
        var p = L.MultiplyAdd(L.All(-1.20184401101e-4f), u, L.All(2.01261730284e-4f));
        p = L.MultiplyAdd(p, u, L.All(1.57231787944e-3f));
        p = L.MultiplyAdd(p, u, L.All(-3.52618370039e-3f));
        p = L.MultiplyAdd(p, u, L.All(-7.5292507031e-3f));
        p = L.MultiplyAdd(p, u, L.All(6.04066887298e-2f));
        p = L.MultiplyAdd(p, u, L.All(-1.8652268491e-1f));
        p = L.MultiplyAdd(p, u, L.All(3.87136684086e-1f));
        p = L.MultiplyAdd(p, u, L.All(-6.07896618282e-1f));
        p = L.MultiplyAdd(p, u, L.All(7.55285138323e-1f));
        var tail = e * p * inverse;
        return L.WhereLess(x, L.All(0f), tail, L.All(1f) - tail);
    }
}
