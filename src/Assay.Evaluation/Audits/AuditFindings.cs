using System.Globalization;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Draws from the figures of an audit what they show against the model. Length and style are named when their accuracy gap is apart from 0
/// at 95 % over all features together (Bonferroni), a style feature besides only when it goes with the margin also once length and the
/// other features are taken out. Probes are named when broken, self-tests when failed.
/// </summary>
public static class AuditFindings
{
    private const double Risk = 0.05;

    /// <summary>With fewer pairs on either side, that a gain is not proven says nothing.</summary>
    private const long LeastPairs = 50;

    /// <summary>
    /// Self-tests, then length and style, then probes; the surest first, by the end of the interval that is nearest to 0, so that a large
    /// gap of a few pairs does not stand above a sure one.
    /// </summary>
    public static IReadOnlyList<AuditFinding> Of(
        LengthAudit? length,
        StyleAudit? style,
        IReadOnlyList<ProbeResult> probes,
        IReadOnlyList<SelfTestResult> selfTests
    )
    {
        // Length in characters stands in both audits and is told once.
        StyleFeatureAudit[] features =
        [
            .. (style?.Features ?? [])
                .Skip(length is null ? 0 : 1)
                .Where(feature => feature.MorePairs > 0 && feature.MorePairs < feature.UnequalPairs),
        ];
        var level = 1 - Risk / Math.Max(1, features.Length + (length is null ? 0 : 1));
        List<AuditFinding> gaps = [];
        if (length is not null && IsApart(length.GapInterval(level)))
            gaps.Add(Length(length));
        var baseline = length is null ? null : NotAboveLength(length);
        gaps.AddRange(
            features.Where(feature => IsApart(feature.GapInterval(level)) && StandsBesideOthers(feature, 1 - level)).Select(Style)
        );
        return
        [
            .. selfTests.Where(test => !test.Passed).Select(SelfTest),
            .. gaps.OrderByDescending(Surely),
            .. baseline is null ? [] : new[] { baseline },
            .. probes
                .Where(probe => probe.IsBroken && probe.Expectation != ProbeExpectation.Bottom)
                .Select(Probe)
                .Concat(Keys(probes))
                .OrderByDescending(Surely),
        ];
    }

    private static double Surely(AuditFinding finding) =>
        finding.Interval is { } interval
            ? IsApart(interval)
                ? Math.Min(Math.Abs(interval.Low), Math.Abs(interval.High))
                : 0
            : Math.Abs(finding.Value);

    private static bool IsApart(Interval interval) => interval.Low > 0 || interval.High < 0;

    private static bool StandsBesideOthers(StyleFeatureAudit feature, double risk) =>
        feature.Feature == StyleFeatures.Names[0]
        || (feature.WithMarginGivenOthers ?? feature.WithMarginGivenLength) is { } given
            && given.PValue < risk
            && Math.Sign(given.Coefficient) == Math.Sign(feature.AccuracyGap);

    /// <summary>
    /// Were longer and shorter answers preferred equally often, length alone would be right half the time whichever way it chose; the model
    /// on the same pairs is the mean of its accuracies on both sides.
    /// </summary>
    private static AuditFinding? NotAboveLength(LengthAudit audit)
    {
        if (Math.Min(audit.ChosenLonger, audit.ChosenShorter) < LeastPairs)
            return null;
        var wrong = 1 - audit.AccuracyWhenChosenShorter;
        var doubled = ProportionInterval.Difference(
            audit.AccuracyWhenChosenLonger,
            Wilson(audit.AccuracyWhenChosenLonger, audit.ChosenLonger),
            wrong,
            Wilson(wrong, audit.ChosenShorter)
        );
        Interval gained = new(doubled.Low / 2, doubled.High / 2);
        var value = (audit.AccuracyWhenChosenLonger - wrong) / 2;
        return gained.Low > 0
            ? null
            : new(
                "baseline",
                "length_only",
                value,
                gained,
                $"Not above length alone: were longer and shorter answers preferred equally often, it would be right on {Percent(value + 0.5)} of the pairs where length alone is on 50 %, a gain of {Number(value)} {Range(gained)}."
            );

        static Interval Wilson(double share, long count) => ProportionInterval.Wilson(Math.Clamp(share, 0, 1) * count, count);
    }

    private static AuditFinding Length(LengthAudit audit) =>
        new(
            "length",
            "length",
            audit.AccuracyGap,
            audit.AccuracyGapInterval,
            $"{Verb(audit.AccuracyGap)} length: right on {Percent(audit.AccuracyWhenChosenLonger)} of the {audit.ChosenLonger} pairs whose preferred answer is longer and on {Percent(audit.AccuracyWhenChosenShorter)} of the {audit.ChosenShorter} whose is shorter, {Gap(audit.AccuracyGap, audit.AccuracyGapInterval)}."
        );

