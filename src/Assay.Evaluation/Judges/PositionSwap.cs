namespace Assay.Evaluation.Judges;

/// <summary>
/// A judge asked twice, the second time with the answers swapped. A verdict names the place shown, so a judge that means what it says
/// changes it. "Conservative": a candidate wins only when both calls say so, everything else is half (Zheng et al. 2023).
/// </summary>
public sealed record PositionSwap
{
    /// <summary>Share of pairs whose two verdicts agree on the candidate.</summary>
    public required double Consistency { get; init; }

    /// <summary>Share of pairs in which the first place won both times.</summary>
    public required double AlwaysFirstPlace { get; init; }

    /// <summary>Share of pairs in which the second place won both times.</summary>
    public required double AlwaysSecondPlace { get; init; }

    /// <summary>The other inconsistent pairs.</summary>
    public double RestInconsistent => 1 - Consistency - AlwaysFirstPlace - AlwaysSecondPlace;

    /// <summary>Share of the decided calls that name the first place: 1/2 without position bias. NaN without a decided call.</summary>
    public required double FirstPlaceShare { get; init; }

    /// <summary>Win rate of candidate 1, inconsistent pairs half.</summary>
    public required double ConservativeWinRate { get; init; }

    /// <summary>Mean over all calls of candidate 1's result, ties half.</summary>
    public required double MeanOfCalls { get; init; }

    /// <summary>Judges pairs of verdicts; none may be <see cref="Verdict.None"/>.</summary>
    /// <exception cref="EvaluationException">There are no pairs, or a verdict is missing.</exception>
    public static PositionSwap Of(IReadOnlyList<(Verdict FirstCall, Verdict SecondCall)> pairs)
    {
        if (pairs.Count == 0)
            throw new EvaluationException("there are no pairs of verdicts to compare");
        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].FirstCall == Verdict.None || pairs[i].SecondCall == Verdict.None)
                throw new EvaluationException($"pair {i + 1} has no verdict in one of its calls; leave it out or count it apart");
        }
        double n = pairs.Count,
            decided = pairs.Sum(pair => Decided(pair.FirstCall) + Decided(pair.SecondCall));
        return new PositionSwap
        {
            Consistency = pairs.Count(pair => pair.FirstCall == Swapped(pair.SecondCall)) / n,
            AlwaysFirstPlace = pairs.Count(pair => pair == (Verdict.First, Verdict.First)) / n,
            AlwaysSecondPlace = pairs.Count(pair => pair == (Verdict.Second, Verdict.Second)) / n,
            FirstPlaceShare =
                pairs.Sum(pair => (pair.FirstCall == Verdict.First ? 1 : 0) + (pair.SecondCall == Verdict.First ? 1 : 0)) / decided,
            ConservativeWinRate = pairs.Average(pair => pair.FirstCall == Swapped(pair.SecondCall) ? Credit(pair.FirstCall) : 0.5),
            MeanOfCalls = pairs.Average(pair => (Credit(pair.FirstCall) + Credit(Swapped(pair.SecondCall))) / 2),
        };
    }

    /// <summary>The verdict in the order of the other call.</summary>
    public static Verdict Swapped(Verdict verdict) =>
        verdict switch
        {
            Verdict.First => Verdict.Second,
            Verdict.Second => Verdict.First,
            _ => verdict,
        };

    private static double Decided(Verdict verdict) => verdict == Verdict.Tie ? 0 : 1;

    private static double Credit(Verdict verdict) =>
        verdict == Verdict.First ? 1
        : verdict == Verdict.Tie ? 0.5
        : 0;
}
