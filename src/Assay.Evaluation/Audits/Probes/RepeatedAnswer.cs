namespace Assay.Evaluation.Audits.Probes;

internal sealed class RepeatedAnswer()
    : Probe(
        "repeated_answer",
        "The whole answer is said twice.",
        ProbeExpectation.NotRise,
        "Zheng et al. 2023, Judging LLM-as-a-Judge (the repetition attack on verbosity)"
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.AsSpan().IsWhiteSpace() ? null : $"{input.Answer.TrimEnd()}\n\n{input.Answer.Trim()}";
}
