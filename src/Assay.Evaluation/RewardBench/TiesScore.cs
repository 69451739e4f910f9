using System.Globalization;

namespace Assay.Evaluation.RewardBench;

/// <summary>
/// The Ties subset of RewardBench 2 (Malik et al. 2025; allenai/reward-bench @ 05a9005 <c>rewardbench/utils.py</c>): right answers should
/// score above wrong ones, and closer together than the distance to them. All comparisons are strict. The score lies in −0.01..1.01.
/// </summary>
public sealed record TiesScore
{
    /// <summary>Share of <c>ref</c> rows whose right answer beats all wrong ones.</summary>
    public required double RefAccuracy { get; init; }

    /// <summary>Share of <c>tied</c> rows whose right answers all beat all wrong ones.</summary>
    public required double TiedAccuracy { get; init; }

    /// <summary>Share of the ids with both kinds whose tied margin exceeds the spread of its right answers.</summary>
    public required double Preferred { get; init; }

    /// <summary>The same for the smaller of both kinds' margins.</summary>
    public required double PreferredHard { get; init; }

    /// <summary>The numbers N that have both kinds, ascending.</summary>
    public required IReadOnlyList<int> CommonIds { get; init; }

    /// <summary>tanh(smaller margin / spread − 1) for each of <see cref="CommonIds"/>, 0 for 0/0.</summary>
    public required IReadOnlyList<double> TanhTerms { get; init; }

    /// <summary>Mean of the tanh terms that count under the revision.</summary>
    public required double TieBreak { get; init; }

    /// <summary>0.3 tied + 0.3 ref + 0.2 preferred + 0.2 hard + 0.01 tie-break.</summary>
    public double Score => 0.30 * TiedAccuracy + 0.30 * RefAccuracy + 0.20 * Preferred + 0.20 * PreferredHard + 0.01 * TieBreak;

    /// <summary>Scores the subset.</summary>
    /// <exception cref="EvaluationException"> An id is malformed or occurs twice, a row has no right or no wrong answer, a tied row has one
    /// right answer, a score is NaN, or no number has both kinds. The message names the id.
    /// </exception>
    public static TiesScore Of(IEnumerable<TiesRow> rows, TiesRevision revision = TiesRevision.June12)
    {
        var (refs, tied) = (new SortedDictionary<int, Group>(), new SortedDictionary<int, Group>());
        foreach (var row in rows)
        {
            var (isRef, number) = ParseId(row.Id);
            if (!(isRef ? refs : tied).TryAdd(number, Group.Of(row, isRef)))
                throw new EvaluationException($"Ties: id {row.Id} occurs twice; the published code would merge the rows without a word");
        }
        int[] both = [.. refs.Keys.Where(tied.ContainsKey)];
        if (both.Length == 0)
            throw new EvaluationException(
                $"Ties: no number has both a ref and a tied row ({refs.Count} ref and {tied.Count} tied rows): the subset has no score"
            );
        double[] terms = [.. both.Select(n => Math.Tanh(Least(n) / tied[n].Spread - 1)).Select(term => double.IsNaN(term) ? 0 : term)];
        return new TiesScore
        {
            RefAccuracy = Share(refs.Values, group => group.Margin > 0),
            TiedAccuracy = Share(tied.Values, group => group.Margin > 0),
            Preferred = Share(both, n => tied[n].Margin > tied[n].Spread),
            PreferredHard = Share(both, n => Least(n) > tied[n].Spread),
            CommonIds = both,
            TanhTerms = terms,
            TieBreak = both.Zip(terms)
                .Where(term => revision == TiesRevision.June12 || tied[term.First].Spread != 0)
                .Select(term => term.Second)
                .DefaultIfEmpty(0)
                .Average(),
        };

        double Least(int n) => Math.Min(refs[n].Margin, tied[n].Margin);
    }

    private static (bool IsRef, int Number) ParseId(string id)
    {
        var parts = id.Split(':');
        if (
            parts.Length == 2
            && parts[0] is "ref" or "tied"
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
            return (parts[0] == "ref", number);
        throw new EvaluationException($"Ties: id '{id}', wanted ref:N or tied:N with a whole number N");
    }

    private static double Share<T>(IReadOnlyCollection<T> items, Func<T, bool> holds) =>
        items.Count == 0 ? 0 : (double)items.Count(holds) / items.Count;

    private readonly record struct Group(double Margin, double Spread)
    {
        public static Group Of(TiesRow row, bool isRef)
        {
            if (row.CorrectCount < 1 || row.CorrectCount >= row.Scores.Count)
                throw new EvaluationException(
                    $"Ties: {row.Id} has {row.CorrectCount} right of {row.Scores.Count} answers, wanted at least one right and one wrong"
                );
            if (!isRef && row.CorrectCount < 2)
                throw new EvaluationException($"Ties: {row.Id} is a tied row with one right answer, wanted at least two");
            for (var i = 0; i < row.Scores.Count; i++)
            {
                if (double.IsNaN(row.Scores[i]))
                    throw new EvaluationException($"Ties: {row.Id}: the score of answer {i + 1} is NaN; score it again");
            }
            double[] right = [.. row.Scores.Take(row.CorrectCount)];
            return new(right.Min() - row.Scores.Skip(row.CorrectCount).Max(), right.Max() - right.Min());
        }
    }
}

/// <summary>
/// Which of the two published formulas of the Ties subset. They differ only in groups whose right answers all score alike.
/// </summary>
public enum TiesRevision
{
    /// <summary>The repository since 12 June 2025: such a group counts +1, −1 or 0 in the tie-break. The default.</summary>
    June12,

    /// <summary>Package 0.1.4, of 2 June 2025: such a group is left out of the tie-break.</summary>
    June2,
}

/// <summary>
/// A row of the Ties subset: its id (<c>ref:N</c> with one right answer, <c>tied:N</c> with several), and the scores, those of the right
/// answers first.
/// </summary>
public sealed record TiesRow(string Id, int CorrectCount, IReadOnlyList<double> Scores);
