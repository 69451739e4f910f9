using System.Globalization;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>
/// Compares evidence with a policy. A figure with an interval is ready when the whole interval is on the right side of the limit, not ready
/// when all of it is on the wrong side, and cannot tell in between; a figure without one is compared as a point. No correction for the
/// number of checks: a policy of many is stricter than each, and its 95 % are each check's own.
/// </summary>
public static class Gate
{
    /// <summary>Further parts of a check (style features, benchmarks) named in its reason; the evidence has them all.</summary>
    private const int OthersNamed = 3;

    /// <summary>Decides, and seals the verdict.</summary>
    /// <exception cref="EvaluationException">A check of the policy has two pieces of evidence.</exception>
    public static GateEvidence Decide(GatePolicy policy, GateSources sources, TimeProvider clock)
    {
        GateCheckResult[] checks = [.. Asked(policy, sources).Select(check => Judge(check, sources.FiguresFor(check)))];
        return GateSeal.On(
            new GateEvidence
            {
                Subject = sources.Subject,
                Inputs = sources.Inputs,
                Use = policy.Use,
                Policy = policy.Source,
                Verdict = Overall(checks.Select(check => check.Verdict)),
                Checks = checks,
                Time = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Seal = "",
            }
        );
    }

    /// <summary>One that is not ready decides, else one that cannot tell.</summary>
    public static GateVerdict Overall(IEnumerable<GateVerdict> verdicts)
    {
        GateVerdict[] all = [.. verdicts];
        return all.Contains(GateVerdict.NotReady) ? GateVerdict.NotReady
            : all.Contains(GateVerdict.CannotTell) ? GateVerdict.CannotTell
            : GateVerdict.Ready;
    }

    /// <summary>The check that decided: the first, in the policy's order, with the verdict of all. Null when everything is ready.</summary>
    public static GateCheckResult? Deciding(GateEvidence gate) =>
        gate.Verdict == GateVerdict.Ready ? null : gate.Checks.First(check => check.Verdict == gate.Verdict);

    /// <summary>What the policy asks, and before it what is asked of all evidence, so that it is the reason given.</summary>
    private static IEnumerable<GateCheck> Asked(GatePolicy policy, GateSources sources)
    {
        var always = GateCheckKinds.All.Where(kind =>
            kind.IsAlwaysAsked && sources.Measured.Any() && policy.Checks.All(check => check.Kind != kind)
        );
        return
        [
            .. always.Select(kind => new GateCheck
            {
                Name = kind.Name,
                Kind = kind,
                AtLeast = kind.AtLeast,
                AtMost = kind.AtMost,
                MinCount = kind.MinCount,
            }),
            .. policy.Checks,
        ];
    }

    private static GateCheckResult Judge(GateCheck check, IReadOnlyList<GateFigure> figures)
    {
        if (figures.Count == 0)
        {
            return new GateCheckResult
            {
                Name = check.Name,
                Verdict = GateVerdict.CannotTell,
                Value = null,
                Interval = null,
                Wanted = check.Wanted,
                AtLeast = check.AtLeast,
                AtMost = check.AtMost,
                Cause = GateCause.NoEvidence,
                Count = null,
                Evidence = null,
                Rows = [],
                Reason = $"no evidence ({check.Kind.Meaning}): {check.Kind.Source}",
            };
        }
        var judged = figures.Select(figure => (Figure: figure, Judgement: Judge(check, figure))).ToArray();
        var verdict = Overall(judged.Select(one => one.Judgement.Verdict));
        var (decider, (_, cause, reason)) = judged.First(one => one.Judgement.Verdict == verdict);
        var others = judged
            .Where(one => verdict != GateVerdict.Ready && one.Judgement.Verdict == verdict && one.Figure != decider)
            .Select(one => $"{one.Figure.Part} {Text(check, one.Figure)}")
            .ToArray();
        return new GateCheckResult
        {
            Name = check.Name,
            Verdict = verdict,
            Value = double.IsFinite(decider.Value) ? decider.Value : null,
            Interval = decider.Interval,
            Wanted = check.Wanted,
            AtLeast = check.AtLeast,
            AtMost = check.AtMost,
            Cause = cause,
            Count = decider.Count,
            Reason =
                (decider.Part is null ? "" : decider.Part + ": ")
                + reason
                + (
                    others.Length > 0
                        ? $" (so too {string.Join(", ", others.Take(OthersNamed))}{(others.Length > OthersNamed ? $" and {others.Length - OthersNamed} more" : "")})"
                        : ""
                ),
            Evidence = decider.Place,
            Rows = decider.Rows,
        };
    }

