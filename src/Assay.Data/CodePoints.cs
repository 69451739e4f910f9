namespace Assay.Data;

/// <summary>
/// Lengths as other tools count them (Python's <c>len</c>): an emoji of two UTF-16 units is one. Half a surrogate pair counts as one too.
/// </summary>
public static class CodePoints
{
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var rest = text; rest.IndexOfAnyInRange('\uD800', '\uDBFF') is var at and >= 0; rest = rest[(at + 1)..])
            if (at + 1 < rest.Length && char.IsLowSurrogate(rest[at + 1]))
                count--;
        return count;
    }
}
