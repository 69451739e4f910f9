using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>fresh.json</c>.</summary>
internal static class FreshFigures
{
    /// <summary>Of the human-reviewed pairs where those are demanded and there are some, else of all.</summary>
    public static IReadOnlyList<GateFigure> Accuracy(GateSources sources, GateCheck check)
    {
        if (sources.Single<FreshEvidence>(check) is not var (fresh, file)) return [];
        var reviewed = check.HumanReviewed ? fresh.HumanReviewed : null;
        var figures = reviewed ?? fresh.Fresh;
        return [new(figures.Accuracy, $"{file}: {(reviewed is null ? "fresh" : "human_reviewed")}.accuracy") { Count = figures.Pairs, Interval = figures.AccuracyInterval, HumanReviewed = reviewed is not null }];
    }

    public static IReadOnlyList<GateFigure> Gap(GateSources sources, GateCheck check) => sources.Single<FreshEvidence>(check) is var (fresh, file) && fresh.Static is { } fixedSet
        ? [new(fresh.Gap, $"{file}: gap") { Count = Math.Min(fresh.Fresh.Pairs, fixedSet.Pairs), Interval = fresh.GapInterval }]
        : [];

    public static IReadOnlyList<GateFigure> RewardDrift(GateSources sources, GateCheck check)
    {
        if (sources.Single<FreshEvidence>(check) is not var (fresh, file)) return [];
        var at = fresh.Shifts.ToList().FindIndex(shift => shift.Quantity == "rewards");
        if (at < 0) return [];
        var drift = fresh.Shifts[at].Drift;
        return [new(drift.PopulationStability, $"{file}: shifts[{at}].drift.population_stability") { Count = Math.Min(drift.Reference.Count, drift.Current.Count) }];
    }
}
