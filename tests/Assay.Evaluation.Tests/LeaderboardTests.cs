using Assay.Data;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Ranking;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests;

/// <summary>Leaderboards over planted strengths, and over strengths that length pretends.</summary>
public sealed class LeaderboardTests
{
    private static readonly (string Name, double Strength)[] Models = [("weak", -1), ("middle", 0), ("strong", 1)];

    [Theory]
    [MemberData(nameof(AllMethods))]
    public void Every_method_finds_the_planted_order(string method)
    {
        var board = Leaderboard.Of(Planted(0), method, "middle");
        Assert.Equal(["strong", "middle", "weak"], board.Models.Select(model => model.Model));
        Assert.All(
            board.Models,
            model =>
                Assert.True(
                    model.RatingInterval.Low <= model.Rating
                        && model.Rating <= model.RatingInterval.High
                        && model.BestRank == model.WorstRank
                ),
            throwIfEmpty: true
        );
        Assert.Equal((1500, 1), (board.Battles, board.LeftOut));
        // P(strong beats middle) is sigmoid(1) = 0.731.
        Assert.Equal(73.1, board.Models[0].AgainstBaseline!.WinRate, 6.0);
        Assert.Null(board.Models[1].AgainstBaseline);
        if (method == "bradley-terry")
            Assert.Equal(400 / Math.Log(10), board.Models[0].Rating - board.Models[1].Rating, 45.0);
    }

    public static TheoryData<string> AllMethods => [.. Leaderboard.Methods];

    [Fact]
    public void Length_that_wins_is_taken_out()
    {
        // Strong answers are long, and length alone decides.
        var board = Leaderboard.Of(Planted(6, strengthCounts: false), baseline: "middle");
        var (strong, weak) = (board.Models.Single(model => model.Model == "strong"), board.Models.Single(model => model.Model == "weak"));
        Assert.True(strong.Rating - weak.Rating > 120, $"{strong.Rating} {weak.Rating}");
        Assert.True(
            Math.Abs(strong.LengthControlledRating!.Value - weak.LengthControlledRating!.Value) < 80,
            $"{strong.LengthControlledRating} {weak.LengthControlledRating}"
        );
        Assert.True(board.Length!.Coefficient > 5 * board.Length.StandardError);
        Assert.True(Math.Abs(strong.LengthControlledWinRate!.Value - 50) < Math.Abs(strong.AgainstBaseline!.WinRate - 50));
    }

    [Fact]
    public void What_cannot_be_ranked_is_refused_by_name()
    {
        PairScore[] one = [Pair("a", "b", 1), Pair("a", "c", 1)];
        Assert.Contains("0 a", Assert.Throws<EvaluationException>(() => Leaderboard.Of(one)).Message, StringComparison.Ordinal);
        Assert.True(Leaderboard.Of([.. one, Pair("b", "c", 1), Pair("c", "b", 1)], penalty: 1).Models[0].Model == "a");
        Assert.Contains(
            "chosen_generator",
            Assert.Throws<EvaluationException>(() => Leaderboard.Of([Pair("a", "a", 1)])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "wrote no answer",
            Assert.Throws<EvaluationException>(() => Leaderboard.Of(Planted(0), baseline: "midle")).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<EvaluationException>(() => Leaderboard.Of(Planted(0), "glicko"));
    }

    private static PairScore[] Planted(double paidForLength, bool strengthCounts = true)
    {
        var random = new SeededRandom(5);
        var pairs = new List<PairScore> { Pair("strong", "strong", 1) };
        for (var i = 0; i < 1500; i++)
        {
            var (a, b) = (random.Next(3), random.Next(2));
            if (b >= a)
                b++;
            // The stronger, the longer; half of the length is chance.
            long Length(int model) => 100 + (50 * model) + random.Next(200);
            var (first, second) = (Length(a), Length(b));
            var advantage =
                (strengthCounts ? Models[a].Strength - Models[b].Strength : 0)
                + (paidForLength * (first - second) / (double)(first + second));
            var tie = random.NextDouble() < 0.1;
            pairs.Add(
                Pair(
                    Models[a].Name,
                    Models[b].Name,
                    tie ? 0
                        : random.NextDouble() < Logistic.Sigmoid(advantage) ? 1
                        : -1
                ) with
                {
                    ChosenLength = first,
                    RejectedLength = second,
                }
            );
        }
        return
        [
            .. pairs
                .Index()
                .Select(pair =>
                    pair.Item with
                    {
                        Row = pair.Index + 1,
                        ChosenLength = pair.Item.ChosenLength ?? 1,
                        RejectedLength = pair.Item.RejectedLength ?? 1,
                    }
                ),
        ];
    }

    private static PairScore Pair(string chosen, string rejected, double margin) =>
        new()
        {
            Row = 1,
            ChosenScore = margin,
            RejectedScore = 0,
            Provenance = new Provenance { ChosenGenerator = chosen, RejectedGenerator = rejected },
        };
}
