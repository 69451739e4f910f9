using Assay.Data;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>audit.json</c>.</summary>
internal static class AuditFigures
{
    /// <summary>Probes named in a reason; the audit has them all.</summary>
    private const int MostNames = 6;

    /// <summary>As the mission's gate and RM-Bench's authors have it.</summary>
    private const double MatchedLimit = 1.1;

    /// <summary>
    /// Model and words are judged on the same pairs but taken as independent, because <c>audit.json</c> does not say on which they
    /// disagree: the interval is wider than it could be.
    /// </summary>
    public static IReadOnlyList<GateFigure> BetterThanBagOfWords(GateSources sources, GateCheck check)
    {
        if (sources.Single<AuditEvidence>(check) is not var (audit, file) || audit.Baselines is not { } baselines)
            return [];
        return
        [
            new(
                baselines.Model - baselines.BagOfWords,
                EvidencePlace.Of(file, audit.Baselines.Model) + " minus " + EvidencePlace.NameOf(baselines.BagOfWords)
            )
            {
                Count = baselines.Pairs,
                Interval = ProportionInterval.Difference(
                    baselines.Model,
                    baselines.ModelInterval,
                    baselines.BagOfWords,
                    baselines.BagOfWordsInterval
                ),
            },
        ];
    }

    public static IReadOnlyList<GateFigure> LengthMatchedAccuracy(GateSources sources, GateCheck check)
    {
        if (Length(sources, check) is not var (audit, length, file))
            return [];
        var at = length.Matched.ToList().FindIndex(subset => subset.Limit == MatchedLimit);
        if (at < 0)
            return [];
        return
        [
            GateFigure.Share(
                length.Matched[at].Accuracy,
                length.Matched[at].Pairs,
                EvidencePlace.Of(file, audit.Length!.Matched[at].Accuracy, at)
            ) with
            {
                Rows = EvalFigures.Worst(
                    sources.Evaluation,
                    pair => LengthRatio.Symmetric(pair.Chosen.Length, pair.Rejected.Length) <= MatchedLimit
                ),
            },
        ];
    }

