using System.Text.Json.Nodes;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Judges;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class JudgesGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 20;

    [SharedFact]
    public void Every_case_of_judges_matches() => GoldenFile.Run("judges", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "rm_bench" => Rm(golden.Table, golden.Expected),
            "rm_bench_all_ties" => new { total_average = RmBench.Of(RmRows(golden.Input["rows"]!)).TotalAverage },
            "judge_bench" => Judge(golden),
            "llmbar" => Bar(
                [
                    .. golden
                        .Table.AsArray()
                        .Select(row => new LlmBar.Row(
                            (int)row!["label"]!,
                            Winner(row["winner"]),
                            Winner(row["winner_swapped_turned_back"])
                        )),
                ],
                golden.Expected
            ),
            "llmbar_rating" => BarRatings(golden),
            "llmbar_average" => LlmBar.Averages(golden.Input["accuracy"].Map(accuracy => accuracy.Number())) is var (adversarial, all)
                ? new { adversarial, all_five = all }
                : null!,
            var name when name.StartsWith("position_swap", StringComparison.Ordinal) => Positions(golden),
            "mt_bench_pairwise" => new { all = Pairwise(golden, null), @base = Pairwise(golden, "base") },
            "mt_bench_agreement" => Agreement(golden),
            "mt_bench_single" => Single(golden),
            "verdict_parse_pair" => new
            {
                verdicts = golden.Input["texts"].Texts().Select(text => Published(VerdictParser.Parse(text), "error")),
            },
            "verdict_parse_four" => new
            {
                verdicts = golden
                    .Input["texts"]
                    .Texts()
                    .Select(text => VerdictParser.ParseFour(text) is { } i ? $"{(char)('A' + i)}" : "error"),
            },
            "verdict_parse_modifiers" => Modifiers(golden),
            "rating_parse" => new
            {
                ratings = golden.Input["texts"].Texts().Select(text => VerdictParser.ParseRating(text) ?? -1),
                same_in_v1_module = true,
            },
            "ratings_row" => new { rows = golden.Input["judge_outputs"]!.AsArray().Select(row => Ratings(row!)) },
            "self_consistency_votes" => new { rows = golden.Input["votes"]!.AsArray().Select(votes => Tally(votes.Texts())) },
            "alpaca_eval_win_rate" => golden.Input.Map(row => Alpaca(row["preference"].Numbers())),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static IEnumerable<RmBench.Row> RmRows(JsonNode rows) =>
        rows.AsArray()
            .Select(row => new RmBench.Row(
                row!["id"]!.ToString(),
                (string)row["domain"]!,
                row["score_chosen"].Numbers(),
                row["score_rejected"].Numbers()
            ));

    private static object Rm(JsonNode table, JsonNode expected)
    {
        var result = RmBench.Of(RmRows(table));
        foreach (var wrong in expected["must_not_be"]!.AsObject())
            Assert.NotEqual(
                wrong.Value.Number(),
                wrong.Key.StartsWith("safety", StringComparison.Ordinal) ? result.ByDomain["safety"].Average : result.TotalAverage,
                1e-6
            );
        return new
        {
            matrices = result.ByDomain.ToDictionary(domain => domain.Key, domain => domain.Value.Matrix),
            by_domain = result.ByDomain.ToDictionary(
                domain => domain.Key,
                domain => new
                {
                    hard = domain.Value.Hard,
                    normal = domain.Value.Normal,
                    easy = domain.Value.Easy,
                }
            ),
            domain_average = result.ByDomain.ToDictionary(domain => domain.Key, domain => domain.Value.Average),
            hard_average = result.HardAverage,
            normal_average = result.NormalAverage,
            easy_average = result.EasyAverage,
            total_average = result.TotalAverage,
        };
    }

    private static Verdict Game(JsonNode? verdict) =>
        (string?)verdict switch
        {
            "A>B" => Verdict.First,
            "B>A" => Verdict.Second,
            "A=B" => Verdict.Tie,
            _ => Verdict.None,
        };

    private static object Judge(GoldenCase golden)
    {
        JudgeBench.Pair[] pairs =
        [
            .. golden
                .Table.AsArray()
                .Select(row => new JudgeBench.Pair((string)row!["source"]!, Game(row["label"]), Game(row["first"]), Game(row["swapped"]))),
        ];
        object Of(string source)
        {
            var result = JudgeBench.BothGames([.. pairs.Where(pair => pair.Source.StartsWith(source, StringComparison.Ordinal))]);
            return new
            {
                accuracy = result.Accuracy,
                right = result.Right,
                wrong = result.Wrong,
                tied = result.Tied,
                inconsistent = result.Inconsistent,
                with_null = result.WithoutVerdict,
            };
        }
        var both = JudgeBench.Sources.ToDictionary(source => source, Of);
        both["overall"] = Of("");
        return new { both_orders = both, first_order_only = JudgeBench.FirstGameAccuracy(pairs) };
    }

    private static int? Winner(JsonNode? winner) => (string?)winner is { } text ? int.Parse(text) : null;

    private static Dictionary<string, object?> Bar(LlmBar.Row[] rows, JsonNode expected)
    {
        var result = LlmBar.Of(rows);
        return new()
        {
            ["accuracy_first_order"] = result.FirstOrderAccuracy,
            ["accuracy_swapped"] = result.SwappedAccuracy,
            ["accuracy_average"] = result.AverageAccuracy,
            ["accuracy_both"] = result.BothAccuracy,
            ["positional_agreement"] = result.PositionalAgreement,
            ["kappa_as_the_script_computes_it"] = expected["kappa_as_the_script_computes_it"], // of nothing: not offered
            ["kappa_of_the_real_labels"] = Kappa(rows),
        };
    }

    private static double Kappa(LlmBar.Row[] rows)
    {
        double n = rows.Length,
            observed = rows.Count(row => (row.Winner ?? 0) == row.Label) / n;
        var expected = new[] { 0, 1, 2 }.Sum(label =>
            rows.Count(row => (row.Winner ?? 0) == label) / n * (rows.Count(row => row.Label == label) / n)
        );
        return (observed - expected) / (1 - expected);
    }

    private static object BarRatings(GoldenCase golden)
    {
        LlmBar.Row[] rows =
        [
            .. golden.Input["score_1_score_2_label"]!
                .AsArray()
                .Select(row => LlmBar.OfRatings((double?)row![0], (double?)row[1], (int)row[2]!)),
        ];
        var figures = Bar(rows, golden.Expected);
        figures["rows"] = rows.Select(row => new
        {
            label = row.Label,
            winner = $"{row.Winner}",
            winner_swapped_turned_back = $"{row.SwappedWinnerTurnedBack}",
        });
        return figures;
    }

    private static object Positions(GoldenCase golden)
    {
        Verdict Of(JsonNode? verdict) =>
            (string)verdict! switch
            {
                "1" => Verdict.First,
                "2" => Verdict.Second,
                _ => Verdict.Tie,
            };
        var swap = PositionSwap.Of([
            .. golden.Input["verdicts_first_call_second_call"]!.AsArray().Select(pair => (Of(pair![0]), Of(pair[1]))),
        ]);
        return new
        {
            consistency = swap.Consistency,
            always_first_place = swap.AlwaysFirstPlace,
            always_second_place = swap.AlwaysSecondPlace,
            rest_inconsistent = swap.RestInconsistent,
            first_place_share_of_decided_calls = swap.FirstPlaceShare,
            candidate_1_win_rate_conservative = swap.ConservativeWinRate,
            candidate_1_mean_of_calls = swap.MeanOfCalls,
        };
    }

    private static object Pairwise(GoldenCase golden, string? baseline) =>
        MtBench
            .Pairwise(
                golden
                    .Table.AsArray()
                    .Select(row => new MtBench.Game(
                        (string)row!["model_1"]!,
                        (string)row["model_2"]!,
                        (string)row["g1_winner"]!,
                        (string)row["g2_winner"]!
                    )),
                baseline
            )
            .ToDictionary(
                model => model.Key,
                model => new
                {
                    win = model.Value.Wins,
                    loss = model.Value.Losses,
                    tie = model.Value.Ties,
                    win_rate = model.Value.WinRate,
                    loss_rate = model.Value.LossRate,
                    win_rate_adjusted = model.Value.AdjustedWinRate,
                }
            );

    private static object Agreement(GoldenCase golden)
    {
        var votes = golden
            .Table.AsArray()
            .Select(row =>
                (
                    IsJudge: row!["judge"] is JsonArray,
                    Vote: new MtBench.Vote(
                        (int)row["question_id"]!,
                        (int)row["turn"]!,
                        (string)row["model_a"]!,
                        (string)row["model_b"]!,
                        (string)row["winner"]!
                    )
                )
            )
            .ToArray();
        MtBench.Vote[] judge = [.. votes.Where(vote => vote.IsJudge).Select(vote => vote.Vote)],
            humans = [.. votes.Where(vote => !vote.IsJudge).Select(vote => vote.Vote)];
        object Of((int Agree, int Total) result) =>
            new
            {
                agree = result.Agree,
                total = result.Total,
                ratio = (double)result.Agree / result.Total,
            };
        return new Dictionary<string, object>
        {
            ["gpt4-pair_human_with_ties"] = Of(MtBench.JudgeAgainstHumans(judge, humans)),
            ["gpt4-pair_human_without_ties"] = Of(MtBench.JudgeAgainstHumans(judge, humans, VoteTies.LeftOut)),
            ["human_human_with_ties"] = Of(MtBench.HumansAmongThemselves(humans)),
            ["human_human_without_ties"] = Of(MtBench.HumansAmongThemselves(humans, VoteTies.LeftOut)),
        };
    }

    private static object Single(GoldenCase golden)
    {
        var rows = golden.Input["rows"]!
            .AsArray()
            .Select(row => ((string)row!["model"]!, (int)row["turn"]!, row["score"].Number()))
            .ToArray();
        return new
        {
            turn_1 = MtBench.Ratings(rows, 1),
            turn_2 = MtBench.Ratings(rows, 2),
            average = MtBench.Ratings(rows),
        };
    }

    private static string? Published(Verdict verdict, string? none) =>
        verdict switch
        {
            Verdict.First => "A",
            Verdict.Second => "B",
            Verdict.Tie => "tie",
            _ => none,
        };

    private static object Modifiers(GoldenCase golden) =>
        golden
            .Input.AsObject()
            .ToDictionary(
                format => format.Key,
                format =>
                    format
                        .Value.Texts()
                        .Select(text =>
                            format.Key switch
                            {
                                "prometheus" => Published(VerdictParser.Parse(text, VerdictFormat.Prometheus), "error"),
                                "offsetbias" => Published(VerdictParser.Parse(text, VerdictFormat.OffsetBias), "error"),
                                "Atla" => Published(VerdictParser.Parse(text, VerdictFormat.Atla), null),
                                _ => Published(VerdictParser.Parse(text, VerdictFormat.ConJ), "None"),
                            }
                        )
            );

    private static object Ratings(JsonNode outputs)
    {
        var row = new RatingsRow([.. outputs.AsArray().Select(output => VerdictParser.ParseRating(output!.ToString()))]);
        return new
        {
            winners = row.Winners.Count == 0 ? (object)"error" : row.Winners,
            ratings = row.Ratings.Select(rating => rating ?? -1),
            row_value = row.Value,
        };
    }

    private static object Tally(string[] votes)
    {
        var tally = VoteTally.Of(
            votes.Select(vote =>
                vote switch
                {
                    "A" => Verdict.First,
                    "B" => Verdict.Second,
                    "tie" => Verdict.Tie,
                    _ => Verdict.None,
                }
            )
        );
        return new
        {
            valid = tally.Valid,
            verdict = Published(tally.Verdict, null),
            share_of_A = tally.FirstShare,
            self_consistency = tally.SelfConsistency,
        };
    }

    private static object Alpaca(double[] preferences)
    {
        var rate = AlpacaEvalWinRate.Of(preferences);
        return new
        {
            win_rate = rate.WinRate,
            standard_error = rate.StandardError,
            n_wins = rate.Wins,
            n_wins_base = rate.BaselineWins,
            n_draws = rate.Draws,
            n_total = rate.Total,
            discrete_win_rate = rate.DiscreteWinRate,
        };
    }
}
