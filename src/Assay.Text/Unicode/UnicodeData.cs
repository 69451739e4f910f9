using System.Reflection;

namespace Assay.Text.Unicode;

/// <summary>
/// The facts of Unicode that the reference library's engines rest on, read once from the embedded <c>unicode.txt</c>. They are our own
/// because .NET's tables change with the runtime and the engines' do not agree with each other: general categories, scripts, <c>\w</c> and
/// case folding are those of Unicode 16.0 (Oniguruma 6.9.10); normal forms, combining classes and combining marks those of Unicode 9.0
/// (unicode-normalization-alignments 0.1.12); grapheme breaks those of 17.0 (unicode-segmentation 1.13); lower case, numbers and old
/// punctuation what Rust's <c>char</c> and unicode_categories 0.1.1 answered for each code point. Each line is a key, a tab and numbers in
/// base 36: sets are "gap,length-1" with the gap counted from the last range's end, maps "gap:values".
/// </summary>
internal static class UnicodeData
{
    private static readonly Dictionary<string, string> Lines = ReadLines();
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, CodePointSet> Sets = new();

    public static CodePointSet WhiteSpace { get; } =
        CodePointSet.Of(
            (9, 13),
            (32, 32),
            (0x85, 0x85),
            (0xA0, 0xA0),
            (0x1680, 0x1680),
            (0x2000, 0x200A),
            (0x2028, 0x2029),
            (0x202F, 0x202F),
            (0x205F, 0x205F),
            (0x3000, 0x3000)
        );

    /// <summary>The keys of the file that begin with <paramref name="kind"/> and a space, without it.</summary>
    public static IEnumerable<string> Names(string kind) =>
        Lines.Keys.Where(key => key.StartsWith(kind + " ", StringComparison.Ordinal)).Select(key => key[(kind.Length + 1)..]);

    /// <summary>
    /// A set of the file, such as <c>gc Lu</c>, <c>script Han</c> or <c>set Word</c>; <c>gc L</c> is the union of its parts, <c>gc Cn</c>
    /// and so <c>gc C</c> hold what is not assigned.
    /// </summary>
    public static CodePointSet Set(string key) =>
        Sets.GetOrAdd(
            key,
            static key =>
            {
                if (Lines.TryGetValue(key, out var line))
                    return ReadSet(line);
                if (key == "gc Cn")
                    return Names("gc").Aggregate(CodePointSet.Empty, (all, name) => all.Union(Set("gc " + name))).Not();
                if (key.StartsWith("gc ", StringComparison.Ordinal) && key.Length == 4)
                    return Names("gc")
                        .Append("Cn")
                        .Where(name => name[0] == key[3])
                        .Aggregate(CodePointSet.Empty, (all, name) => all.Union(Set("gc " + name)));
                throw new InvalidOperationException($"unicode.txt has no line '{key}'");
            }
        );

    /// <summary>A map of the file from a code point to one or more, such as <c>lower</c> or <c>fold</c>.</summary>
    public static Dictionary<int, int[]> Map(string key)
    {
        var map = new Dictionary<int, int[]>();
        var last = 0;
        foreach (var entry in Lines[key].Split(' '))
        {
            var colon = entry.IndexOf(':');
            last += Number(entry.AsSpan(0, colon));
            map.Add(last, [.. entry[(colon + 1)..].Split(',').Select(part => Number(part))]);
        }
        return map;
    }

    private static Dictionary<string, string> ReadLines()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Assay.Text.unicode.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, string>();
        while (reader.ReadLine() is { } line)
            if (line.Split('\t') is [var key, var value])
                lines.Add(key, value);
        return lines;
    }

    private static CodePointSet ReadSet(string line)
    {
        var ranges = new List<(int, int)>();
        var last = 0;
        foreach (var entry in line.Split(' '))
        {
            var comma = entry.IndexOf(',');
            var first = last + Number(comma < 0 ? entry : entry.AsSpan(0, comma));
            last = first + (comma < 0 ? 0 : Number(entry.AsSpan(comma + 1)));
            ranges.Add((first, last));
        }
        return CodePointSet.Of([.. ranges]);
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = value * 36 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        return value;
    }
}
