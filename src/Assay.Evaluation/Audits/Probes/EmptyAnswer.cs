namespace Assay.Evaluation.Audits.Probes;

internal sealed class EmptyAnswer() : Probe("empty_answer", "The answer is replaced by nothing.", ProbeExpectation.Fall)
{
    public override string? Rewrite(ProbeInput input) => input.Answer.Length == 0 ? null : "";
}
