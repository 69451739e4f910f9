using System.Numerics;
using System.Runtime.CompilerServices;

namespace Assay.Data.Checking;

/// <summary>
/// The words of a text, each hashed to 2^16 (FNV-1a): runs of letters and digits in lower case; in scripts without blanks between words
/// each character is one.
/// </summary>
public static class HashedWords
{
    /// <summary>How many different hashes there are.</summary>
    public const int Count = 1 << 16;

    /// <summary>Blocks of 64 bits of a set of words.</summary>
    internal const int BlockCount = Count / 64;

    private const uint Start = 2166136261;
    private const int FirstUnspaced = 0x2E80; // from here on scripts have no blanks between words: each character is one

    /// <summary>Letters and digits in lower case, 0 for everything that separates words.</summary>
    private static readonly ushort[] Lower =
    [
        .. Enumerable
            .Range(0, FirstUnspaced)
            .Select(code => char.IsLetterOrDigit((char)code) ? char.ToLowerInvariant((char)code) : (ushort)0),
    ];

    /// <summary>Which words occur, without their number or order; rising.</summary>
    [SkipLocalsInit]
    public static ushort[] Of(ReadOnlySpan<char> text)
    {
        Span<ulong> found = stackalloc ulong[BlockCount];
        Mark(text, found);
        var words = new List<ushort>();
        for (var block = 0; block < found.Length; block++)
        for (var left = found[block]; left != 0; left &= left - 1)
            words.Add((ushort)(block * 64 + BitOperations.TrailingZeroCount(left)));
        return [.. words];
    }

    /// <summary>Sets the bit of every word that occurs and clears all others.</summary>
    internal static void Mark(ReadOnlySpan<char> text, Span<ulong> words)
    {
        words.Clear();
        var hash = Start;
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
            if (inWord)
                Add(words, hash);
            hash = Start;
            inWord = false;
            if (letter >= FirstUnspaced)
                Add(words, letter * 2654435761);
        }
        if (inWord)
            Add(words, hash);
    }

    private static void Add(Span<ulong> words, uint hash)
    {
        var word = (ushort)(hash ^ hash >> 16);
        words[word >> 6] |= 1UL << (word & 63);
    }
}
