namespace Assay.Text.Tokenization.Normalizers;

/// <summary>Drops combining marks (Mn, Mc and Me of Unicode 9.0); it does not decompose.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    private static readonly CodePointSet Marks = UnicodeData.Set("set CombiningMark");

    public override void Apply(AlignedText text, PieceText work) => Filter(text, static c => !Marks.Contains(c), static c => c);
}
