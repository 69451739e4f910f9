using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>A verdict as a colleague would say it: two plain sentences, and what stands in the way with each cause said once.</summary>
public sealed record GateSummary
{
    /// <summary>What was decided, and what decided it.</summary>
    public required IReadOnlyList<string> Sentences { get; init; }

    /// <summary>What is not ready, then what cannot tell; checks that lack the same evidence, or rows, are one.</summary>
    public required IReadOnlyList<GateObstacle> Obstacles { get; init; }

    public static GateSummary Of(GateEvidence gate)
    {
        GateObstacle[] obstacles =
        [
            .. gate
                .Checks.Where(check => check.Verdict != GateVerdict.Ready)
                .OrderBy(check => check.Verdict == GateVerdict.NotReady ? 0 : 1)
                .GroupBy(check => (check.Verdict, Cause: Shared(check)))
                .Select(group => Obstacle([.. group], group.Key.Cause)),
        ];
        return new()
        {
            Sentences = [Decision(gate), .. Decider(gate, obstacles) is { } second ? new[] { second } : []],
            Obstacles = obstacles,
        };
    }

    /// <summary>A use in words; one of a policy of somebody's own as it stands there.</summary>
    private static string Use(string use) =>
        use switch
        {
            "monitor" => "for watching a policy (monitor)",
            "best-of-n" => "to pick the best of several answers (best-of-n)",
            "rl" => "as the reward of reinforcement learning (rl)",
            _ => "for " + use,
        };

    private static string Decision(GateEvidence gate)
    {
        int all = gate.Checks.Count,
            failed = gate.Checks.Count(check => check.Verdict == GateVerdict.NotReady),
            open = gate.Checks.Count(check => check.Verdict == GateVerdict.CannotTell);
        var (name, use) = (gate.Subject.Name, Use(gate.Use));
        return gate.Verdict switch
        {
            GateVerdict.Ready => $"{name} may be used {use}: all {all} checks passed.",
            GateVerdict.NotReady =>
                $"{name} may not be used {use}: of {all} checks {Verb(failed, "fails", "fail")}{(open > 0 ? $" and {Verb(open, "cannot tell", "cannot tell")}" : "")}.",
            _ =>
                $"Nobody can say yet whether {name} may be used {use}: of {all} checks {Verb(open, "cannot tell", "cannot tell")}, and none fails.",
        };
    }

    private static string? Decider(GateEvidence gate, IReadOnlyList<GateObstacle> obstacles)
    {
        if (gate.Verdict == GateVerdict.Ready)
            return gate.Checks.Where(check => Distance(check) is not null).MinBy(Distance) is { } nearest
                ? $"Nearest to its limit is {Meaning(nearest)}: {Figures(nearest)}, wanted {Limit(nearest)}."
                : null;
        if (gate.Verdict == GateVerdict.CannotTell && obstacles.MaxBy(obstacle => obstacle.Checks.Count) is { Checks.Count: > 1 } most)
            return $"The commonest cause, of {most.Checks.Count}: {most.Reason}.";
        return Gate.Deciding(gate) is not { } check ? null
            : check.Value is null ? $"What decides is {Meaning(check)}: {check.Reason}."
            : $"What decides is {Meaning(check)}: {Figures(check)}, wanted {Limit(check)}.";
    }

    /// <summary>How far a passed figure is from its limit, in half-widths of its interval; null where it has no interval.</summary>
    private static double? Distance(GateCheckResult check)
    {
        if (check is not { Value: { } value, Interval: { } interval } || interval.High <= interval.Low)
            return null;
        double[] limits = [.. new[] { check.AtLeast, check.AtMost }.OfType<double>()];
        return limits.Length == 0 ? null : limits.Min(limit => Math.Abs(value - limit)) / ((interval.High - interval.Low) / 2);
    }

    /// <summary>The limit in words.</summary>
    private static string Limit(GateCheckResult check) => check.Wanted.Replace(">= ", "at least ").Replace("<= ", "at most ");

    private static string Figures(GateCheckResult check) =>
        check.Text(check.Value!.Value)
        + (check.Interval is { } interval ? $" ({check.Text(interval.Low)} to {check.Text(interval.High)})" : "");

    private static string Meaning(GateCheckResult check) => Kind(check) is { } kind ? $"{check.Name} ({kind.Meaning})" : check.Name;

    private static GateCheckKind? Kind(GateCheckResult check) =>
        GateCheckKinds.All.FirstOrDefault(kind =>
            kind.Part is null ? kind.Name == check.Name : check.Name.StartsWith(kind.Name + ".", StringComparison.Ordinal)
        );

    /// <summary>What several checks may have in common; a check that failed, or one of its own, has its name.</summary>
    private static string Shared(GateCheckResult check) =>
        check.Cause switch
        {
            GateCause.NoEvidence when Kind(check) is { } kind => kind.Source,
            GateCause.TooFewRows or GateCause.NotReviewed when check.Evidence is { } place => $"{check.Cause} {place.Split(':')[0]}",
            _ => check.Name,
        };

    private static GateObstacle Obstacle(IReadOnlyList<GateCheckResult> checks, string cause) =>
        new(
            checks[0].Verdict,
            checks,
            checks.Count == 1
                ? checks[0].Reason
                : checks[0].Cause switch
                {
                    GateCause.NoEvidence => $"there is no evidence for them: {cause}",
                    GateCause.NotReviewed =>
                        $"nothing says that people reviewed the labels in {checks[0].Evidence!.Split(':')[0]}: have them reviewed",
                    _ =>
                        $"{checks[0].Evidence!.Split(':')[0]} rests on too few rows, {checks.Min(check => check.Count)}{(checks.Min(check => check.Count) == checks.Max(check => check.Count) ? "" : $" to {checks.Max(check => check.Count)}")}: add more",
                }
        );

    private static string Verb(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}

/// <summary>What stands in the way of a use.</summary>
/// <param name="Verdict">Not ready, or cannot tell.</param>
/// <param name="Checks">One that failed, or all that lack the same thing.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record GateObstacle(GateVerdict Verdict, IReadOnlyList<GateCheckResult> Checks, string Reason);
