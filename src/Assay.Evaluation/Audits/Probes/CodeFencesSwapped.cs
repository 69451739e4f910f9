using System.Text.RegularExpressions;

namespace Assay.Evaluation.Audits.Probes;

/// <summary>CommonMark 4.5: a fence of tildes and one of backticks make the same code block.</summary>
internal sealed partial class CodeFencesSwapped()
    : Probe(
        "code_fences_swapped",
        "Code fences of backticks become fences of tildes, which mean the same. Applies to answers with such a fence and no tildes.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.Contains("~~~", StringComparison.Ordinal) || !Fence().IsMatch(input.Answer)
            ? null
            : Fence().Replace(input.Answer, match => new string('~', match.Length));

    [GeneratedRegex(@"(?<=^ {0,3})`{3,}(?=[^`\n]*$)", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
