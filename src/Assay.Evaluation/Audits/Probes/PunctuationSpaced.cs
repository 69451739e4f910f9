using System.Text.RegularExpressions;

namespace Assay.Evaluation.Audits.Probes;

internal sealed partial class PunctuationSpaced()
    : Probe(
        "punctuation_spaced",
        "A blank is put before every mark that ends a word. Applies to answers with such a mark and without code.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.Contains('`') || !Mark().IsMatch(input.Answer) ? null : Mark().Replace(input.Answer, " $0");

    [GeneratedRegex(@"(?<=[\p{L}\p{M}\p{Nd}])[,.;:!?](?=\s|$)")]
    private static partial Regex Mark();
}
