namespace Assay.Evaluation.Audits.Probes;

internal sealed class OtherAnswer() : Probe("other_answer", "The answer is replaced by an answer to another prompt, the nearest in length. Applies where there is more than one prompt.", ProbeExpectation.Fall)
{
    public override string? Rewrite(ProbeInput input) => input.Corpus.OfOtherPrompt(input.Group, input.Answer.Length) is { } other && other != input.Answer ? other : null;
}
