namespace Assay.Text.Unicode;

/// <summary>Counting and finding code points in UTF-16. A lone surrogate counts as one, as in Python.</summary>
internal static class CodePoints
{
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
            {
                count--;
                i++;
            }
        }
        return count;
    }

    /// <summary>UTF-16 units of the code point at <paramref name="offset"/>: 1 or 2.</summary>
    public static int UnitsAt(string text, int offset) =>
        char.IsHighSurrogate(text[offset]) && offset + 1 < text.Length && char.IsLowSurrogate(text[offset + 1]) ? 2 : 1;

    /// <summary>The code point at <paramref name="offset"/>; a lone surrogate is itself.</summary>
    public static int At(string text, int offset) =>
        UnitsAt(text, offset) == 2 ? char.ConvertToUtf32(text[offset], text[offset + 1]) : text[offset];

    public static IEnumerable<int> All(string text)
    {
        for (var i = 0; i < text.Length; i += UnitsAt(text, i))
            yield return At(text, i);
    }

    /// <summary>UTF-16 offset of the code point with the given number, or the text's end.</summary>
    public static int OffsetOf(string text, int number)
    {
        var offset = 0;
        while (number-- > 0 && offset < text.Length)
            offset += UnitsAt(text, offset);
        return offset;
    }

    /// <summary>Offsets of every code point, and the text's length at the end.</summary>
    public static int[] Offsets(string text)
    {
        var offsets = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i += UnitsAt(text, i))
            offsets.Add(i);
        offsets.Add(text.Length);
        return [.. offsets];
    }

    public static string ToText(int codePoint) => codePoint < 0x10000 ? ((char)codePoint).ToString() : char.ConvertFromUtf32(codePoint);

    /// <summary>Order by code points, where UTF-16 order puts U+E000 and above after the astral ones.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == length)
            return left.Length.CompareTo(right.Length);
        char a = left[at],
            b = right[at];
        bool aSurrogate = char.IsSurrogate(a),
            bSurrogate = char.IsSurrogate(b);
        if (aSurrogate == bSurrogate)
            return a.CompareTo(b);
        return (aSurrogate ? 0x10000 : a).CompareTo(bSurrogate ? 0x10000 : b);
    }
}
