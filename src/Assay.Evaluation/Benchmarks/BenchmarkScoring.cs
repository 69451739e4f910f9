using Assay.Data;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Benchmarks;

/// <summary>Scores for benchmark rows, from a model or from a file made elsewhere.</summary>
public static class BenchmarkScoring
{
    /// <summary>Scores every answer, lazily, handing the scorer the answers of <paramref name="rowsPerBatch"/> rows at once.</summary>
    /// <exception cref="EvaluationException">The scorer gave another number of scores than it was handed conversations.</exception>
    /// <param name="scorer">What scores.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="refused">Told of every row of which an answer was refused, with the first answer's reason; such a row is left out
    /// whole.</param>
    /// <param name="rowsPerBatch">1 or more.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IEnumerable<ScoredBenchmarkRow> Score(
        IScorer scorer,
        IEnumerable<BenchmarkRow> rows,
        Action<BenchmarkRow, Refusal> refused,
        int rowsPerBatch = 32,
        CancellationToken cancellationToken = default
    )
    {
        foreach (var batch in rows.Chunk(rowsPerBatch))
        {
            Conversation[] conversations = [.. batch.SelectMany(row => row.Conversations())];
            var scores = scorer.Score(conversations, cancellationToken);
            if (scores.Count != conversations.Length)
                throw new EvaluationException(
                    $"the scorer gave {scores.Count} scores for {conversations.Length} conversations ({batch[0].Where} on); it must give one each"
                );
            var first = 0;
            foreach (var row in batch)
            {
                ScoreOutcome[] own = [.. scores.Skip(first).Take(row.Answers.Count)];
                first += own.Length;
                if (Array.Find(own, outcome => outcome.Refusal is not null).Refusal is { } refusal)
                    refused(row, refusal);
                else
                    yield return new(row, [.. own.Select(outcome => (double)outcome.Score)]);
            }
        }
    }

    /// <summary>
    /// Scores from JSON Lines or CSV, by <c>id</c>: <c>chosen_score</c> and <c>rejected_score</c> for rows of two answers, or one line per
    /// answer with <c>score</c> and the id <c>ID/N</c>, N counting the row's answers from 0 with the right ones first. Where ids occur in
    /// several subsets, the lines need <c>subset</c> too. RewardBench's own files of per-row scores (<c>eval-set-scores</c>, either
    /// version) are read as well.
    /// </summary>
    /// <param name="rows">The benchmark's rows.</param>
    /// <param name="scorePath">The file.</param>
    /// <param name="leftOut">Told of rows whose line says <c>error</c>.</param>
    /// <exception cref="EvaluationException">A row has no score, an id occurs twice, or a line cannot be read.</exception>
    public static IEnumerable<ScoredBenchmarkRow> Join(
        IEnumerable<BenchmarkRow> rows,
        string scorePath,
        Action<BenchmarkRow>? leftOut = null
    )
    {
        var byKey = new Dictionary<(string? Subset, string Id), ScoreRow>();
        foreach (var score in ScoreColumns.IsSuch(scorePath) ? ScoreColumns.Read(scorePath) : ScoreFile.Read(scorePath))
        {
            if (score.Id is not { } id)
                throw new EvaluationException($"{score.Where}: has no id, so its benchmark row cannot be told");
            if (!byKey.TryAdd((score.Source, id), score))
                throw new EvaluationException(
                    $"{score.Where}: a second score for id {id}{(score.Source is null ? "; where an id occurs in several subsets each line needs its subset" : $" of {score.Source}")}"
                );
        }
        var taken = new HashSet<(string?, string)>();
        foreach (var row in rows)
        {
            ScoreRow? Find(string id)
            {
                (string?, string) key = byKey.ContainsKey((row.Subset, id)) ? (row.Subset, id) : (null, id);
                if (!byKey.TryGetValue(key, out var found))
                    return null;
                if (taken.Add(key))
                    return found;
                var advice = key.Item1 is null
                    ? "; its scores need subset, to be told from the first's"
                    : $" in {row.Subset}: the file was read twice, or its ids are not unique";
                throw new EvaluationException($"{row.Where}: a second row with id {id}{advice}");
            }

            if (row is { Answers.Count: 2, CorrectCount: 1 } && Find(row.Id) is { } pair)
            {
                if (pair.Error is not null)
                    leftOut?.Invoke(row);
                else
                    yield return new(row, [pair.ChosenScore ?? throw Single(pair, row), pair.RejectedScore ?? throw Single(pair, row)]);
                continue;
            }
            var answers = row.Answers.Select((_, i) => Find($"{row.Id}/{i}") ?? throw Missing(row, i)).ToArray();
            if (answers.Any(answer => answer.Error is not null))
                leftOut?.Invoke(row);
            else
                yield return new(
                    row,
                    [
                        .. answers.Select(answer =>
                            answer.Score ?? throw new EvaluationException($"{answer.Where}: wanted score, this line is for one answer")
                        ),
                    ]
                );
        }

        EvaluationException Single(ScoreRow score, BenchmarkRow row) =>
            new(
                $"{score.Where}: has a single score for {row.Id} ({row.Where}), wanted chosen_score and rejected_score, or one line an answer with the ids {row.Id}/0 and {row.Id}/1"
            );
        EvaluationException Missing(BenchmarkRow row, int i) =>
            new(
                $"{scorePath}: no score for answer {row.Id}/{i} of {row.Subset} ({row.Where}); wanted a line with that id and score{(row.Answers.Count == 2 ? $", or one with id {row.Id}, chosen_score and rejected_score" : "")}; a row that failed has a line with its error"
            );
    }
}
