using System.Buffers.Binary;

namespace Assay.Models.Checkpoints;

/// <summary>
/// The numbers of GGUF's blocks. Layouts and order of operations are those of ggml's reference (ggml-quants.c, <c>dequantize_row_*</c>;
/// ggml-common.h, <c>block_*</c>): scales are fp16, products and differences fp32 and rounded one by one. A kind is its line in
/// <see cref="Kinds"/> and its function.
/// </summary>
internal static class GgufBlocks
{
    /// <summary>One block to its numbers.</summary>
    private delegate void Decoder(ReadOnlySpan<byte> block, Span<float> numbers);

    /// <summary>By kind: numbers in a block, bytes of a block, how the second become the first.</summary>
    private static readonly Dictionary<ElementKind, (int Length, int Bytes, Decoder Decode)> Kinds = new()
    {
        [ElementKind.Q4_0] = (32, 2 + 16, Q4_0),
        [ElementKind.Q4_1] = (32, 4 + 16, Q4_1),
        [ElementKind.Q5_0] = (32, 2 + 4 + 16, Q5_0),
        [ElementKind.Q5_1] = (32, 4 + 4 + 16, Q5_1),
        [ElementKind.Q8_0] = (32, 2 + 32, Q8_0),
        [ElementKind.Q2_K] = (256, 16 + 64 + 4, Q2K),
        [ElementKind.Q3_K] = (256, 32 + 64 + 12 + 2, Q3K),
        [ElementKind.Q4_K] = (256, 4 + 12 + 128, Q4K),
        [ElementKind.Q5_K] = (256, 4 + 12 + 32 + 128, Q5K),
        [ElementKind.Q6_K] = (256, 128 + 64 + 16 + 2, Q6K),
        [ElementKind.IQ4_NL] = (32, 2 + 16, Iq4Nl),
        [ElementKind.IQ4_XS] = (256, 2 + 2 + 4 + 128, Iq4Xs),
    };

    // ggml-common.h, kvalues_iq4nl.
    private static readonly sbyte[] UnevenSteps = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>The kinds that are read, for messages.</summary>
    public static string Known => string.Join(", ", Kinds.Keys);

    /// <summary>Numbers in a block and its bytes, or null where the kind has no blocks.</summary>
    public static (int Length, int Bytes)? SizeOf(ElementKind kind) =>
        Kinds.TryGetValue(kind, out var entry) ? (entry.Length, entry.Bytes) : null;

    /// <summary>Whole blocks to fp32.</summary>
    public static void Convert(ElementKind kind, ReadOnlySpan<byte> source, Span<float> destination)
    {
        var (length, bytes, decode) = Kinds[kind];
        for (; !destination.IsEmpty; destination = destination[length..], source = source[bytes..])
            decode(source[..bytes], destination[..length]);
    }

    private static float Fp16(ReadOnlySpan<byte> at) => (float)BinaryPrimitives.ReadHalfLittleEndian(at);

    // Of the kinds with 32 numbers, the low halves of 16 bytes are the numbers 0..15, the high halves 16..31.

    private static void Q4_0(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var q = block[2..];
        for (var i = 0; i < 16; i++)
            (y[i], y[i + 16]) = (d * ((q[i] & 15) - 8), d * ((q[i] >> 4) - 8));
    }

    private static void Q4_1(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var m = Fp16(block[2..]);
        var q = block[4..];
        for (var i = 0; i < 16; i++)
            (y[i], y[i + 16]) = ((d * (q[i] & 15)) + m, (d * (q[i] >> 4)) + m);
    }

    private static void Q5_0(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var high = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        var q = block[6..];
        for (var i = 0; i < 16; i++)
            (y[i], y[i + 16]) = (d * (((q[i] & 15) | Bit(high, i)) - 16), d * (((q[i] >> 4) | Bit(high, i + 16)) - 16));
    }

    private static void Q5_1(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var m = Fp16(block[2..]);
        var high = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        var q = block[8..];
        for (var i = 0; i < 16; i++)
            (y[i], y[i + 16]) = ((d * ((q[i] & 15) | Bit(high, i))) + m, (d * ((q[i] >> 4) | Bit(high, i + 16))) + m);
    }

    private static void Q8_0(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        for (var i = 0; i < 32; i++)
            y[i] = d * (sbyte)block[2 + i];
    }

    private static void Iq4Nl(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var q = block[2..];
        for (var i = 0; i < 16; i++)
            (y[i], y[i + 16]) = (d * UnevenSteps[q[i] & 15], d * UnevenSteps[q[i] >> 4]);
    }

    // Of the kinds with 256 numbers, each group of 16 or 32 has a scale (and a minimum) of a few bits, in units of the block's fp16.

