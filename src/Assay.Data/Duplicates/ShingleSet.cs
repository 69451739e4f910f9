namespace Assay.Data.Duplicates;

/// <summary>
/// The distinct n-grams of a text as sorted 64-bit hashes. Two different n-grams share a hash about once in 10^19, so intersections and
/// unions are those of the n-grams themselves. A text with 1 to n−1 units is one shingle, an empty one has none.
/// </summary>
public sealed class ShingleSet
{
    private readonly ulong[] _hashes;

    private ShingleSet(ulong[] hashes) => _hashes = hashes;

    public int Count => _hashes.Length;

    /// <summary>The hashes in rising order.</summary>
    public ReadOnlySpan<ulong> Hashes => _hashes;

    /// <summary>N-grams of the words of a text, which are what white space separates.</summary>
    public static ShingleSet OfWords(ReadOnlySpan<char> text, int n = 5) => OfUnits(WordHashes(text), n);

    /// <summary>N-grams of the code points of a text, spaces included.</summary>
    public static ShingleSet OfCharacters(string text, int n = 5)
    {
        var units = new List<ulong>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            units.Add(Mix((ulong)rune.Value));
        return OfUnits(units, n);
    }

    /// <summary>
    /// The n-grams of the words themselves, joined by single spaces, each once: what <see cref="MinHash.Sha1Hash32"/> is taken of.
    /// </summary>
    public static IReadOnlyCollection<string> WordTexts(string text, int n = 5)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var length = Math.Min(n, words.Length);
        return length == 0
            ? []
            : Enumerable.Range(0, words.Length - length + 1).Select(start => string.Join(' ', words, start, length)).ToHashSet();
    }

    /// <summary>The hash of every n-gram in order, repeats kept; none for a text of fewer than n words.</summary>
    public static ulong[] WordGrams(ReadOnlySpan<char> text, int n)
    {
        var words = WordHashes(text);
        return words.Count < n ? [] : Grams(words, n);
    }

    /// <summary>Shingles in both sets.</summary>
    public int Intersection(ShingleSet other)
    {
        int shared = 0,
            here = 0,
            there = 0;
        ulong[] mine = _hashes,
            theirs = other._hashes;
        while (here < mine.Length && there < theirs.Length)
        {
            ulong a = mine[here],
                b = theirs[there];
            if (a == b)
                shared++;
            if (a <= b)
                here++;
            if (b <= a)
                there++;
        }
        return shared;
    }

    /// <summary>Shared shingles over all shingles, 0..1; 0 when both sets are empty, because nothing is known to be shared.</summary>
    public double Jaccard(ShingleSet other)
    {
        var shared = Intersection(other);
        var all = Count + other.Count - shared;
        return all == 0 ? 0 : (double)shared / all;
    }

    private static ShingleSet OfUnits(List<ulong> units, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (units.Count == 0)
            return new([]);
        var hashes = Grams(units, Math.Min(n, units.Count));
        Array.Sort(hashes);
        var distinct = 1;
        for (var index = 1; index < hashes.Length; index++)
            if (hashes[index] != hashes[distinct - 1])
                hashes[distinct++] = hashes[index];
        return new(distinct == hashes.Length ? hashes : hashes[..distinct]);
    }

    private static ulong[] Grams(List<ulong> units, int n)
    {
        var grams = new ulong[units.Count - n + 1];
        for (var start = 0; start < grams.Length; start++)
        {
            var hash = (ulong)n;
            for (var offset = 0; offset < n; offset++)
                hash = Mix(hash ^ units[start + offset]) + 0x9E3779B97F4A7C15;
            grams[start] = hash;
        }
        return grams;
    }

    private static List<ulong> WordHashes(ReadOnlySpan<char> text)
    {
        var words = new List<ulong>(text.Length / 5 + 1);
        var hash = 0UL;
        var length = 0;
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                if (length > 0)
                    words.Add(Mix(hash + (ulong)length));
                hash = 0;
                length = 0;
                continue;
            }
            hash = (hash ^ character) * 0x9FB21C651E98DF25;
            hash ^= hash >> 29;
            length++;
        }
        if (length > 0)
            words.Add(Mix(hash + (ulong)length));
        return words;
    }

    /// <summary>SplitMix64's finaliser (Steele, Lea and Flood 2014): every bit of the input reaches every bit of the output.</summary>
    internal static ulong Mix(ulong value)
    {
        value ^= value >> 30;
        value *= 0xBF58476D1CE4E5B9;
        value ^= value >> 27;
        value *= 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
