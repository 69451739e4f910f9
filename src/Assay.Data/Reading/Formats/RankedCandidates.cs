using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Several candidates for one prompt, each with a number: every two of them make a pair, the higher number wins, equal numbers are a tie.
/// </summary>
internal static class RankedCandidates
{
    public sealed record Candidate(IReadOnlyList<Message> Turns, double Score, string? Generator)
    {
        /// <summary>What the row's other judgements of it come to, higher is better; null without any.</summary>
        public double? Rating { get; init; }
    }

    public static void AddPairs(RowScope row, IReadOnlyList<Message> context, IReadOnlyList<Candidate> candidates, Func<PairBuilder> start)
    {
        if (candidates.Count < 2)
        {
            row.Add(Reason.NotPairable, $"{candidates.Count} candidate, two were wanted");
            return;
        }
        for (var i = 0; i < candidates.Count; i++)
        {
            for (var j = i + 1; j < candidates.Count; j++)
            {
                var (winner, loser) =
                    candidates[i].Score >= candidates[j].Score ? (candidates[i], candidates[j]) : (candidates[j], candidates[i]);
                var pair = start();
                pair.ChosenGenerator = winner.Generator;
                pair.RejectedGenerator = loser.Generator;
                if (winner.Score == loser.Score)
                    pair.Tie($"candidates {i + 1} and {j + 1} have the same score or rank");
                else
                    pair.Rate(
                        winner.Rating,
                        loser.Rating,
                        () =>
                            FormattableString.Invariant(
                                $"the score prefers {winner.Score:0.##} to {loser.Score:0.##}, the ratings say {winner.Rating:0.##} against {loser.Rating:0.##}"
                            )
                    );
                pair.Turns(context, winner.Turns, loser.Turns);
            }
        }
    }
}
