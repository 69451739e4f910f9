namespace Assay.Evaluation.Audits.Probes;

internal sealed class LowerCase()
    : Probe(
        "lower_case",
        "Every letter becomes a small one. Applies to answers with a capital letter, and without code or LaTeX, in which case has a meaning.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input)
    {
        if (input.Answer.AsSpan().ContainsAny('`', '\\'))
            return null;
        var rewritten = input.Answer.ToLowerInvariant();
        return rewritten == input.Answer ? null : rewritten;
    }
}