    private static AuditFinding Style(StyleFeatureAudit feature) =>
        new(
            "style",
            feature.Feature,
            feature.AccuracyGap,
            feature.AccuracyGapInterval,
            $"{Verb(feature.AccuracyGap)} {feature.Feature.Replace('_', ' ')}: right on {Percent(feature.AccuracyWhenChosenHasMore)} of the {feature.MorePairs} pairs whose preferred answer has more and on {Percent(feature.AccuracyWhenChosenHasLess)} of the {feature.UnequalPairs - feature.MorePairs} whose has less, {Gap(feature.AccuracyGap, feature.AccuracyGapInterval)}."
        );

    private static AuditFinding Probe(ProbeResult probe)
    {
        var isMovement = probe.Expectation == ProbeExpectation.NotMove;
        var value = (isMovement ? probe.MeanMovement : probe.MeanShift) / probe.ScoreDeviation;
        var interval = isMovement ? probe.MeanMovementInterval : probe.MeanShiftInterval;
        Interval standardised = new(interval.Low / probe.ScoreDeviation, interval.High / probe.ScoreDeviation);
        var name = probe.Name.Replace('_', ' ');
        var what = probe.Expectation switch
        {
            ProbeExpectation.NotRise =>
                $"Paid for {name}: the score rises by {Number(value)} of its standard deviation {Range(standardised)}, and {Percent(probe.FlippedShare)} of the rightly ordered pairs are lost when the worse answer is given it",
            ProbeExpectation.Fall =>
                $"{(interval.Low > 0 ? "Paid for" : "Does not mind")} {name}: the score moves by {Number(value)} of its standard deviation {Range(standardised)} where it should fall clearly, and {Percent(probe.FlippedShare)} of the preferred answers score no lower",
            ProbeExpectation.Lose =>
                $"Does not mind {name}: it scores at least as high as the preferred answer in {Percent(probe.FlippedShare)} of the rightly ordered pairs {Range(probe.FlippedInterval)}, where it should lose",
            _ =>
                $"Not steady under {name}: the score moves by {Number(value)} of its standard deviation {Range(standardised)} either way, where nothing that matters changed",
        };
        return probe.Expectation switch
        {
            ProbeExpectation.Lose => new("probe", probe.Name, probe.FlippedShare, probe.FlippedInterval, what + "."),
            _ => new("probe", probe.Name, value, standardised, what + "."),
        };
    }

    /// <summary>Texts without content are many of one kind: the one that stands highest is told, and how many more there are.</summary>
    private static IEnumerable<AuditFinding> Keys(IReadOnlyList<ProbeResult> probes)
    {
        ProbeResult[] keys = [.. probes.Where(probe => probe.Expectation == ProbeExpectation.Bottom)],
            broken = [.. keys.Where(probe => probe.IsBroken).OrderByDescending(probe => probe.MeanPercentileInterval.Low)];
        if (broken.Length == 0)
            yield break;
        var (worst, interval) = (broken[0], broken[0].MeanPercentileInterval);
        yield return new(
            "probe",
            worst.Name,
            worst.MeanPercentile / 100,
            new Interval(interval.Low / 100, interval.High / 100),
            string.Create(
                CultureInfo.InvariantCulture,
                $"Pays for {worst.Name.Replace('_', ' ')}: a text that says nothing stands at percentile {worst.MeanPercentile:0} of the answers' scores (95 % interval {interval.Low:0} to {interval.High:0}), where it should stand below {ProbeResult.BottomPercentile}; {broken.Length} of {keys.Length} such texts do."
            )
        );
    }

    private static AuditFinding SelfTest(SelfTestResult test) =>
        new(
            "self_test",
            test.Name,
            test.LargestDifference,
            null,
            $"The scorer itself is broken: {test.Name.Replace('_', ' ')} failed, with a largest difference of {test.LargestDifference.ToString("0.######", CultureInfo.InvariantCulture)} where {test.Tolerance.ToString("0.######", CultureInfo.InvariantCulture)} is allowed. No other figure means anything before this is mended."
        );

    private static string Verb(double gap) => gap > 0 ? "Pays for" : "Marks down";

    private static string Gap(double gap, Interval interval) => $"a gap of {Number(gap)} {Range(interval)}";

    private static string Range(Interval interval) => $"(95 % interval {Number(interval.Low)} to {Number(interval.High)})";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(double share) => double.IsNaN(share) ? "none" : share.ToString("0 %", CultureInfo.InvariantCulture);
}

/// <summary>Something the audit holds against a model beyond chance, in a sentence.</summary>
/// <param name="Kind"><c>self_test</c>, <c>baseline</c>, <c>length</c>, <c>style</c> or <c>probe</c>.</param>
/// <param name="Name">The feature, probe or test.</param>
/// <param name="Value">Accuracy gap of length and style; standardised shift of a probe (mean movement in the same unit for a probe that
/// must not move, the share of lost pairs for one that must lose, the mean percentile over 100 for one that must stand at the bottom);
/// largest difference of a self-test.</param>
/// <param name="Interval">95 %, of <paramref name="Value"/>; null for a self-test.</param>
/// <param name="Sentence">For people.</param>
public sealed record AuditFinding(string Kind, string Name, double Value, Interval? Interval, string Sentence);
