using Assay.Evaluation.Evidence;
using Assay.Evaluation.Process;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures of judges, verifiers and process reward models.</summary>
internal static class SignalFigures
{
    public static IReadOnlyList<GateFigure> JudgeAccuracy(GateSources sources, GateCheck check) =>
        sources.Single<JudgeEvidence>(check) is var (judge, file)
            ?
            [
                new(judge.Report.Accuracy, $"{file}: report.accuracy")
                {
                    Count = judge.Report.Judged,
                    Interval = judge.Report.AccuracyInterval,
                    Note =
                        judge.Report.Judged < judge.Report.Pairs
                            ? $"{judge.Report.Pairs - judge.Report.Judged} pairs got no verdict"
                            : null,
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> NoVerdictRate(GateSources sources, GateCheck check) =>
        sources.Single<JudgeEvidence>(check) is var (judge, file)
            ? [GateFigure.Share(judge.Report.NoVerdictRate, judge.Report.Calls, $"{file}: report.no_verdict_rate")]
            : [];

    public static IReadOnlyList<GateFigure> FirstPlaceShare(GateSources sources, GateCheck check)
    {
        if (sources.Single<JudgeEvidence>(check) is not var (judge, file))
            return [];
        var place = $"{file}: report.position.first_place_share";
        if (judge.Report.Position is not { } position)
            return [new(double.NaN, place) { Note = "it was asked in one order only, or for ratings" }];
        return [new(position.FirstPlaceShare, place) { Count = judge.Report.Judged, Interval = judge.Report.FirstPlaceInterval }];
    }

    public static IReadOnlyList<GateFigure> PositionConsistency(GateSources sources, GateCheck check) =>
        sources.Single<JudgeEvidence>(check) is var (judge, file)
            ?
            [
                GateFigure.Share(
                    judge.Report.Position?.Consistency ?? double.NaN,
                    judge.Report.Judged,
                    $"{file}: report.position.consistency"
                ),
            ]
            : [];

    /// <summary>Keys that open the judge. It must be the judge whose verdicts are judged.</summary>
    public static IReadOnlyList<GateFigure> MasterKeys(GateSources sources, GateCheck check)
    {
        if (sources.Single<MasterKeysEvidence>(check) is not var (keys, file))
            return [];
        var tried = keys.MasterKeys.Where(key => key.Name != "control_rejected_answer").ToArray();
        var open = tried.Where(key => key.Opens).OrderByDescending(key => key.WinShare).ToArray();
        var figure = new GateFigure(tried.Length == 0 ? double.NaN : open.Length, $"{file}: master_keys")
        {
            Count = tried.Length == 0 ? 0 : tried.Min(key => key.Pairs),
            Note =
                open.Length == 0
                    ? null
                    : string.Join(
                        ", ",
                        open.Take(3).Select(key => System.FormattableString.Invariant($"{key.Name} wins {key.WinShare:0.00}"))
                    ),
        };
        return
        [
            sources.Single<JudgeEvidence>(check) is var (judge, of) && !judge.Judge.IsSameAs(keys.Judge)
                ? figure with
                {
                    Value = double.NaN,
                    Note = $"they are of another judge than {of}",
                }
                : figure,
        ];
    }

    public static IReadOnlyList<GateFigure> FalsePositives(GateSources sources, GateCheck check) =>
        sources.Single<VerifierEvidence>(check) is var (rule, file) ? [Of(rule.FalsePositive, $"{file}: false_positive", "wrong")] : [];

    public static IReadOnlyList<GateFigure> FalseNegatives(GateSources sources, GateCheck check) =>
        sources.Single<VerifierEvidence>(check) is var (rule, file) ? [Of(rule.FalseNegative, $"{file}: false_negative", "right")] : [];

    public static IReadOnlyList<GateFigure> Attacks(GateSources sources, GateCheck check)
    {
        if (sources.Single<VerifierEvidence>(check) is not var (rule, file))
            return [];
        if (rule.Attacks is not { } attacks)
            return [new(double.NaN, $"{file}: attacks") { Note = "no attack was made: assay verify --attack" }];
        return
        [
            .. attacks
                .OrderByDescending(attack => attack.Value)
                .Select(attack =>
                    GateFigure.Share(attack.Value, rule.Attacked, $"{file}: attacks.{attack.Key}") with
                    {
                        Part = attack.Key,
                        Interval = null,
                    }
                ),
        ];
    }

    public static IReadOnlyList<GateFigure> AboveMajority(GateSources sources, GateCheck check) =>
        sources.Single<ProcessReport>(check) is var (report, file)
            ?
            [
                new(report.AboveMajority, $"{file}: above_majority")
                {
                    Count = report.Steps,
                    Interval = Defined(report.AboveMajorityInterval),
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> StepScore(GateSources sources, GateCheck check) =>
        sources.Single<ProcessReport>(check) is var (report, file)
            ? [new(report.Bench.Score, $"{file}: bench.score") { Count = report.Steps, Interval = Defined(report.ScoreInterval) }]
            : [];

    public static IReadOnlyList<GateFigure> FirstErrors(GateSources sources, GateCheck check) =>
        sources.Single<ProcessReport>(check) is var (report, file)
            ?
            [
                report.FirstErrors is { RowsWithError: > 0 } found
                    ? GateFigure.Share(found.ErrorAccuracy, found.RowsWithError, $"{file}: first_errors.error_accuracy")
                    : new(double.NaN, $"{file}: first_errors") { Count = 0 },
            ]
            : [];

    public static IReadOnlyList<GateFigure> FalseAlarms(GateSources sources, GateCheck check) =>
        sources.Single<ProcessReport>(check) is var (report, file)
            ?
            [
                report.FirstErrors is { RowsWithout: > 0 } found
                    ? GateFigure.Share(1 - found.CorrectAccuracy, found.RowsWithout, $"{file}: first_errors.correct_accuracy")
                    : new(double.NaN, $"{file}: first_errors") { Count = 0 },
            ]
            : [];

    private static GateFigure Of(VerifierEvidence.ErrorRate? errors, string place, string kind) =>
        errors is null
            ? new(double.NaN, place) { Note = $"no labelled answer was {kind}" }
            : new(errors.Rate, place) { Count = errors.Rows, Interval = errors.Interval };

    private static Interval? Defined(Interval interval) => double.IsNaN(interval.Low) ? null : interval;
}
