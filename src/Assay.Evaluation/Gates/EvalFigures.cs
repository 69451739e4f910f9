using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>eval.json</c>.</summary>
internal static class EvalFigures
{
    /// <summary>Rows named beside a figure.</summary>
    public const int RowsShown = 10;

    public static IReadOnlyList<GateFigure> HeldoutAccuracy(GateSources sources, GateCheck check)
    {
        if (sources.Single<EvalEvidence>(check) is not var (eval, file))
            return [];
        var figure = GateFigure.Accuracy(eval.Metrics, eval.IntervalByPrompt, EvidencePlace.Of(file, eval.Metrics.Accuracy)) with
        {
            Rows = Worst(eval, _ => true),
        };
        return [RowFigures.TrainedOn(sources, eval) is { } refutation ? figure with { Refutation = refutation } : figure];
    }

    /// <summary>
    /// On pairs weighted so that the longer answer wins half the time, choosing by length alone is right on 1/2 of them whichever way it
    /// chooses. So a held-out set in which the longer answer nearly always wins neither makes a length shortcut look sound nor a sound
    /// model look bad.
    /// </summary>
    public static IReadOnlyList<GateFigure> BetterThanLengthOnly(GateSources sources, GateCheck check)
    {
        if (sources.Single<EvalEvidence>(check) is not var (eval, file))
            return [];
        PairSlice? Slice(string name) => eval.Metrics.Slices.FirstOrDefault(slice => slice.By == "length_order" && slice.Name == name);
        if (Slice("chosen_longer") is not { } longer || Slice("chosen_shorter") is not { } shorter)
            return [];
        var wrong = 1 - shorter.Accuracy;
        var doubled = ProportionInterval.Difference(
            longer.Accuracy,
            longer.AccuracyInterval,
            wrong,
            new(1 - shorter.AccuracyHigh, 1 - shorter.AccuracyLow)
        );
        return
        [
            new((longer.Accuracy - wrong) / 2, EvidencePlace.Of(file, eval.Metrics.Slices) + " " + longer.By)
            {
                Count = Math.Min(longer.Pairs, shorter.Pairs),
                Interval = new(doubled.Low / 2, doubled.High / 2),
                Rows = Worst(eval, pair => pair.Chosen.Length < pair.Rejected.Length == shorter.Accuracy < longer.Accuracy),
            },
        ];
    }

    public static IReadOnlyList<GateFigure> CalibrationError(GateSources sources, GateCheck check) =>
        sources.Single<EvalEvidence>(check) is var (eval, file)
            ?
            [
                new(
                    eval.Calibration.EqualWidth.ExpectedCalibrationError,
                    EvidencePlace.Of(file, eval.Calibration.EqualWidth.ExpectedCalibrationError)
                )
                {
                    Count = eval.Calibration.Pairs,
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> Temperature(GateSources sources, GateCheck check)
    {
        if (sources.Single<EvalEvidence>(check) is not var (eval, file))
            return [];
        var fit = eval.Calibration.Temperature;
        var (inverse, half) = (1 / fit.Temperature, 1.96 * fit.InverseStandardError);
        return
        [
            new(fit.Temperature, EvidencePlace.Of(file, eval.Calibration.Temperature.Temperature))
            {
                Count = eval.Calibration.Pairs,
                Interval =
                    fit.IsUsable && double.IsFinite(half)
                        ? new(1 / (inverse + half), inverse > half ? 1 / (inverse - half) : double.MaxValue)
                        : null,
                Note = fit.IsUsable ? null : "no temperature fits these margins",
            },
        ];
    }

    /// <summary>Rows of the worst mistakes among some pairs; none without an evaluation.</summary>
    public static IReadOnlyList<long> Worst(EvalEvidence? eval, Func<WorstPair, bool> fits) =>
        eval is null ? [] : [.. eval.Worst.Where(fits).Take(RowsShown).Select(pair => pair.Row)];
}
