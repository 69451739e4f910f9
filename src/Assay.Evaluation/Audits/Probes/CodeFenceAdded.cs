namespace Assay.Evaluation.Audits.Probes;

internal sealed class CodeFenceAdded()
    : Probe(
        "code_fence_added",
        "The whole answer is set in a code fence, though it is prose. Applies to answers without code that are not blank.",
        ProbeExpectation.NotRise,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input) =>
        string.IsNullOrWhiteSpace(input.Answer) || input.Answer.Contains('`') ? null : $"```\n{input.Answer.Trim('\n')}\n```";
}
