using Assay.Data.Records;
using Assay.Evaluation.Benchmarks;
using Assay.Ground.Files;

namespace Assay.Cli.Evaluation;

/// <summary>
/// Writes what each benchmark row scored as JSON Lines that <c>--scores</c> reads back: a line a row of two answers, else a line an answer
/// with the id <c>ID/N</c>, right answers first; rows left out have their reason.
/// </summary>
internal static class BenchmarkScoreWriter
{
    public static void Write(string path, IEnumerable<ScoredBenchmarkRow> rows, IEnumerable<(BenchmarkRow Row, string Reason)> leftOut)
    {
        using var file = new OutputFile(path);
        foreach (var row in rows)
        {
            if (IsPair(row.Row))
            {
                var pair = LineOf(row.Row, row.Row.Id) with { ChosenScore = row.Scores[0], RejectedScore = row.Scores[1] };
                pair.Write(file.Stream);
                continue;
            }
            for (var i = 0; i < row.Scores.Count; i++)
            {
                var answer = LineOf(row.Row, $"{row.Row.Id}/{i}") with { Right = i < row.Row.CorrectCount, Score = row.Scores[i] };
                answer.Write(file.Stream);
            }
        }
        foreach (var (row, reason) in leftOut)
        foreach (var id in IsPair(row) ? [row.Id] : Enumerable.Range(0, row.Answers.Count).Select(i => $"{row.Id}/{i}"))
            (LineOf(row, id) with { Error = reason }).Write(file.Stream);
        file.Commit();
    }

    private static bool IsPair(BenchmarkRow row) => row is { Answers.Count: 2, CorrectCount: 1 };

    private static ScoreLine LineOf(BenchmarkRow row, string id) => new() { Id = id, Subset = row.Subset };
}
