namespace Assay.Text.Tokenization.Normalizers;

/// <summary>
/// BERT's: cleans controls and spaces, puts spaces around Chinese characters, strips accents (Mn of NFD; by default when it lowers) and
/// lowers case.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChinese, bool? stripAccents, bool lowercase) : Normalizer
{
    private static readonly CodePointSet Removed = UnicodeData.Set("set BertRemoved");
    private static readonly CodePointSet Accents = UnicodeData.Set("set BertAccent");
    private readonly LowercaseNormalizer _lowercase = new();

    public override void Apply(AlignedText text, PieceText work)
    {
        if (cleanText)
            Filter(text, static c => !Removed.Contains(c), static c => UnicodeData.WhiteSpace.Contains(c) ? ' ' : c);
        if (handleChinese && !System.Text.Ascii.IsValid(text.Bytes))
            SpaceChinese(text);
        if ((stripAccents ?? lowercase) && !System.Text.Ascii.IsValid(text.Bytes))
        {
            NormalForms.Apply(text, false, false, work.Changes);
            Filter(text, static c => !Accents.Contains(c), static c => c);
        }
        if (lowercase)
            _lowercase.Apply(text, work);
    }

    private static void SpaceChinese(AlignedText text)
    {
        text.BeginWhole();
        for (var at = 0; at < text.Length; )
        {
            var codePoint = Utf8.Decode(text.Bytes, at, out var length);
            at += length;
            if (!IsChinese(codePoint))
            {
                text.Emit(codePoint, 0);
                continue;
            }
            text.Emit(' ', 0);
            text.Emit(codePoint, 1);
            text.Emit(' ', 1);
        }
        text.End();
    }

    private static bool IsChinese(int c) =>
        c
            is >= 0x4E00
                and <= 0x9FFF
                or >= 0x3400
                and <= 0x4DBF
                or >= 0x20000
                and <= 0x2A6DF
                or >= 0x2A700
                and <= 0x2B73F
                or >= 0x2B740
                and <= 0x2B81F
                or >= 0x2B920
                and <= 0x2CEAF
                or >= 0xF900
                and <= 0xFAFF
                or >= 0x2F800
                and <= 0x2FA1F;
}
