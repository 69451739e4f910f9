namespace Assay.Text.Unicode;

/// <summary>
/// A map from a code point to a few: pages of 256 for the code points that change, so that a look-up of one that does not is two reads.
/// </summary>
internal sealed class CodePointMap
{
    private readonly int[]?[] _pages = new int[]?[0x1100]; // [code point / 256][code point % 256]: 0, or 1 + where its values begin
    private readonly int[] _values; // count, values, count, values, …

    public CodePointMap(params ReadOnlySpan<Dictionary<int, int[]>> maps)
    {
        var values = new List<int>();
        foreach (var map in maps)
        foreach (var (codePoint, to) in map)
        {
            (_pages[codePoint >> 8] ??= new int[256])[codePoint & 255] = values.Count + 1;
            values.Add(to.Length);
            values.AddRange(to);
        }
        _values = [.. values];
    }

    /// <summary>What the code point becomes; empty when it stays.</summary>
    public ReadOnlySpan<int> this[int codePoint]
    {
        get
        {
            var page = _pages[codePoint >> 8];
            if (page is null)
                return default;
            var at = page[codePoint & 255];
            return at == 0 ? default : _values.AsSpan(at, _values[at - 1]);
        }
    }
}
