namespace Assay.Evaluation.Audits.Probes;

internal sealed class HandleAdded()
    : Probe("handle_added", "A made-up account name (@ and six random letters) is added at the end.", ProbeExpectation.NotRise, ReWordBench)
{
    private const int Letters = 6;

    public override string Rewrite(ProbeInput input) =>
        $"{input.Answer.TrimEnd()} @{string.Concat(Enumerable.Range(0, Letters).Select(_ => (char)('a' + input.Random.Next(26))))}";
}
