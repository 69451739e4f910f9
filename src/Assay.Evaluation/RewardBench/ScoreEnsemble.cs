using Assay.Ground.Numerics;

namespace Assay.Evaluation.RewardBench;

/// <summary>
/// Combines stored scores of several models on the same pairs (allenai/reward-bench <c>analysis/run_ensemble_offline.py</c>): each model's
/// scores are first brought to mean 0 and population deviation 1 over the chosen and rejected scores of all rows.
/// </summary>
public static class ScoreEnsemble
{
    /// <summary>One model's scores.</summary>
    public sealed record Member(IReadOnlyList<double> Chosen, IReadOnlyList<double> Rejected);

    /// <summary>Mean and population standard deviation over both sides.</summary>
    public static (double Mean, double Deviation) Scale(Member member)
    {
        double[] all = [.. member.Rejected, .. member.Chosen];
        return (Moments.Mean(all), Math.Sqrt(Moments.Central(all, 2)));
    }

    /// <summary>A member at mean 0 and deviation 1.</summary>
    /// <exception cref="EvaluationException">All its scores are equal.</exception>
    public static Member Normalise(Member member)
    {
        var (mean, deviation) = Scale(member);
        if (deviation == 0)
            throw new EvaluationException("a model of the ensemble gives every answer the same score: it has no scale");
        return new(
            [.. member.Chosen.Select(score => (score - mean) / deviation)],
            [.. member.Rejected.Select(score => (score - mean) / deviation)]
        );
    }

    /// <summary>The ensemble's scores; normalise the members first unless they share a scale.</summary>
    /// <exception cref="ArgumentException">There is no member, or they have different numbers of rows.</exception>
    public static Member Combine(IReadOnlyList<Member> members, EnsembleRule rule)
    {
        if (
            members.Count == 0
            || members.Any(member => member.Chosen.Count != members[0].Chosen.Count || member.Rejected.Count != members[0].Chosen.Count)
        )
            throw new ArgumentException("an ensemble needs members that scored the same pairs", nameof(members));
        double[] Side(Func<Member, IReadOnlyList<double>> side) =>
            [.. Enumerable.Range(0, members[0].Chosen.Count).Select(row => One([.. members.Select(member => side(member)[row])], rule))];
        return new(Side(member => member.Chosen), Side(member => member.Rejected));
    }

    private static double One(double[] scores, EnsembleRule rule) =>
        rule switch
        {
            EnsembleRule.Mean => Moments.Mean(scores),
            EnsembleRule.Worst => scores.Min(),
            _ => Moments.Mean(scores) - Math.Sqrt(Moments.Central(scores, 2)),
        };
}

/// <summary>How several models' scores of one answer become one.</summary>
public enum EnsembleRule
{
    Mean,

    /// <summary>The lowest.</summary>
    Worst,

    /// <summary>Mean minus population standard deviation across models.</summary>
    Uncertainty,
}
