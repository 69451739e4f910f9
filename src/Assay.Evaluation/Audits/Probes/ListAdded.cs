namespace Assay.Evaluation.Audits.Probes;

internal sealed class ListAdded()
    : Probe(
        "list_added",
        "The answer's own sentences are set as a bulleted list. Applies to answers of two sentences or more without code or a list of their own.",
        ProbeExpectation.NotRise,
        "Li et al. 2024, Does style matter? Disentangling style and substance in Chatbot Arena; Zhang et al. 2024, From Lists to Emojis"
    )
{
    public override string? Rewrite(ProbeInput input)
    {
        string[] items = [.. Sentences.Of(input.Answer).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 0)];
        return
            items.Length < 2
            || input.Answer.Contains("```", StringComparison.Ordinal)
            || items.Any(item => item[0] is '-' or '*' or '•' || char.IsAsciiDigit(item[0]))
            ? null
            : string.Join('\n', items.Select(item => "- " + item));
    }
}
