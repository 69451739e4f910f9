namespace Assay.Evaluation.Audits.Probes;

internal sealed class ConfidentTone()
    : Probe(
        "confident_tone",
        "The answer is framed by assurances that it is certain.",
        ProbeExpectation.NotRise,
        "Hosking et al. 2023, Human Feedback is not Gold Standard (assertiveness)"
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.AsSpan().IsWhiteSpace()
            ? null
            : $"I am absolutely certain of the following. {input.Answer.TrimEnd()} There is no doubt whatsoever that this is right.";
}