    public static IReadOnlyList<GateFigure> ChosenShorterAccuracy(GateSources sources, GateCheck check) =>
        Length(sources, check) is var (audit, length, file)
            ?
            [
                GateFigure.Share(
                    length.AccuracyWhenChosenShorter,
                    length.ChosenShorter,
                    EvidencePlace.Of(file, audit.Length!.AccuracyWhenChosenShorter)
                ) with
                {
                    Rows = EvalFigures.Worst(sources.Evaluation, pair => pair.Chosen.Length < pair.Rejected.Length),
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> LengthAccuracyGap(GateSources sources, GateCheck check)
    {
        if (Length(sources, check) is not var (audit, length, file))
            return [];
        var (longer, shorter) = (
            GateFigure.Share(length.AccuracyWhenChosenLonger, length.ChosenLonger, file),
            GateFigure.Share(length.AccuracyWhenChosenShorter, length.ChosenShorter, file)
        );
        return
        [
            new(length.AccuracyGap, EvidencePlace.Of(file, audit.Length!.AccuracyGap))
            {
                Count = Math.Min(length.ChosenLonger, length.ChosenShorter),
                Rows = EvalFigures.Worst(sources.Evaluation, pair => pair.Chosen.Length < pair.Rejected.Length == length.AccuracyGap > 0),
                Interval =
                    longer.Interval is { } first && shorter.Interval is { } second
                        ? ProportionInterval.Difference(longer.Value, first, shorter.Value, second)
                        : null,
            },
        ];
    }

    public static IReadOnlyList<GateFigure> LongerPreferenceExcess(GateSources sources, GateCheck check) =>
        Length(sources, check) is var (audit, length, file)
            ?
            [
                Excess(
                    length.ModelPrefersLonger - length.LabelPrefersLonger,
                    length.ChosenLonger,
                    length.AccuracyWhenChosenLonger,
                    length.ChosenShorter,
                    length.AccuracyWhenChosenShorter,
                    EvidencePlace.Of(file, audit.Length!.ModelPrefersLonger) + " minus " + EvidencePlace.NameOf(length.LabelPrefersLonger)
                ),
            ]
            : [];

    public static IReadOnlyList<GateFigure> StyleExcess(GateSources sources, GateCheck check)
    {
        if (sources.Single<AuditEvidence>(check) is not var (audit, file) || audit.Style is not { } style)
            return [];
        GateFigure Figure(StyleFeatureAudit feature, int at)
        {
            var more = Math.Round(feature.LabelPrefersMore * feature.UnequalPairs);
            return Excess(
                feature.Excess,
                more,
                feature.AccuracyWhenChosenHasMore,
                feature.UnequalPairs - more,
                feature.AccuracyWhenChosenHasLess,
                EvidencePlace.Of(file, audit.Style!.Features[at].Excess, at)
            ) with
            {
                Part = feature.Feature,
            };
        }
        // The first feature is the length itself, which has checks of its own.
        return Enough(
            check,
            [
                .. style
                    .Features.Select(Figure)
                    .Skip(1)
                    .Where(figure => figure.Count > 0 && double.IsFinite(figure.Value))
                    .OrderByDescending(figure => figure.Value),
            ]
        );
    }

    public static IReadOnlyList<GateFigure> Probes(GateSources sources, GateCheck check)
    {
        if (sources.Single<AuditEvidence>(check) is not var (audit, file) || audit.Probes.Count == 0)
            return [];
        ProbeResult[] enough = [.. audit.Probes.Where(probe => probe.Answers >= check.MinCount)],
            few = [.. audit.Probes.Except(enough)],
            judged = enough.Length > 0 ? enough : few;
        ProbeResult[] broken = [.. judged.Where(probe => probe.IsBroken)];
        string?[] notes =
        [
            broken.Length > 0 ? "broken: " + Names(broken) : null,
            enough.Length > 0 && few.Length > 0 ? "too few answers to judge: " + Names(few) : null,
        ];
        return
        [
            new(broken.Length, EvidencePlace.Of(file, audit.Probes[0].IsBroken))
            {
                // Where none has answers enough, the one that has most says how far they are from it.
                Count = enough.Length > 0 ? enough.Min(probe => probe.Answers) : judged.Max(probe => probe.Answers),
                Basis = $" of {judged.Length} probes with {Answers(broken.Length > 0 ? broken : judged)} each",
                Rows = [.. broken.SelectMany(probe => probe.ExampleRows.Take(3)).Distinct().Take(EvalFigures.RowsShown)],
                Note = notes.Any(note => note is not null) ? string.Join("; ", notes.Where(note => note is not null)) : null,
            },
        ];
    }

    private static string Answers(IReadOnlyList<ProbeResult> probes) =>
        (probes.Min(probe => probe.Answers), probes.Max(probe => probe.Answers)) switch
        {
            var (least, most) when least == most => $"{least} answers",
            var (least, most) => $"{least} to {most} answers",
        };

    private static string Names(IReadOnlyList<ProbeResult> probes) =>
        string.Join(", ", probes.Take(MostNames).Select(probe => probe.Name))
        + (probes.Count > MostNames ? $" and {probes.Count - MostNames} more" : "");

    public static IReadOnlyList<GateFigure> Probe(GateSources sources, GateCheck check)
    {
        if (sources.Single<AuditEvidence>(check) is not var (audit, file) || audit.Probes.Count == 0)
            return [];
        var at = audit.Probes.ToList().FindIndex(probe => probe.Name == check.Part);
        if (at < 0)
        {
            string[] names = [.. audit.Probes.Select(probe => probe.Name)];
            throw new EvaluationException(
                $"{file} has no probe '{check.Part}'{NearestName.Suggest(check.Part!, names)}; it has {string.Join(", ", names)}"
            );
        }
        var probe = audit.Probes[at];
        return
        [
            new(probe.FlippedShare, EvidencePlace.Of(file, audit.Probes[at].FlippedShare, at))
            {
                Count = probe.Pairs,
                Interval = probe.FlippedInterval,
                Rows = [.. probe.ExampleRows.Take(EvalFigures.RowsShown)],
                Note = Beside(probe),
            },
        ];
    }

    /// <summary>What the probe says besides the pairs it turns.</summary>
    private static string? Beside(ProbeResult probe) =>
        probe switch
        {
            { Expectation: ProbeExpectation.Bottom, MeanPercentile: >= 0 and var rank } => FormattableString.Invariant(
                $"mean percentile {rank:0.0} of the answers' scores"
            ),
            { RankPairs: > 0 and var pairs } => FormattableString.Invariant(
                $"with both answers rewritten {probe.RankFlippedShare:0.000} of {pairs} pairs lose their order"
            ),
            _ => null,
        };

    public static IReadOnlyList<GateFigure> SelfTests(GateSources sources, GateCheck check)
    {
        if (sources.Single<AuditEvidence>(check) is not var (audit, file) || audit.SelfTests.Count == 0)
            return [];
        SelfTestResult[] failed = [.. audit.SelfTests.Where(test => !test.Passed)];
        return
        [
            new(failed.Length, EvidencePlace.Of(file, audit.SelfTests[0].Passed))
            {
                Count = audit.SelfTests.Min(test => test.Compared),
                Note = failed.Length > 0 ? "failed: " + string.Join(", ", failed.Select(test => test.Name)) : null,
            },
        ];
    }

    private static (AuditEvidence Audit, LengthAudit Length, string File)? Length(GateSources sources, GateCheck check) =>
        sources.Single<AuditEvidence>(check) is var (audit, file) && audit.Length is { } length ? (audit, length, file) : null;

    /// <summary>
    /// The model's preference for more of something minus people's. They differ on a pair exactly where the model errs, so the interval is
    /// the paired one, from the errors on either side (a tie half an error).
    /// </summary>
    private static GateFigure Excess(double value, double more, double accuracyWhenMore, double less, double accuracyWhenLess, string place)
    {
        var (onlyModel, onlyPeople) = (less == 0 ? 0 : less * (1 - accuracyWhenLess), more == 0 ? 0 : more * (1 - accuracyWhenMore));
        var half = PairedDifference.AgrestiMin(onlyModel, onlyPeople, more + less);
        // Ties of scores are outside the model's share and inside people's: the width is kept, round the value that the audit prints.
        var middle = (half.Low + half.High) / 2;
        return new(value, place)
        {
            Count = (long)(more + less),
            Interval = more + less > 0 ? new(value - (middle - half.Low), value + (half.High - middle)) : null,
        };
    }

    /// <summary>Features with enough pairs; all when none has, so that the check can say how many there are.</summary>
    private static IReadOnlyList<GateFigure> Enough(GateCheck check, IReadOnlyList<GateFigure> figures)
    {
        GateFigure[] enough = [.. figures.Where(figure => figure.Count >= check.MinCount)];
        return enough.Length > 0 ? enough : figures;
    }
}
