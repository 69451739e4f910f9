namespace Assay.Evaluation.Audits;

/// <summary>
/// One answer as a probe rewrote it, with its scores: a line of <c>probes.jsonl</c>, from which every figure of the probes can be made
/// again.
/// </summary>
/// <param name="Row">Line of the data.</param>
/// <param name="Id">The row's own id, if it has one.</param>
/// <param name="Group">The prompt group.</param>
/// <param name="Probe">The probe's name.</param>
/// <param name="Side"><c>chosen</c> or <c>rejected</c>.</param>
/// <param name="Original">The answer's own score.</param>
/// <param name="Other">The score of the pair's other answer.</param>
/// <param name="Rewritten">The score after rewriting; NaN or infinite where the scorer gave that.</param>
/// <param name="Text">The rewritten answer.</param>
public sealed record ProbedAnswer(
    long Row,
    string? Id,
    string Group,
    string Probe,
    string Side,
    double Original,
    double Other,
    double Rewritten,
    string Text
)
{
    /// <summary>
    /// Standard deviations over the members of an ensemble, of the answer's own score and of the rewritten one's; null where one model with
    /// one head gave them.
    /// </summary>
    public (double Original, double Rewritten)? Spread { get; init; }

    /// <summary>Rewritten minus original score.</summary>
    public double Shift => Rewritten - Original;
}
