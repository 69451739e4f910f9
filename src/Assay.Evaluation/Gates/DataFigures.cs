using Assay.Data.Checking;
using Assay.Data.Splits;

namespace Assay.Evaluation.Gates;

/// <summary>
/// The gate's figures from the data lane: the proof in <c>split.json</c> and the counts of a check's <c>report.json</c>. All but the
/// agreement are counts of everything there is, without an interval.
/// </summary>
internal static class DataFigures
{
    public static IReadOnlyList<GateFigure> SplitOverlap(GateSources sources, GateCheck check)
    {
        if (sources.Single<PairSplit>(check) is not var (split, file) || split.Proof is not { } proof)
            return [];
        var figure = new GateFigure(
            proof.GroupsOnBothSides + proof.Left.Total,
            EvidencePlace.Of(file, split.Proof.GroupsOnBothSides) + ", " + EvidencePlace.MemberOf(split.Proof.Left)
        )
        {
            Count = proof.Rows,
            Note = $"{proof.GroupsOnBothSides} groups on both sides, {proof.Left.Total} training rows like a held-out row",
            Rows = proof.Left.Total > 0 ? [proof.LargestSimilarityTrainRow, proof.LargestSimilarityHeldoutRow] : [],
        };
        var (side, count, note) = HeldoutSide.Of(sources, split);
        return side switch
        {
            SplitSide.Heldout => [figure],
            SplitSide.Train => [figure with { Value = count, Note = note }],
            _ => [figure with { Value = double.NaN, Note = note }],
        };
    }

    public static IReadOnlyList<GateFigure> QuarantineShare(GateSources sources, GateCheck check) =>
        sources.Single<CheckReport>(check) is var (report, file)
            ?
            [
                new(
                    report.ItemCount == 0 ? double.NaN : (double)report.QuarantineCount / report.ItemCount,
                    EvidencePlace.Of(file, report.QuarantineCount) + " / " + EvidencePlace.NameOf(report.ItemCount)
                )
                {
                    Count = report.ItemCount,
                    Note =
                        report.QuarantineCount == 0
                            ? null
                            : string.Join(
                                ", ",
                                report
                                    .Reasons.Where(reason => reason.Status == "quarantine")
                                    .Select(reason => $"{reason.Code} {reason.Count}")
                            ),
                    Rows = Lines(report, "quarantine"),
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> ContractErrors(GateSources sources, GateCheck check) =>
        sources.Single<CheckReport>(check) is var (report, file)
            ? [new(report.ErrorCount, EvidencePlace.Of(file, report.ErrorCount)) { Count = report.RowCount }]
            : [];

    public static IReadOnlyList<GateFigure> AnnotatorAgreement(GateSources sources, GateCheck check)
    {
        if (sources.Single<CheckReport>(check) is not var (report, file) || report.Agreement is not { KrippendorffAlpha: { } alpha } votes)
            return [];
        return
        [
            new(alpha.Value ?? double.NaN, EvidencePlace.Of(file, report.Agreement.KrippendorffAlpha))
            {
                Count = votes.PairedRowCount,
                Interval = alpha is { Low: { } low, High: { } high } ? new(low, high) : null,
            },
        ];
    }

    private static IReadOnlyList<long> Lines(CheckReport report, string status)
    {
        var codes = report.Reasons.Where(reason => reason.Status == status).Select(reason => reason.Code).ToHashSet();
        return
        [
            .. report
                .Examples.Where(example => codes.Contains(example.Code))
                .Select(example => example.Line)
                .Distinct()
                .Take(EvalFigures.RowsShown),
        ];
    }
}
