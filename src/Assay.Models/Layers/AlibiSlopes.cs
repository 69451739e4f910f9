namespace Assay.Models.Layers;

/// <summary>
/// The slopes of ALiBi (arXiv 2108.12409, and its authors' rule for numbers of heads that are no power of two): what each token of distance
/// takes from a head's score. Rounded to bf16, as the reference has them (transformers 5.23, models/falcon/modeling_falcon.py,
/// <c>build_alibi_tensor</c>).
/// </summary>
internal static class AlibiSlopes
{
    /// <summary>
    /// One for each head: powers of <c>2^(-8/p)</c> for the largest power of two p up to the heads, then odd powers of that rule's next
    /// base.
    /// </summary>
    public static double[] Of(int heads)
    {
        var power = 1 << int.Log2(heads);
        return
        [
            .. Enumerable.Range(1, power).Select(i => Slope(power, i)),
            .. Enumerable.Range(0, heads - power).Select(i => Slope(2 * power, (2 * i) + 1)),
        ];

        static double Slope(int power, int exponent) => RoundToBf16(MathF.Pow((float)Math.Pow(2, -8.0 / power), exponent));
    }

    // To nearest, ties to even; slopes are finite and above 0.
    private static double RoundToBf16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
