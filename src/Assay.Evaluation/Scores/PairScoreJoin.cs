using Assay.Data;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Scores;

/// <summary>
/// Puts the scores of a file beside the pairs they belong to: by id where both have one, else by row. Both sides are streamed; only scores
/// that come before their pair are held, so files in the order of the data need eight bytes a pair. A file of single scores is by
/// candidate: <c>chosen_id</c> and <c>rejected_id</c> of the data where it has them, else <c>ID/0</c> for the chosen and <c>ID/1</c> for
/// the rejected answer of pair ID; it is held whole, since one candidate may stand in several pairs.
/// </summary>
/// <param name="file">How messages name the score file.</param>
public sealed class PairScoreJoin(string file = "the score file")
{
    private readonly Dictionary<string, ScoreRow> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _taken = [];

    /// <summary>Pairs whose score row says <c>error</c>: they take no part in any figure.</summary>
    public IList<ScoreRow> Failed { get; } = [];

    /// <summary>
    /// Score rows that belong to no pair, known when all pairs were read: rows of the data that were set aside, or a file of other data.
    /// </summary>
    public long Unused { get; private set; }

    /// <summary>The pairs with their scores, in the order of <paramref name="pairs"/>.</summary>
    /// <exception cref="EvaluationException"> A pair has no score, a score has neither <c>id</c> nor <c>row</c>, two scores have the same
    /// key, or a row lacks <c>chosen_score</c> or <c>rejected_score</c>, or holds NaN or an infinity.
    /// </exception>
    public IEnumerable<PairScore> Join(IEnumerable<PreferencePair> pairs, IEnumerable<ScoreRow> scores) =>
        JoinPairs(pairs, scores).Select(joined => joined.Score);

    /// <summary>As <see cref="Join"/>, each with its pair beside it.</summary>
    /// <exception cref="EvaluationException">As for <see cref="Join"/>.</exception>
    public IEnumerable<(PreferencePair Pair, PairScore Score)> JoinPairs(IEnumerable<PreferencePair> pairs, IEnumerable<ScoreRow> scores)
    {
        var byCandidate = scores.FirstOrDefault(row => row.Error is null)?.IsSingle == true;
        var candidates = byCandidate ? Candidates(scores) : [];
        using var rest = (byCandidate ? [] : scores).GetEnumerator();
        foreach (var pair in pairs)
        {
            var row = byCandidate ? OfCandidates(pair, candidates) : Find(pair, rest);
            if (row.Error is not null)
            {
                Failed.Add(row);
                continue;
            }
            if (row is not { ChosenScore: { } chosen, RejectedScore: { } rejected })
                throw new EvaluationException(
                    $"{row.Where}: has a single score for {Name(pair)}, wanted chosen_score and rejected_score as in the rows before"
                );
            yield return (
                pair,
                row.Checked(
                    PairScoring.Scored(pair, chosen, rejected) with
                    {
                        Weight = row.Weight,
                        MarginStd = row.MarginStd,
                        Source = pair.Source ?? row.Source,
                        Provenance = pair.Provenance ?? row.Provenance,
                        Group = row.Group ?? PairScoring.GroupOf(pair.Prompt),
                        ChosenLength = row.ChosenLength ?? CodePoints.Count(pair.ChosenAnswer),
                        RejectedLength = row.RejectedLength ?? CodePoints.Count(pair.RejectedAnswer),
                    }
                )
            );
        }
        while (rest.MoveNext())
        {
            CheckTaken(rest.Current, Key(rest.Current, pairsHaveIds: true), Key(rest.Current, pairsHaveIds: false));
            Unused++;
        }
        Unused += _waiting.Count + candidates.Values.Count(candidate => !candidate.IsUsed);
    }

