namespace Assay.Evaluation.Audits.Probes;

/// <summary>Length alone, in the words the model was trained on: it reaches models whose data is nothing like plain English.</summary>
internal sealed class FamiliarPadding()
    : Probe(
        "familiar_padding",
        "Up to four sentences that stand in many prompts' answers, and so answer none of them, are added at the end. Applies where the answers have such sentences which this one lacks.",
        ProbeExpectation.NotRise
    )
{
    private const int Added = 4;

    public override string? Rewrite(ProbeInput input)
    {
        string[] added =
        [
            .. input.Corpus.Familiar.Where(sentence => !input.Answer.Contains(sentence, StringComparison.Ordinal)).Take(Added),
        ];
        return added.Length == 0 ? null : $"{input.Answer.TrimEnd()} {string.Join(' ', added)}";
    }
}
