namespace Assay.Text.Unicode;

/// <summary>
/// An immutable set of code points as sorted inclusive ranges. A membership test is a bit look-up below U+10000 and a binary search above.
/// </summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    private readonly int[] _ranges; // first, last, first, last, …
    private ulong[]? _bits; // [1024]: the Basic Multilingual Plane, made at the first use beyond ASCII

    private CodePointSet(int[] ranges)
    {
        _ranges = ranges;
        for (var i = 0; i < ranges.Length && ranges[i] < 128; i += 2)
        for (var c = ranges[i]; c <= Math.Min(ranges[i + 1], 127); c++)
            if (c < 64)
                AsciiLow |= 1UL << c;
            else
                AsciiHigh |= 1UL << (c - 64);
    }

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet All { get; } = new([0, Last]);

    public ulong AsciiLow { get; }

    public ulong AsciiHigh { get; }

    public ReadOnlySpan<int> Ranges => _ranges;

    public bool IsEmpty => _ranges.Length == 0;

    public static CodePointSet Of(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        var sorted = ranges.ToArray();
        Array.Sort(sorted);
        var merged = new List<int>(sorted.Length * 2);
        foreach (var (first, last) in sorted)
            if (merged.Count > 0 && first <= merged[^1] + 1)
                merged[^1] = Math.Max(merged[^1], last);
            else
                merged.AddRange([first, last]);
        return new([.. merged]);
    }

    public static CodePointSet OfPoint(int codePoint) => new([codePoint, codePoint]);

    public bool ContainsAscii(int c) => ((c < 64 ? AsciiLow : AsciiHigh) >> (c & 63) & 1) != 0;

    public bool Contains(int c)
    {
        if (c < 128)
            return ContainsAscii(c);
        if (c < 0x10000)
            return ((_bits ?? MakeBits())[c >> 6] >> (c & 63) & 1) != 0;
        return Search(c);
    }

    public CodePointSet Union(CodePointSet other)
    {
        if (IsEmpty)
            return other;
        if (other.IsEmpty)
            return this;
        var all = new (int, int)[(_ranges.Length + other._ranges.Length) / 2];
        var count = 0;
        foreach (var ranges in (ReadOnlySpan<int[]>)[_ranges, other._ranges])
            for (var i = 0; i < ranges.Length; i += 2)
                all[count++] = (ranges[i], ranges[i + 1]);
        return Of(all);
    }

    public CodePointSet Not()
    {
        var result = new List<int>(_ranges.Length + 2);
        var next = 0;
        for (var i = 0; i < _ranges.Length; i += 2)
        {
            if (_ranges[i] > next)
                result.AddRange([next, _ranges[i] - 1]);
            next = _ranges[i + 1] + 1;
        }
        if (next <= Last)
            result.AddRange([next, Last]);
        return new([.. result]);
    }

    public CodePointSet Intersect(CodePointSet other) => Not().Union(other.Not()).Not();

    private bool Search(int c)
    {
        int low = 0,
            high = _ranges.Length / 2 - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (c < _ranges[2 * middle])
                high = middle - 1;
            else if (c > _ranges[2 * middle + 1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    private ulong[] MakeBits()
    {
        var bits = new ulong[1024];
        for (var i = 0; i < _ranges.Length && _ranges[i] < 0x10000; i += 2)
        for (var c = _ranges[i]; c <= Math.Min(_ranges[i + 1], 0xFFFF); c++)
            bits[c >> 6] |= 1UL << (c & 63);
        return _bits = bits;
    }
}
