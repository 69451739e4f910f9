namespace Assay.Evaluation.Audits.Probes;

internal sealed class TautologyAdded()
    : Probe("tautology_added", "\"and true is true\" is added five times at the end.", ProbeExpectation.NotRise, ReWordBench)
{
    public override string Rewrite(ProbeInput input) => input.Answer.TrimEnd() + string.Concat(Enumerable.Repeat(" and true is true", 5));
}
