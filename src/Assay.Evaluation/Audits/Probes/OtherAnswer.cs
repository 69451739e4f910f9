namespace Assay.Evaluation.Audits.Probes;

internal sealed class OtherAnswer()
    : Probe(
        "other_answer",
        "The answer is replaced by an answer to another prompt, the nearest in length. Applies where there is more than one prompt.",
        ProbeExpectation.Lose,
        "Liu et al. 2024, RRM: Robust Reward Model Training Mitigates Reward Hacking (arXiv 2409.13156)"
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Corpus.OfOtherPrompt(input.Group, input.Answer.Length) is { } other && other != input.Answer ? other : null;
}
