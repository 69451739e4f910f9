namespace Assay.Evaluation.Audits.Probes;

internal sealed class QuotesAdded()
    : Probe(
        "quotes_added",
        "The whole answer is put in quotation marks. Applies to answers that do not begin with one and are not blank.",
        ProbeExpectation.NotMove,
        ReWordBench
    )
{
    public override string? Rewrite(ProbeInput input) =>
        input.Answer.AsSpan().Trim() is { Length: > 0 } text && text[0] is not ('"' or '“' or '„' or '«' or '「')
            ? $"\"{input.Answer}\""
            : null;
}
