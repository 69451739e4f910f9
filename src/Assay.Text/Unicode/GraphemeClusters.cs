namespace Assay.Text.Unicode;

/// <summary>
/// Extended grapheme clusters (UAX 29, Unicode 17.0) for the charsmap normalizer, which looks at clusters under 6 bytes. Rule GB9c (Indic
/// conjuncts) is left out: it only joins clusters that have 6 bytes or more.
/// </summary>
internal static class GraphemeClusters
{
    private enum Break : byte
    {
        Any,
        CR,
        LF,
        Control,
        Extend,
        Extended_Pictographic,
        L,
        LV,
        LVT,
        Prepend,
        Regional_Indicator,
        SpacingMark,
        T,
        V,
        ZWJ,
    }

    private static readonly byte[]?[] Pages = MakePages();

    /// <summary>Where the cluster that begins at <paramref name="start"/> ends.</summary>
    public static int EndOf(ReadOnlySpan<byte> text, int start)
    {
        var before = KindOf(Utf8.Decode(text, start, out var length));
        var at = start + length;
        var pictograph = before == Break.Extended_Pictographic; // a pictograph, extenders and a joiner so far
        var flags = before == Break.Regional_Indicator ? 1 : 0;
        while (at < text.Length)
        {
            var kind = KindOf(Utf8.Decode(text, at, out length));
            if (!Joins(before, kind, pictograph, flags))
                break;
            at += length;
            pictograph = kind == Break.Extended_Pictographic || pictograph && kind is Break.Extend or Break.ZWJ && pictograph;
            flags = kind == Break.Regional_Indicator ? flags + 1 : 0;
            before = kind;
        }
        return at;
    }

    private static bool Joins(Break before, Break kind, bool pictograph, int flags) =>
        (before, kind) switch
        {
            (Break.CR, Break.LF) => true,
            (Break.CR or Break.LF or Break.Control, _) or (_, Break.CR or Break.LF or Break.Control) => false,
            (Break.L, Break.L or Break.V or Break.LV or Break.LVT) => true,
            (Break.LV or Break.V, Break.V or Break.T) => true,
            (Break.LVT or Break.T, Break.T) => true,
            (_, Break.Extend or Break.ZWJ or Break.SpacingMark) => true,
            (Break.Prepend, _) => true,
            (Break.ZWJ, Break.Extended_Pictographic) => pictograph,
            (Break.Regional_Indicator, Break.Regional_Indicator) => flags % 2 == 1,
            _ => false,
        };

    private static Break KindOf(int codePoint) => Pages[codePoint >> 8] is { } page ? (Break)page[codePoint & 255] : Break.Any;

    private static byte[]?[] MakePages()
    {
        var pages = new byte[]?[0x1100];
        foreach (var name in UnicodeData.Names("gcb"))
        {
            var ranges = UnicodeData.Set("gcb " + name).Ranges;
            for (var i = 0; i < ranges.Length; i += 2)
            for (var c = ranges[i]; c <= ranges[i + 1]; c++)
                (pages[c >> 8] ??= new byte[256])[c & 255] = (byte)Enum.Parse<Break>(name);
        }
        return pages;
    }
}
