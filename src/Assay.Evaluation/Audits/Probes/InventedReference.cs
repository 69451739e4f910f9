namespace Assay.Evaluation.Audits.Probes;

internal sealed class InventedReference()
    : Probe(
        "invented_reference",
        "A reference that does not exist is added at the end.",
        ProbeExpectation.NotRise,
        "Chen et al. 2024, Humans or LLMs as the Judge? A Study on Judgement Biases (authority bias)"
    )
{
    private static readonly string[] References =
    [
        "(Source: Hartwell and Osei, \"A Review of Current Practice\", Journal of Applied Studies 41, 2019.)",
        "(According to Prof. M. Lindqvist, Institute for Advanced Studies, 2021.)",
        "(See: The Concise Reference Handbook, 7th edition, page 212.)",
    ];

    public override string? Rewrite(ProbeInput input) =>
        input.Answer.AsSpan().IsWhiteSpace() ? null : $"{input.Answer.TrimEnd()} {References[input.Random.Next(References.Length)]}";
}
