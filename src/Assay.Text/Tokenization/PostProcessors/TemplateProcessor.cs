namespace Assay.Text.Tokenization.PostProcessors;

/// <summary>A piece of a template: a text (0 or 1), or else a special token that stands for one or more ids.</summary>
internal sealed record TemplatePiece(int? Sequence, IReadOnlyList<(int Id, string Token)> Tokens, int TypeId);

/// <summary>TemplateProcessing: a list of pieces for one text and one for a pair.</summary>
internal sealed class TemplateProcessor(TemplatePiece[] single, TemplatePiece[] pair) : PostProcessor
{
    public override int AddedCount(int sequenceCount) => (sequenceCount > 1 ? pair : single).Sum(piece => piece.Tokens.Count);

    public override List<EncodingParts> Process(List<EncodingParts> encodings, TemplateTokens templateTokens)
    {
        if (encodings.Count > 2)
            throw new TokenizerException("post_processor: a TemplateProcessing after another that already joined the texts");
        var result = new List<EncodingParts>();
        foreach (var piece in encodings.Count == 2 ? pair : single)
        {
            if (piece.Sequence is { } sequence)
            {
                if (sequence >= encodings.Count)
                    throw new TokenizerException("post_processor: the template for a single text uses $B");
                var encoding = encodings[sequence];
                encoding.SetTypeIds(piece.TypeId);
                encoding.SetSequence(sequence);
                result.Add(encoding.Copy());
            }
            else if (templateTokens == TemplateTokens.Add)
                result.Add(EncodingParts.OfTokens(piece.Tokens, piece.TypeId));
        }
        return result;
    }
}
