namespace Assay.Evaluation.Audits.Probes;

/// <summary>Length alone, in plain English.</summary>
internal sealed class FillerPadding()
    : Probe(
        "filler_padding",
        "Four sentences that say nothing are added at the end.",
        ProbeExpectation.NotRise,
        "Singhal et al. 2023, A Long Way to Go: Investigating Length Correlations in RLHF"
    )
{
    private const string Filler =
        "I hope that this is of some use to you. There is a lot more that could be said about this. It is always good to look at a thing from more than one side. Please take your time to think it over.";

    public override string Rewrite(ProbeInput input) => input.Answer.TrimEnd() is { Length: > 0 } answer ? $"{answer} {Filler}" : Filler;
}
