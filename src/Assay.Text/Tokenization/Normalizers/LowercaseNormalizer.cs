namespace Assay.Text.Tokenization.Normalizers;

/// <summary>Lower case character by character: Σ never becomes ς, İ becomes i and U+0307.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    private static readonly CodePointMap Lower = new(UnicodeData.Map("lower"));

    public override void Apply(AlignedText text, PieceText work)
    {
        text.BeginWhole();
        for (var at = 0; at < text.Length; )
        {
            var codePoint = Utf8.Decode(text.Bytes, at, out var length);
            at += length;
            var lower = Lower[codePoint];
            if (lower.IsEmpty)
                text.Emit(codePoint, 0);
            else
                for (var i = 0; i < lower.Length; i++)
                    text.Emit(lower[i], i == 0 ? 0 : 1);
        }
        text.End();
    }
}
