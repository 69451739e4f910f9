using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Scores;

/// <summary>A score file that holds whole pairs, judged without the data they came from.</summary>
public static class PairScoreFile
{
    /// <summary>What <c>assay eval</c> calls it, and <c>assay fresh</c> that of the fresh pairs.</summary>
    public const string FileName = "scores.jsonl",
        FreshFileName = "fresh_scores.jsonl";

    /// <summary>
    /// Every line as a pair, lazily. A line without <c>row</c> takes its place in the file. Lines with an <c>error</c> are left out and
    /// counted in <paramref name="failedRows"/>.
    /// </summary>
    /// <exception cref="EvaluationException">A line cannot be read, has no <c>chosen_score</c> and <c>rejected_score</c>, or holds NaN or
    /// an infinity.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<PairScore> Read(string path, IList<ScoreRow>? failedRows = null)
    {
        var place = 0L;
        var ids = new HashSet<ulong>();
        foreach (var row in ScoreFile.Read(path))
        {
            place++;
            if (row.Error is not null)
            {
                failedRows?.Add(row);
                continue;
            }
            if (row is not { ChosenScore: { } chosen, RejectedScore: { } rejected })
                throw new EvaluationException(
                    $"{row.Where}: has a single score, wanted chosen_score and rejected_score; single scores need the data they belong to (--data)"
                );
            // Rows of a file that eval wrote may hold several pairs each; a file without rows has nothing but its ids to tell pairs apart.
            if (row is { Row: null, Id: { } id } && !ids.Add(TextKey.Of(id)))
                throw new EvaluationException(
                    $"{row.Where}: a second score for id {id}; each pair counts once, take one of them out (or give both their row)"
                );
            yield return row.Checked(
                new PairScore
                {
                    Row = row.Row ?? place,
                    Id = row.Id,
                    Source = row.Source,
                    Provenance = row.Provenance,
                    Group = row.Group,
                    ChosenScore = chosen,
                    RejectedScore = rejected,
                    MarginStd = row.MarginStd,
                    ChosenLength = row.ChosenLength,
                    RejectedLength = row.RejectedLength,
                    Weight = row.Weight,
                    Digest = row.Digest,
                }
            );
        }
    }
}
