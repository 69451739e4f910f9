namespace Assay.Text.Tokenization.PreTokenizers;

internal sealed class SequencePreTokenizer(PreTokenizer[] parts) : PreTokenizer
{
    public override bool NeedsAlignment => parts.Any(part => part.NeedsAlignment);

    public override void Apply(PieceText work)
    {
        foreach (var part in parts)
            part.Apply(work);
    }
}
