using Assay.Ground.Numerics;

namespace Assay.Data.Agreement;

/// <summary>A share that was counted, with how sure it is.</summary>
/// <param name="Count">What it is a share of.</param>
/// <param name="Value">0..1.</param>
/// <param name="Low">Lower end of Wilson's 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="P">The exact two-sided binomial p of "a coin decides". A share far from one half is a habit only when this is
/// small.</param>
public sealed record ShareEstimate(long Count, double Value, double Low, double High, double P)
{
    /// <summary>The estimate, or null when there is nothing to divide by.</summary>
    public static ShareEstimate? Of(long part, long count)
    {
        if (count == 0)
            return null;
        var interval = ProportionInterval.Wilson(part, count);
        return new ShareEstimate(count, (double)part / count, interval.Low, interval.High, BinomialTail.TwoSided(part, count));
    }
}
