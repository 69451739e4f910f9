using System.Text.Json.Nodes;
using Assay.Data.Reading;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// RewardBench's published scores, <c>eval-set-scores/MODEL.json</c>: one JSON object of parallel lists, <c>id</c>, <c>subset</c> and
/// <c>scores_chosen</c>, <c>scores_rejected</c> (version 1; numbers, or lists of one) or <c>scores</c> (version 2: a list for each row,
/// chosen answers first).
/// </summary>
internal static class ScoreColumns
{
    /// <summary>By its name: <c>.json</c>, where score lines are <c>.jsonl</c> or <c>.csv</c>.</summary>
    public static bool IsSuch(string path) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>The rows as score lines: for version 2 one for each answer.</summary>
    /// <exception cref="EvaluationException">A list is missing, or they differ in length.</exception>
    public static IEnumerable<ScoreRow> Read(string path)
    {
        using var file = new InputFile(path);
        using var reader = new StreamReader(file.Stream);
        if (LenientJson.Parse(reader.ReadToEnd(), path) is not JsonObject columns)
            throw new EvaluationException($"{path}: wanted RewardBench's object of lists (eval-set-scores); score lines are called .jsonl");
        var (ids, subsets) = (List("id"), List("subset"));
        var isFirst = columns.ContainsKey("scores_chosen");
        JsonArray chosen = List(isFirst ? "scores_chosen" : "scores"),
            rejected = isFirst ? List("scores_rejected") : chosen;
        for (var i = 0; i < ids.Count; i++)
        {
            var (id, subset, where) = (ids[i]?.ToString() ?? $"{i}", subsets[i]?.ToString(), $"{path}, row {i + 1}");
            if (isFirst)
                yield return new ScoreRow
                {
                    Where = where,
                    Id = id,
                    Source = subset,
                    ChosenScore = LenientJson.Number(chosen[i], where, "scores_chosen"),
                    RejectedScore = LenientJson.Number(rejected[i], where, "scores_rejected"),
                };
            else if (chosen[i] is JsonArray answers)
            {
                for (var answer = 0; answer < answers.Count; answer++)
                    yield return new ScoreRow
                    {
                        Where = where,
                        Id = $"{id}/{answer}",
                        Source = subset,
                        Score = LenientJson.Number(answers[answer], where, "scores"),
                    };
            }
            else
                throw new EvaluationException($"{where}: scores is no list, wanted one score for each answer");
        }

        JsonArray List(string name) =>
            columns[name] is JsonArray list && (name == "id" || list.Count == (columns["id"] as JsonArray)?.Count)
                ? list
                : throw new EvaluationException(
                    $"{path}: there is no list {name} as long as id; wanted RewardBench's scores (id, subset, and scores_chosen with scores_rejected, or scores)"
                );
    }
}
