using Assay.Data;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Scores;

/// <summary>
/// Puts the scores of a file beside the pairs they belong to: by id where both have one, else by row. Both sides are streamed; only scores that come before their
/// pair are held, so files in the order of the data need no memory.
/// </summary>
public sealed class PairScoreJoin
{
    private readonly Dictionary<string, ScoreRow> _waiting = new(StringComparer.Ordinal);

    /// <summary>Pairs whose score row says <c>error</c>: they take no part in any figure.</summary>
    public IList<ScoreRow> Failed { get; } = [];

    /// <summary>Score rows that belong to no pair, known when all pairs were read: rows of the data that were set aside, or a file of other data.</summary>
    public long Unused { get; private set; }

    /// <summary>The pairs with their scores, in the order of <paramref name="pairs"/>.</summary>
    /// <exception cref="EvaluationException">
    /// A pair has no score, a score has neither <c>id</c> nor <c>row</c>, two scores have the same key, or a row lacks <c>chosen_score</c> or <c>rejected_score</c>.
    /// </exception>
    public IEnumerable<PairScore> Join(IEnumerable<PreferencePair> pairs, IEnumerable<ScoreRow> scores) => JoinPairs(pairs, scores).Select(joined => joined.Score);

    /// <summary>As <see cref="Join"/>, each with its pair beside it.</summary>
    /// <exception cref="EvaluationException">As for <see cref="Join"/>.</exception>
    public IEnumerable<(PreferencePair Pair, PairScore Score)> JoinPairs(IEnumerable<PreferencePair> pairs, IEnumerable<ScoreRow> scores)
    {
        using var rest = scores.GetEnumerator();
        foreach (var pair in pairs)
        {
            var row = Find(pair, rest);
            if (row.Error is not null)
            {
                Failed.Add(row);
                continue;
            }
            if (row is not { ChosenScore: { } chosen, RejectedScore: { } rejected })
                throw new EvaluationException($"{row.Where}: has a single score for {Name(pair)}, wanted chosen_score and rejected_score");
            yield return (pair, PairScoring.Scored(pair, chosen, rejected) with
            {
                Weight = row.Weight,
                Source = pair.Source ?? row.Source,
                Provenance = pair.Provenance ?? row.Provenance,
                Group = row.Group ?? PairScoring.GroupOf(pair.Prompt),
                ChosenLength = row.ChosenLength ?? pair.ChosenAnswer.Length,
                RejectedLength = row.RejectedLength ?? pair.RejectedAnswer.Length,
            });
        }
        while (rest.MoveNext()) Unused++;
        Unused += _waiting.Count;
    }

    private ScoreRow Find(PreferencePair pair, IEnumerator<ScoreRow> rest)
    {
        var byId = pair.Id is null ? null : "id " + pair.Id;
        var byRow = $"row {pair.Row}";
        if ((byId is not null && _waiting.Remove(byId, out var waiting)) || _waiting.Remove(byRow, out waiting)) return waiting;
        while (rest.MoveNext())
        {
            var key = Key(rest.Current, pair.Id is not null);
            if (key == byId || key == byRow) return rest.Current;
            if (!_waiting.TryAdd(key, rest.Current)) throw new EvaluationException($"{rest.Current.Where}: a second score for {key}; each row needs exactly one");
        }
        throw new EvaluationException($"the score file has no score for {Name(pair)}: it was made from other data, or its run stopped early; score the data again");
    }

    private static string Key(ScoreRow score, bool pairsHaveIds) =>
        score.Id is not null && (pairsHaveIds || score.Row is null) ? "id " + score.Id
        : score.Row is { } row ? $"row {row}"
        : throw new EvaluationException($"{score.Where}: has neither id nor row, so its pair cannot be told");

    private static string Name(PreferencePair pair) => pair.Id is null ? $"row {pair.Row}" : $"row {pair.Row} (id {pair.Id})";
}
