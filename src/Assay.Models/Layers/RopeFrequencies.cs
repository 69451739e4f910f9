using System.Numerics;

namespace Assay.Models.Layers;

/// <summary>
/// The inverse frequencies of each rotary kind, rounded to the number type after every step as the reference is (transformers 5.23,
/// modeling_rope_utils.py): far positions turn a last-bit difference of a frequency into a visible angle, so fp32 must round where it
/// rounds. Sources: linear (kaiokendev 2023), dynamic NTK (bloc97 2023), YaRN (arXiv 2309.00071), LongRoPE (2402.13753), Llama 3.1's own.
/// </summary>
public static class RopeFrequencies
{
    /// <summary>What cos and sin are multiplied by: other than 1 for yarn and longrope.</summary>
    public static double AttentionScaling(RopeParameters rope) =>
        rope switch
        {
            { Kind: RopeKind.Yarn or RopeKind.LongRope, AttentionFactor: { } given } => given,
            { Kind: RopeKind.Yarn, Mscale: > 0 and { } mscale, MscaleAllDimensions: > 0 and { } all } => YarnScale(rope.Factor, mscale)
                / YarnScale(rope.Factor, all),
            { Kind: RopeKind.Yarn } => YarnScale(rope.Factor, 1),
            { Kind: RopeKind.LongRope, Factor: > 1 } => Math.Sqrt(1 + (Math.Log(rope.Factor) / Math.Log(rope.OriginalMaxPositions))),
            _ => 1,
        };

    /// <summary>The frequencies, [rotary_dim / 2].</summary>
    /// <param name="rope">Kind and constants.</param>
    /// <param name="headDimension">Size of a head.</param>
    /// <param name="sequenceLength">For dynamic and longrope: the length (last position + 1) they answer to.</param>
    public static T[] Inverse<T>(RopeParameters rope, int headDimension, int sequenceLength)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var dimension = rope.RotaryDimension(headDimension);
        var theta = T.CreateChecked(rope.Theta);
        if (rope.Kind == RopeKind.Dynamic)
            theta = GrownTheta(rope, theta, dimension, sequenceLength);
        var powers = new T[dimension / 2];
        for (var i = 0; i < powers.Length; i++)
            powers[i] = T.Pow(theta, T.CreateChecked(2 * i) / T.CreateChecked(dimension));
        return rope.Kind switch
        {
            RopeKind.Linear => [.. powers.Select(power => T.One / power / T.CreateChecked(rope.Factor))],
            RopeKind.Llama3 => [.. powers.Select(power => Llama3(rope, T.One / power))],
            RopeKind.Yarn => Yarn(rope, powers, dimension),
            RopeKind.LongRope =>
            [
                .. powers.Zip(
                    sequenceLength > rope.OriginalMaxPositions ? rope.LongFactor : rope.ShortFactor,
                    (power, factor) => T.One / (T.CreateChecked(factor) * power)
                ),
            ],
            _ => [.. powers.Select(power => T.One / power)],
        };
    }

    private static T GrownTheta<T>(RopeParameters rope, T theta, int dimension, int sequenceLength)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateChecked(rope.Factor);
        var length = T.CreateChecked(Math.Max(sequenceLength, rope.MaxPositions));
        var growth = (factor * length / T.CreateChecked(rope.MaxPositions)) - T.CreateChecked(rope.Factor - 1);
        return theta * T.Pow(growth, T.CreateChecked((double)dimension / (dimension - 2)));
    }

    /// <summary>Long waves are stretched, short ones kept, those between blended.</summary>
    private static T Llama3<T>(RopeParameters rope, T inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateChecked(rope.Factor);
        var wavelength = T.CreateChecked(2 * Math.PI) / inverse;
        if (wavelength > T.CreateChecked(rope.OriginalMaxPositions / rope.LowFrequencyFactor))
            return inverse / factor;
        if (wavelength < T.CreateChecked(rope.OriginalMaxPositions / rope.HighFrequencyFactor))
            return inverse;
        var smooth =
            ((T.CreateChecked(rope.OriginalMaxPositions) / wavelength) - T.CreateChecked(rope.LowFrequencyFactor))
            / T.CreateChecked(rope.HighFrequencyFactor - rope.LowFrequencyFactor);
        return ((T.One - smooth) * inverse / factor) + (smooth * inverse);
    }

    private static T[] Yarn<T>(RopeParameters rope, T[] powers, int dimension)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double Dimension(double rotations) =>
            dimension * Math.Log(rope.OriginalMaxPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
        var (low, high) = (Dimension(rope.BetaFast), Dimension(rope.BetaSlow));
        if (rope.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, dimension - 1));
        if (low == high)
            high += 0.001;

        var inverse = new T[powers.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            var ramp = T.Clamp((T.CreateChecked(i) - T.CreateChecked(low)) / T.CreateChecked(high - low), T.Zero, T.One);
            var kept = T.One - ramp;
            inverse[i] = (T.One / (T.CreateChecked(rope.Factor) * powers[i]) * (T.One - kept)) + (T.One / powers[i] * kept);
        }
        return inverse;
    }

    private static double YarnScale(double factor, double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;
}