    private static void Q2K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var scales = block[..16];
        var q = block.Slice(16, 64);
        var d = Fp16(block[80..]);
        var m = Fp16(block[82..]);
        for (var group = 0; group < 16; group++)
        {
            // Groups 0..7 are in the first 32 bytes, two bits at a time: a byte's lowest two, then the next.
            var (from, shift) = ((group / 8 * 32) + (group % 2 * 16), group % 8 / 2 * 2);
            var (step, least) = (d * (scales[group] & 15), m * (scales[group] >> 4));
            for (var i = 0; i < 16; i++)
                y[(group * 16) + i] = (step * ((q[from + i] >> shift) & 3)) - least;
        }
    }

    private static void Q3K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var high = block[..32];
        var q = block.Slice(32, 64);
        var scales = block.Slice(96, 12);
        var d = Fp16(block[108..]);
        for (var group = 0; group < 16; group++)
        {
            var (from, shift) = ((group / 8 * 32) + (group % 2 * 16), group % 8 / 2 * 2);
            var low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
            var step = d * ((low | (((scales[8 + (group % 4)] >> (group / 4 * 2)) & 3) << 4)) - 32);
            for (var i = 0; i < 16; i++)
            {
                var isHigh = (high[(group % 2 * 16) + i] >> (group / 2)) & 1;
                y[(group * 16) + i] = step * (((q[from + i] >> shift) & 3) - (isHigh == 1 ? 0 : 4));
            }
        }
    }

    private static void Q4K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var q = block.Slice(16, 128);
        for (var group = 0; group < 8; group++)
        {
            var (step, least) = ScaleAndMinimum(block, group);
            for (var i = 0; i < 32; i++)
                y[(group * 32) + i] = (step * Nibble(q[(group / 2 * 32) + i], group)) - least;
        }
    }

    private static void Q5K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var high = block.Slice(16, 32);
        var q = block.Slice(48, 128);
        for (var group = 0; group < 8; group++)
        {
            var (step, least) = ScaleAndMinimum(block, group);
            for (var i = 0; i < 32; i++)
                y[(group * 32) + i] = (step * (Nibble(q[(group / 2 * 32) + i], group) | Bit(high[i], group))) - least;
        }
    }

    private static void Q6K(ReadOnlySpan<byte> block, Span<float> y)
    {
        var low = block[..128];
        var high = block.Slice(128, 64);
        var scales = block.Slice(192, 16);
        var d = Fp16(block[208..]);
        for (var group = 0; group < 8; group++)
        {
            // Of each half: 64 bytes of low halves, taken twice, and 32 bytes of high bits, taken four times.
            var (half, part) = (group / 4, group % 4);
            for (var i = 0; i < 32; i++)
            {
                var number = Nibble(low[(half * 64) + (part % 2 * 32) + i], part / 2) | (((high[(half * 32) + i] >> (part * 2)) & 3) << 4);
                y[(group * 32) + i] = d * (sbyte)scales[(group * 2) + (i / 16)] * (number - 32);
            }
        }
    }

    private static void Iq4Xs(ReadOnlySpan<byte> block, Span<float> y)
    {
        var d = Fp16(block);
        var highScales = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        var lowScales = block.Slice(4, 4);
        var q = block[8..];
        for (var group = 0; group < 8; group++)
        {
            var step = d * ((Nibble(lowScales[group / 2], group) | (((highScales >> (group * 2)) & 3) << 4)) - 32);
            for (var i = 0; i < 32; i++)
                y[(group * 32) + i] = step * UnevenSteps[Nibble(q[(group * 16) + (i % 16)], i / 16)];
        }
    }

    /// <summary>
    /// Eight scales and eight minima of six bits in twelve bytes (<c>get_scale_min_k4</c>): the first four whole, of the others the upper
    /// two bits above the first ones.
    /// </summary>
    private static (float Step, float Least) ScaleAndMinimum(ReadOnlySpan<byte> block, int group)
    {
        var packed = block.Slice(4, 12);
        var (scale, minimum) =
            group < 4
                ? (packed[group] & 63, packed[group + 4] & 63)
                : ((packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4), (packed[group + 4] >> 4) | (packed[group] >> 6 << 4));
        return (Fp16(block) * scale, Fp16(block[2..]) * minimum);
    }

    /// <summary>A byte's low half for even groups, its high half for odd ones.</summary>
    private static int Nibble(byte pair, int group) => group % 2 == 0 ? pair & 15 : pair >> 4;

    /// <summary>A number's fifth bit.</summary>
    private static int Bit(uint bits, int at) => (int)((bits >> at) & 1) << 4;
}