    private ScoreRow Find(PreferencePair pair, IEnumerator<ScoreRow> rest)
    {
        var byId = pair.Id is null ? null : "id " + pair.Id;
        var byRow = $"row {pair.Row}";
        foreach (var key in byId is null ? [byRow] : (ReadOnlySpan<string>)[byId, byRow])
        {
            if (!_waiting.Remove(key, out var waiting))
                continue;
            _taken.Add(TextKey.Of(key));
            return waiting;
        }
        while (rest.MoveNext())
        {
            var key = Key(rest.Current, pair.Id is not null);
            if (key == byId || key == byRow)
            {
                _taken.Add(TextKey.Of(key));
                return rest.Current;
            }
            CheckTaken(rest.Current, key);
            if (!_waiting.TryAdd(key, rest.Current))
                throw Second(rest.Current, key);
        }
        var others = string.Join(", ", _waiting.Keys.Take(3));
        throw new EvaluationException(
            $"{file}: no score for {Name(pair)}{(others.Length > 0 ? $" (it has scores for {others}, … that are of no pair before it)" : "")}: it was made from other data, or its run stopped early; score the data again, "
                + "or give only the pairs that were scored (ids are compared as text)"
        );
    }

    private void CheckTaken(ScoreRow score, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_taken.Contains(TextKey.Of(key)))
                throw Second(score, key);
        }
    }

    private static EvaluationException Second(ScoreRow score, string key) =>
        new($"{score.Where}: a second score for {key}; each row needs exactly one, take one of them out");

    private static string Key(ScoreRow score, bool pairsHaveIds) =>
        score.Id is not null && (pairsHaveIds || score.Row is null) ? "id " + score.Id
        : score.Row is { } row ? $"row {row}"
        : throw new EvaluationException($"{score.Where}: has neither id nor row, so its pair cannot be told");

    private static Dictionary<string, Candidate> Candidates(IEnumerable<ScoreRow> scores)
    {
        var candidates = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var score in scores)
        {
            if (score.Id is not { } id)
                throw new EvaluationException(
                    $"{score.Where}: has a single score and no id, so its candidate cannot be told; wanted the data's chosen_id or rejected_id, or ID/0 (chosen) or ID/1 (rejected) for pair ID"
                );
            if (!score.IsSingle && score.Error is null)
                throw new EvaluationException(
                    $"{score.Where}: has chosen_score and rejected_score, where the first row has a single score; use one of the two forms"
                );
            // A candidate that stands in several pairs may have been scored several times.
            if (!candidates.TryAdd(id, new Candidate(score)) && !candidates[id].Score.Score.Equals(score.Score))
                throw Second(score, "id " + id);
        }
        return candidates;
    }

    private ScoreRow OfCandidates(PreferencePair pair, Dictionary<string, Candidate> candidates)
    {
        var (chosen, rejected) = (Of(pair.ChosenId, 0), Of(pair.RejectedId, 1));
        return chosen.Error is not null ? chosen
            : rejected.Error is not null ? rejected
            : chosen with
            {
                ChosenScore = chosen.Score,
                RejectedScore = rejected.Score,
                Weight = 1,
                MarginStd = null,
                Group = null,
                ChosenLength = null,
                RejectedLength = null,
            };

        ScoreRow Of(string? own, int side)
        {
            var name = side == 0 ? "chosen" : "rejected";
            var id =
                own
                ?? (pair.Id is null ? null : $"{pair.Id}/{side}")
                ?? throw new EvaluationException(
                    $"{file}: has single scores by candidate, but {Name(pair)} of the data has neither {name}_id nor id; add one, or write chosen_score and rejected_score by row"
                );
            if (!candidates.TryGetValue(id, out var candidate))
                throw new EvaluationException(
                    $"{file}: no score with id {id}, the {name} candidate of {Name(pair)}; {(own is null ? $"the data has no {name}_id, so ID/{side} was looked for" : $"it is the data's {name}_id")}"
                );
            candidate.IsUsed = true;
            return candidate.Score;
        }
    }

    private static string Name(PreferencePair pair) => pair.Id is null ? $"row {pair.Row}" : $"row {pair.Row} (id {pair.Id})";

    private sealed class Candidate(ScoreRow score)
    {
        public ScoreRow Score => score;

        public bool IsUsed { get; set; }
    }
}
