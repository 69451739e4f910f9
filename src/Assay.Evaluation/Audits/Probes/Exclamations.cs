namespace Assay.Evaluation.Audits.Probes;

internal sealed class Exclamations()
    : Probe(
        "exclamations",
        "Full stops that end a sentence become exclamation marks. Applies to answers with such a stop and without code.",
        ProbeExpectation.NotRise,
        "Zhang et al. 2024, From Lists to Emojis: How Format Bias Affects Model Alignment"
    )
{
    public override string? Rewrite(ProbeInput input)
    {
        if (input.Answer.Contains('`'))
            return null;
        var rewritten = string.Concat(
            Sentences
                .Of(input.Answer)
                .Select(sentence =>
                {
                    var words = sentence.TrimEnd();
                    // Not the dots of a broken-off sentence, nor of a numbered list.
                    var stops = words.Length > 3 && words[^1] is '.' or '。' && words[^2] != '.' && !char.IsAsciiDigit(words[^2]);
                    return stops ? words[..^1] + (words[^1] == '.' ? '!' : '！') + sentence[words.Length..] : sentence;
                })
        );
        return rewritten == input.Answer ? null : rewritten;
    }
}
