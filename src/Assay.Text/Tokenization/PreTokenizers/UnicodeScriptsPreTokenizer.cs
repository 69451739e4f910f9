namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>
/// Cuts where the script changes, by sentencepiece's table (Hiragana and Katakana count as Han; a space and what the table lacks belong to
/// what is before them). As in the reference library, such characters at the very start are lost.
/// </summary>
internal sealed class UnicodeScriptsPreTokenizer : PreTokenizer, ICutter
{
    private const byte AnyScript = 0;
    private static readonly byte[]?[] Pages = MakePages();

    public override void Apply(PieceText work) => work.Recut(this);

    void ICutter.Cut(PieceText work, Piece piece, List<Piece> cut)
    {
        var bytes = work.Text.Bytes;
        int start = -1,
            last = -1;
        for (var at = piece.Start; at < piece.End; )
        {
            var script = ScriptOf(Utf8.Decode(bytes, at, out var length));
            if (script != AnyScript && script != last)
            {
                if (start >= 0)
                    cut.Add(work.Slice(start, at));
                start = at;
                last = script;
            }
            at += length;
        }
        if (start >= 0)
            cut.Add(work.Slice(start, piece.End));
    }

    private static byte ScriptOf(int codePoint) =>
        codePoint == ' ' ? AnyScript
        : Pages[codePoint >> 8] is { } page ? page[codePoint & 255]
        : AnyScript;

    private static byte[]?[] MakePages()
    {
        var pages = new byte[]?[0x1100];
        var names = UnicodeData.Names("spm").ToList();
        var han = (byte)(names.IndexOf("Han") + 1);
        foreach (var name in names)
        {
            var script = name is "Hiragana" or "Katakana" ? han : (byte)(names.IndexOf(name) + 1);
            var ranges = UnicodeData.Set("spm " + name).Ranges;
            for (var i = 0; i < ranges.Length; i += 2)
            for (var c = ranges[i]; c <= ranges[i + 1]; c++)
                (pages[c >> 8] ??= new byte[256])[c & 255] = c == 0x30FC ? han : script;
        }
        return pages;
    }
}
