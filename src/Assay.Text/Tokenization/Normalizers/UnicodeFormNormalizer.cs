namespace Assay.Text.Tokenization.Normalizers;

/// <summary>NFC, NFD, NFKC, NFKD.</summary>
internal sealed class UnicodeFormNormalizer(bool compatible, bool compose) : Normalizer
{
    public override void Apply(AlignedText text, PieceText work) => NormalForms.Apply(text, compatible, compose, work.Changes);
}
