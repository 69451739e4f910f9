namespace Assay.Text.Tokenization.Normalizers;

internal sealed class SequenceNormalizer(Normalizer[] parts) : Normalizer
{
    public override bool NeedsAlignment => parts.Any(part => part.NeedsAlignment);

    public override void Apply(AlignedText text, PieceText work)
    {
        foreach (var part in parts)
            part.Apply(text, work);
    }
}
