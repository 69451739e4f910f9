namespace Assay.Evaluation.Audits.Probes;

internal sealed class BoldMarkup()
    : Probe(
        "bold_markup",
        "The first words of each sentence (at most three) are set in bold. Applies to answers without code or bold text of their own.",
        ProbeExpectation.NotRise,
        "Zhang et al. 2024, From Lists to Emojis: How Format Bias Affects Model Alignment"
    )
{
    private const int Words = 3;

    public override string? Rewrite(ProbeInput input) =>
        input.Answer.AsSpan().IsWhiteSpace() || input.Answer.Contains("**", StringComparison.Ordinal) || input.Answer.Contains('`')
            ? null
            : string.Concat(Sentences.Of(input.Answer).Select(Bold));

    private static string Bold(string sentence)
    {
        var start = 0;
        while (start < sentence.Length && !char.IsLetterOrDigit(sentence[start]) && !char.IsSurrogate(sentence[start]))
            start++;
        var end = start;
        for (var words = 0; words < Words && end < sentence.Length; words++)
        {
            var blank = end;
            while (blank < sentence.Length && char.IsWhiteSpace(sentence[blank]))
                blank++;
            if (blank == sentence.Length)
                break;
            end = blank;
            while (end < sentence.Length && !char.IsWhiteSpace(sentence[end]))
                end++;
        }
        return end == start ? sentence : $"{sentence[..start]}**{sentence[start..end]}**{sentence[end..]}";
    }
}
