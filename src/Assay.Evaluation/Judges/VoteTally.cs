namespace Assay.Evaluation.Judges;

/// <summary>
/// Several verdicts on one pair: the plurality of the readable ones, a draw for the top being a tie. RewardBench's own vote breaks draws by
/// the order of a hash table; this does not.
/// </summary>
/// <param name="Valid">Readable verdicts.</param>
/// <param name="Verdict">The plurality, or <see cref="Verdict.None"/>.</param>
/// <param name="FirstShare">Share of the first answer, ties half; NaN without a readable verdict.</param>
/// <param name="SelfConsistency">Share of the most frequent verdict; NaN without a readable verdict.</param>
public sealed record VoteTally(int Valid, Verdict Verdict, double FirstShare, double SelfConsistency)
{
    /// <summary>Counts verdicts.</summary>
    public static VoteTally Of(IEnumerable<Verdict> verdicts)
    {
        Verdict[] valid = [.. verdicts.Where(verdict => verdict != Verdict.None)];
        if (valid.Length == 0)
            return new(0, Verdict.None, double.NaN, double.NaN);
        var counts = valid.CountBy(verdict => verdict).ToArray();
        var top = counts.Max(count => count.Value);
        var leaders = counts.Where(count => count.Value == top).ToArray();
        return new(
            valid.Length,
            leaders.Length == 1 ? leaders[0].Key : Verdict.Tie,
            valid.Average(verdict =>
                verdict == Verdict.First ? 1
                : verdict == Verdict.Tie ? 0.5
                : 0
            ),
            (double)top / valid.Length
        );
    }
}
