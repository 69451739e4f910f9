using System.Text.RegularExpressions;

namespace Assay.Evaluation.Audits.Probes;

internal sealed partial class ExtraWhiteSpace()
    : Probe(
        "extra_white_space",
        "Every single blank between two words is doubled. Applies to answers with such a blank and without code.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.Contains('`') || !Blank().IsMatch(input.Answer) ? null : Blank().Replace(input.Answer, "  ");

    [GeneratedRegex(@"(?<=\S) (?=\S)")]
    private static partial Regex Blank();
}
