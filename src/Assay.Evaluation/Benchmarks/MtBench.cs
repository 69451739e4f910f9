namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// MT-Bench (Zheng et al. 2023; fastchat <c>llm_judge/show_result.py</c> and <c>compute_agreement.py</c>): pairwise win rates under a judge
/// asked in both orders, ratings by turn, and the agreement of judges with people.
/// </summary>
public static class MtBench
{
    /// <summary>A pair of games; winners are <c>model_1</c>, <c>model_2</c>, <c>tie</c> or <c>error</c>, already named by model.</summary>
    public sealed record Game(string Model1, string Model2, string FirstWinner, string SecondWinner);

    /// <summary>What a model won, lost and tied.</summary>
    public sealed record Record(int Wins, int Losses, int Ties)
    {
        private double Games => Wins + Losses + Ties;

        public double WinRate => Wins / Games;

        public double LossRate => Losses / Games;

        /// <summary>Ties half.</summary>
        public double AdjustedWinRate => (Wins + 0.5 * Ties) / Games;
    }

    /// <summary>One person's or judge's vote: winner <c>model_a</c>, <c>model_b</c>, <c>tie</c> or <c>tie (inconsistent)</c>.</summary>
    public sealed record Vote(int QuestionId, int Turn, string ModelA, string ModelB, string Winner);

    /// <summary>
    /// Win rates: a model wins only when both orders say so, everything else is a tie, a game with an error is left out. With a baseline
    /// only its games count, and it is not listed.
    /// </summary>
    public static IReadOnlyDictionary<string, Record> Pairwise(IEnumerable<Game> games, string? baseline = null)
    {
        var records = new Dictionary<string, Record>(StringComparer.Ordinal);
        foreach (var game in games)
        {
            if (
                game.FirstWinner == "error"
                || game.SecondWinner == "error"
                || (baseline is not null && game.Model1 != baseline && game.Model2 != baseline)
            )
                continue;
            var winner = game.FirstWinner == game.SecondWinner ? game.FirstWinner : "tie";
            Count(
                game.Model1,
                winner == "model_1" ? 1
                    : winner == "model_2" ? -1
                    : 0
            );
            Count(
                game.Model2,
                winner == "model_2" ? 1
                    : winner == "model_1" ? -1
                    : 0
            );
        }
        return records;

        void Count(string model, int result)
        {
            if (model == baseline)
                return;
            var record = records.GetValueOrDefault(model) ?? new Record(0, 0, 0);
            records[model] =
                result > 0 ? record with { Wins = record.Wins + 1 }
                : result < 0 ? record with { Losses = record.Losses + 1 }
                : record with { Ties = record.Ties + 1 };
        }
    }

    /// <summary>
    /// Mean rating of each model over the turns asked for (null: all); −1 means that no rating was found and is left out.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Ratings(IEnumerable<(string Model, int Turn, double Score)> rows, int? turn = null) =>
        rows.Where(row => row.Score != -1 && (turn is null || row.Turn == turn))
            .GroupBy(row => row.Model)
            .ToDictionary(model => model.Key, model => model.Average(row => row.Score));

    /// <summary>
    /// Votes of a judge against each human vote on the same question, turn and pair of models; both kinds of tie are one. Returns agreeing
    /// and all pairs of votes.
    /// </summary>
    public static (int Agree, int Total) JudgeAgainstHumans(
        IEnumerable<Vote> judge,
        IEnumerable<Vote> humans,
        VoteTies ties = VoteTies.Counted
    )
    {
        var byKey = judge.Select(Turned).Where(vote => Counts(vote.Winner, ties)).ToDictionary(vote => vote.Key, vote => vote.Winner);
        string[] results =
        [
            .. humans
                .Select(Turned)
                .Where(vote => Counts(vote.Winner, ties) && byKey.ContainsKey(vote.Key))
                .Select(vote => byKey[vote.Key] == vote.Winner ? "agree" : "differ"),
        ];
        return (results.Count(result => result == "agree"), results.Length);
    }

    /// <summary>Every pair of human votes on the same question, turn and pair of models.</summary>
    public static (int Agree, int Total) HumansAmongThemselves(IEnumerable<Vote> humans, VoteTies ties = VoteTies.Counted)
    {
        int agree = 0,
            total = 0;
        foreach (var unit in humans.Select(Turned).Where(vote => Counts(vote.Winner, ties)).GroupBy(vote => vote.Key))
        {
            string[] winners = [.. unit.Select(vote => vote.Winner)];
            for (var i = 0; i < winners.Length; i++)
            {
                for (var j = 0; j < i; j++)
                    (agree, total) = (agree + (winners[i] == winners[j] ? 1 : 0), total + 1);
            }
        }
        return (agree, total);
    }

    /// <summary>The vote with its models in alphabetical order.</summary>
    private static ((int, int, string, string) Key, string Winner) Turned(Vote vote)
    {
        var winner = vote.Winner.StartsWith("tie", StringComparison.Ordinal) ? "tie" : vote.Winner;
        if (string.CompareOrdinal(vote.ModelA, vote.ModelB) < 0)
            return ((vote.QuestionId, vote.Turn, vote.ModelA, vote.ModelB), winner);
        return (
            (vote.QuestionId, vote.Turn, vote.ModelB, vote.ModelA),
            winner switch
            {
                "model_a" => "model_b",
                "model_b" => "model_a",
                _ => winner,
            }
        );
    }

    private static bool Counts(string winner, VoteTies ties) => ties == VoteTies.Counted || winner != "tie";
}

/// <summary>Whether tied votes take part in an agreement.</summary>
public enum VoteTies
{
    Counted,

    LeftOut,
}
