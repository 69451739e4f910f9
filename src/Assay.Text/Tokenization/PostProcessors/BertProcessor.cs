namespace Assay.Text.Tokenization.PostProcessors;

/// <summary>[CLS] A [SEP] and B [SEP], type ids by text.</summary>
internal sealed class BertProcessor((int Id, string Token) separator, (int Id, string Token) start) : PostProcessor
{
    public override int AddedCount(int sequenceCount) => sequenceCount > 1 ? 3 : 2;

    public override List<EncodingParts> Process(List<EncodingParts> encodings, TemplateTokens templateTokens) =>
        templateTokens == TemplateTokens.Omit
            ? encodings
            :
            [
                .. encodings.Select(
                    (encoding, i) => RobertaProcessor.Enclose(encoding, i == 0 ? start : null, separator, Math.Min(i, 1), i == 0 ? 0 : 1)
                ),
            ];
}
