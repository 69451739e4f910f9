using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Benchmarks;

/// <summary>A benchmark row with one score per answer, in the row's order.</summary>
public sealed record ScoredBenchmarkRow(BenchmarkRow Row, IReadOnlyList<double> Scores)
{
    /// <summary>Scores of the right answers.</summary>
    public IEnumerable<double> RightScores => Scores.Take(Row.CorrectCount);

    /// <summary>Scores of the wrong answers.</summary>
    public IEnumerable<double> WrongScores => Scores.Skip(Row.CorrectCount);

    /// <summary>As PPE judges it, without comparisons where the row has none.</summary>
    internal PpeCorrectness.Row Prompt() =>
        new(Row.Where, Scores, [.. Scores.Select((_, i) => i < Row.CorrectCount)], Row.Comparisons ?? []);

    /// <summary>The scores in the order of the published row.</summary>
    public IReadOnlyList<double> InPublishedOrder()
    {
        var scores = new double[Scores.Count];
        for (var i = 0; i < scores.Length; i++)
            scores[Row.Places[i]] = Scores[i];
        return scores;
    }

    /// <summary>Every right answer against every wrong one, grouped by the row: what the audits and intervals of pairs take.</summary>
    public IEnumerable<PairScore> Pairs(long rowNumber)
    {
        for (var right = 0; right < Row.CorrectCount; right++)
        {
            for (var wrong = Row.CorrectCount; wrong < Scores.Count; wrong++)
            {
                yield return new PairScore
                {
                    Row = rowNumber,
                    Id = Row.Id,
                    Source = Row.Subset,
                    Group = Row.Id,
                    ChosenScore = Scores[right],
                    RejectedScore = Scores[wrong],
                    ChosenLength = Row.Answers[right].Length,
                    RejectedLength = Row.Answers[wrong].Length,
                };
            }
        }
    }
}