    private static (GateVerdict Verdict, GateCause? Cause, string Reason) Judge(GateCheck check, GateFigure figure)
    {
        var text =
            Text(check, figure)
            + (
                figure.Basis
                ?? (figure.Count is { } count ? string.Create(CultureInfo.InvariantCulture, $" over {count} {check.Kind.Counted}") : "")
            )
            + (figure.Note is null ? "" : $" [{figure.Note}]");
        if (figure.Refutation is { } refutation)
            return (GateVerdict.NotReady, null, $"{text}, but {refutation}");
        if (!double.IsFinite(figure.Value))
            return (
                GateVerdict.CannotTell,
                GateCause.Undefined,
                figure.Count == 0
                    ? $"there are no {check.Kind.Counted} for it: add some"
                    : $"the evidence leaves it undefined{(figure.Note is null ? "" : $": {figure.Note}")}"
            );
        if (check.HumanReviewed && figure.HumanReviewed != true)
            return (
                GateVerdict.CannotTell,
                GateCause.NotReviewed,
                $"{text}, but {(figure.HumanReviewed == false ? "people have not reviewed" : "nothing says that people reviewed")} the labels: have them reviewed"
            );
        if (figure.Count < check.MinCount)
            return (
                GateVerdict.CannotTell,
                GateCause.TooFewRows,
                $"{text}; at least {check.MinCount} are wanted before it counts: add more"
            );
        var (low, high) = figure.Interval is { } interval ? (interval.Low, interval.High) : (figure.Value, figure.Value);
        var (atLeast, atMost) = (check.AtLeast ?? double.NegativeInfinity, check.AtMost ?? double.PositiveInfinity);
        if (low >= atLeast && high <= atMost)
            return (GateVerdict.Ready, null, $"{text}, wanted {check.Wanted}");
        if (high < atLeast || low > atMost)
            return (GateVerdict.NotReady, null, $"{text}, wanted {check.Wanted}: {check.Kind.Advice}");
        return (
            GateVerdict.CannotTell,
            GateCause.AcrossLimit,
            $"{text}, wanted {check.Wanted}: the interval holds the limit{Needed(check, figure)}"
        );
    }

    /// <summary>
    /// How many rows would decide if the figure stayed: the width of an interval goes with one over the root of its rows.
    /// </summary>
    private static string Needed(GateCheck check, GateFigure figure)
    {
        if (figure is not { Interval: { } interval, Count: > 0 })
            return ": add more rows";
        var limit = new[] { check.AtLeast, check.AtMost }
            .OfType<double>()
            .Where(interval.Contains)
            .MinBy(limit => Math.Abs(figure.Value - limit));
        var (distance, half) = (Math.Abs(figure.Value - limit), (interval.High - interval.Low) / 2);
        var rows = figure.Count.Value * half * half / (distance * distance);
        return distance > 0 && rows < 1e6
            ? string.Create(CultureInfo.InvariantCulture, $"; if the figure stays, about {RoundUp(rows)} {check.Kind.Counted} decide")
            : ", and the figure is at it: more rows alone may not decide";
    }

    private static long RoundUp(double rows)
    {
        var step = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(rows)) - 1));
        return (long)(Math.Ceiling(rows / step) * step);
    }

    private static string Text(GateCheck check, GateFigure figure)
    {
        string Number(double value) => GateNumber.Of(value, check.AtLeast, check.AtMost);
        return Number(figure.Value) + (figure.Interval is { } interval ? $" ({Number(interval.Low)} to {Number(interval.High)})" : "");
    }
}
