using System.Numerics;
using System.Runtime.CompilerServices;

namespace Assay.Data.Checking;

/// <summary>Which words chosen has and rejected has not (+1), and the other way round (−1), each word hashed to 2^16; scaled to length 1. Words rise.</summary>
internal sealed record WordDifference(ushort[] Words, float[] Weights)
{
    private const uint Start = 2166136261;
    private const int FirstUnspaced = 0x2E80; // from here on scripts have no blanks between words: each character is one
    private const int BlockCount = (1 << 16) / 64;

    /// <summary>Letters and digits in lower case, 0 for everything that separates words.</summary>
    private static readonly ushort[] Lower = [.. Enumerable.Range(0, FirstUnspaced).Select(code => char.IsLetterOrDigit((char)code) ? char.ToLowerInvariant((char)code) : (ushort)0)];

    [SkipLocalsInit]
    public static WordDifference Of(ReadOnlySpan<char> chosen, ReadOnlySpan<char> rejected)
    {
        // Sets as bits: what only one side has is one operation a block, and comes out in rising order.
        Span<ulong> inChosen = stackalloc ulong[BlockCount], difference = stackalloc ulong[BlockCount];
        Mark(chosen, inChosen);
        Mark(rejected, difference);
        var count = 0;
        for (var block = 0; block < BlockCount; block++) count += BitOperations.PopCount(difference[block] ^= inChosen[block]);
        var words = new ushort[count];
        var weights = new float[count];
        var scale = 1 / MathF.Sqrt(Math.Max(1, count));
        var next = 0;
        for (var block = 0; block < BlockCount; block++)
        {
            for (var left = difference[block]; left != 0; left &= left - 1)
            {
                var bit = BitOperations.TrailingZeroCount(left);
                words[next] = (ushort)(block * 64 + bit);
                weights[next++] = (inChosen[block] >> bit & 1) != 0 ? scale : -scale;
            }
        }
        return new WordDifference(words, weights);
    }

    private static void Mark(ReadOnlySpan<char> text, Span<ulong> words)
    {
        words.Clear();
        uint hash = Start;
        var inWord = false;
        foreach (var letter in text)
        {
            var lower = letter < FirstUnspaced ? Lower[letter] : 0u;
            if (lower != 0)
            {
                hash = (hash ^ lower) * 16777619;
                inWord = true;
                continue;
            }
            if (inWord) Add(words, hash);
            hash = Start;
            inWord = false;
            if (letter >= FirstUnspaced) Add(words, letter * 2654435761);
        }
        if (inWord) Add(words, hash);
    }

    private static void Add(Span<ulong> words, uint hash)
    {
        var word = (ushort)(hash ^ hash >> 16);
        words[word >> 6] |= 1UL << (word & 63);
    }

    public double Dot(float[] weights)
    {
        double sum = 0;
        for (var i = 0; i < Words.Length; i++) sum += weights[Words[i]] * Weights[i];
        return sum;
    }
}
