namespace Assay.Evaluation.Audits.Probes;

internal sealed class ConstantAnswer()
    : Probe(
        "constant_answer",
        "The answer is replaced by one polite text that answers nothing, the same for every prompt.",
        ProbeExpectation.Fall,
        "Zheng et al. 2024, Cheating Automatic LLM Benchmarks: Null Models Achieve High Win Rates"
    )
{
    /// <summary>Also what <see cref="WrongLanguage"/> says in other languages.</summary>
    internal const string Text =
        "Thank you for your question. This is an interesting topic, and there are several things to consider. It is important to look at all the relevant points with care. I hope that this helps you. Please let me know if you have any other questions.";

    public override string? Rewrite(ProbeInput input) => input.Answer == Text ? null : Text;
}
