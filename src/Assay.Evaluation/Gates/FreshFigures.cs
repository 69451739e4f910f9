using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>fresh.json</c>.</summary>
internal static class FreshFigures
{
    /// <summary>Of the human-reviewed pairs where those are demanded and there are some, else of all.</summary>
    public static IReadOnlyList<GateFigure> Accuracy(GateSources sources, GateCheck check)
    {
        if (sources.Single<FreshEvidence>(check) is not var (fresh, file))
            return [];
        var figure =
            check.HumanReviewed && fresh.HumanReviewed is { } reviewed
                ? GateFigure.Accuracy(
                    reviewed,
                    fresh.HumanReviewedIntervalByPrompt,
                    EvidencePlace.Of(file, fresh.HumanReviewed.Accuracy)
                ) with
                {
                    HumanReviewed = true,
                }
                : GateFigure.Accuracy(fresh.Fresh, fresh.IntervalByPrompt, EvidencePlace.Of(file, fresh.Fresh.Accuracy)) with
                {
                    HumanReviewed = false,
                };
        return [figure];
    }

    public static IReadOnlyList<GateFigure> Gap(GateSources sources, GateCheck check) =>
        sources.Single<FreshEvidence>(check) is var (fresh, file) && fresh.Static is { } fixedSet
            ?
            [
                new(fresh.Gap, EvidencePlace.Of(file, fresh.Gap))
                {
                    Count = Math.Min(fresh.Fresh.Pairs, fixedSet.Pairs),
                    Interval = fresh.GapInterval is { } interval ? GateFigure.Wider(interval, fresh.GapIntervalByPrompt) : null,
                },
            ]
            : [];

    public static IReadOnlyList<GateFigure> RewardDrift(GateSources sources, GateCheck check)
    {
        if (sources.Single<FreshEvidence>(check) is not var (fresh, file))
            return [];
        var at = fresh.Shifts.ToList().FindIndex(shift => shift.Quantity == "rewards");
        if (at < 0)
            return [];
        var drift = fresh.Shifts[at].Drift;
        return
        [
            new(drift.PopulationStability, EvidencePlace.Of(file, fresh.Shifts[at].Drift.PopulationStability, at))
            {
                Count = Math.Min(drift.Reference.Count, drift.Current.Count),
            },
        ];
    }
}
