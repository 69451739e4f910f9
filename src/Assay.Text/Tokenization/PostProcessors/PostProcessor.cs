namespace Assay.Text.Tokenization.PostProcessors;

/// <summary>
/// A post-processor of tokenizer.json: puts template tokens around one or two encoded texts, sets type ids, trims offsets.
/// </summary>
internal abstract class PostProcessor
{
    /// <summary>How many template tokens it adds to one text or to a pair.</summary>
    public virtual int AddedCount(int sequenceCount) => 0;

    /// <summary>Returns what the parts have become; they are joined in order after the last processor.</summary>
    public abstract List<EncodingParts> Process(List<EncodingParts> encodings, TemplateTokens templateTokens);
}
