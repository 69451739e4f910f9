namespace Assay.Text.Tokenization.PostProcessors;

/// <summary>&lt;s&gt; A &lt;/s&gt; and &lt;/s&gt; B &lt;/s&gt;, all type ids 0, offsets trimmed as by ByteLevel.</summary>
internal sealed class RobertaProcessor(
    (int Id, string Token) separator,
    (int Id, string Token) start,
    bool trimOffsets,
    bool addPrefixSpace
) : PostProcessor
{
    public override int AddedCount(int sequenceCount) => sequenceCount > 1 ? 4 : 2;

    public override List<EncodingParts> Process(List<EncodingParts> encodings, TemplateTokens templateTokens)
    {
        if (trimOffsets)
            ByteLevelProcessor.Trim(encodings, addPrefixSpace);
        foreach (var encoding in encodings)
            encoding.SetTypeIds(0);
        if (templateTokens == TemplateTokens.Omit)
            return encodings;
        foreach (var part in encodings.SelectMany(encoding => encoding.Overflowing))
            part.SetTypeIds(0);
        return [.. encodings.Select((encoding, i) => Enclose(encoding, i == 0 ? start : separator, separator, Math.Min(i, 1), 0))];
    }

    /// <summary>
    /// Puts a token before (if any) and one after an encoding and each of its overflowing parts. Only the text between counts as the
    /// sequence.
    /// </summary>
    public static EncodingParts Enclose(
        EncodingParts encoding,
        (int Id, string Token)? before,
        (int Id, string Token) after,
        int sequence,
        int typeId
    )
    {
        var enclosed = new EncodingParts();
        if (before is { } first)
            enclosed.MergeWith(EncodingParts.OfTokens([first], typeId));
        var overflowing = encoding.Overflowing.Select(part => Enclose(part, before, after, sequence, typeId)).ToList();
        encoding.Overflowing.Clear();
        encoding.SequenceRanges.Clear();
        encoding.SetSequence(sequence);
        enclosed.MergeWith(encoding);
        enclosed.MergeWith(EncodingParts.OfTokens([after], typeId));
        enclosed.Overflowing.AddRange(overflowing);
        return enclosed;
    }
}
