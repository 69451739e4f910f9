using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Evaluation.Ranking;
using Assay.Evaluation.Statistics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class RankingGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 15;

    [SharedFact]
    public void Every_case_of_ranking_matches() => GoldenFile.Run("ranking", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "matrices" => Matrices(golden),
            "bradley_terry_ties_half" => TiesHalf(golden),
            "bradley_terry_without_ties" => BradleyTerry.Fit(Matrix(golden).Wins) is var fit
                ? new { strengths = fit.Strengths, log_likelihood = fit.LogLikelihood }
                : null!,
            "choix_regularised" => golden
                .Expected.AsObject()
                .ToDictionary(row => row.Key, row => Regularised(golden, double.Parse(row.Key, CultureInfo.InvariantCulture))),
            "arena_elo_mle" => Arena(golden),
            "davidson" => Davidson(golden),
            "rao_kupper" => RaoKupper(golden),
            "bradley_terry_first_place_advantage" => FirstPlace(golden),
            "bradley_terry_length_controlled" => LengthControlled(golden),
            "elo_sequential" => Sequential(golden),
            "bootstrap_given_battles" => Resampled(golden),
            "bradley_terry_edges" => Edges(golden),
            "bradley_terry_all_ties" => new
            {
                strengths = BradleyTerry.Fit(new BattleMatrix(3, Battles(golden.Input["battles"]!)).WinsWithTiesHalf).Strengths,
            },
            "elo_edges" => new { empty = Elo.Rate([], 2), one = Elo.Rate(Battles(golden.Input["one"]!), 2) },
            "rank_correlation" => Agreement(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static Battle[] Battles(JsonNode node) =>
        [
            .. node.AsArray()
                .Select(row => new Battle(
                    (int)row![0]!,
                    (int)row[1]!,
                    (string)row[2]! switch
                    {
                        "a" => BattleOutcome.First,
                        "b" => BattleOutcome.Second,
                        _ => BattleOutcome.Tie,
                    }
                )),
        ];

    private static int Models(GoldenCase golden) => (int)(golden.Input["models"] ?? 6)!;

    private static Battle[] Battles(GoldenCase golden) => Battles(golden.NamedTable("battles"));

    private static BattleMatrix Matrix(GoldenCase golden) => new(Models(golden), Battles(golden));

    private static double[][] Rows(double[,] matrix) =>
        [
            .. Enumerable
                .Range(0, matrix.GetLength(0))
                .Select(i => Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[i, j]).ToArray()),
        ];

    private static object Matrices(GoldenCase golden)
    {
        var matrix = Matrix(golden);
        return new
        {
            wins = Rows(matrix.Wins),
            ties = Rows(matrix.Ties),
            games = Rows(matrix.Games),
            win_rate_half = Rows(matrix.WinRates),
            total_win_rate_half = matrix.TotalWinRates,
            mean_over_opponents = matrix.MeanOverOpponents,
        };
    }

    private static object TiesHalf(GoldenCase golden)
    {
        var fit = BradleyTerry.Fit(Matrix(golden).WinsWithTiesHalf);
        var n = fit.Strengths.Count;
        var regression = BradleyTerryRegression.Of(Battles(golden), n);
        return new
        {
            strengths = fit.Strengths,
            elo = fit.Strengths.Select(x => EloScale.Of(x)),
            elo_anchored_m5_at_800 = fit.Strengths.Select(x => EloScale.Of(x - fit.Strengths[5], 800)),
            log_likelihood = fit.LogLikelihood,
            covariance_sum_zero = fit.Covariance,
            std_errors = fit.StandardErrors,
            std_errors_against_m0 = regression.Fit.StandardErrors,
            win_probability = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => fit.WinProbability(i, j))),
        };
    }

    /// <summary>Every win twice, a tie once each way.</summary>
    private static double[,] Doubled(GoldenCase golden)
    {
        var doubled = Matrix(golden).WinsWithTiesHalf;
        for (var i = 0; i < doubled.GetLength(0); i++)
        {
            for (var j = 0; j < doubled.GetLength(1); j++)
                doubled[i, j] *= 2;
        }
        return doubled;
    }

    private static object Regularised(GoldenCase golden, double alpha) =>
        new
        {
            opt_pairwise = BradleyTerry.Fit(Doubled(golden), alpha).Strengths,
            ilsr_pairwise = SpectralRanking.Fit(Doubled(golden), alpha),
        };

    private static object Arena(GoldenCase golden)
    {
        // scikit-learn's penalty |beta|²/2 on coefficients of ±ln 10 columns is x²/(2 ln² 10) on natural strengths.
        var penalty = 1 / (2 * Math.Log(10) * Math.Log(10));
        return new
        {
            elo = BradleyTerry.Fit(Doubled(golden), penalty).Strengths.Select(x => EloScale.Of(x)),
            same_without_penalty = BradleyTerry.Fit(Doubled(golden)).Strengths.Select(x => EloScale.Of(x)),
        };
    }

    private static object Davidson(GoldenCase golden)
    {
        var fit = TieModel.Fit(TieModelKind.Davidson, Matrix(golden));
        return new
        {
            strengths = fit.Strengths,
            nu = fit.Parameter,
            log_likelihood = fit.LogLikelihood,
            m0_m1_win_loss_tie = Chances(fit),
            tie_share = Battles(golden).Average(battle => battle.Outcome == BattleOutcome.Tie ? 1.0 : 0),
        };
    }

    private static double[] Chances(TieModel fit)
    {
        var (win, loss, tie) = fit.Probabilities(0, 1);
        return [win, loss, tie];
    }

    private static object RaoKupper(GoldenCase golden)
    {
        var fit = TieModel.Fit(TieModelKind.RaoKupper, Matrix(golden));
        return new
        {
            strengths = fit.Strengths,
            theta = fit.Parameter,
            log_likelihood = fit.LogLikelihood,
            m0_m1_win_loss_tie = Chances(fit),
        };
    }

    private static object FirstPlace(GoldenCase golden)
    {
        var battles = Battles(golden);
        var fit = BradleyTerryRegression.Of(battles, Models(golden), Column.Intercept(battles.Length));
        return new
        {
            advantage_of_model_a = fit.Properties[0].Coefficient,
            std_error = fit.Properties[0].StandardError,
            strengths = fit.Strengths,
        };
    }

    private static object LengthControlled(GoldenCase golden)
    {
        var tokens = golden.NamedTable("battle_tokens");
        var fit = BradleyTerryRegression.Of(
            Battles(golden),
            Models(golden),
            BradleyTerryRegression.LengthFeature(tokens["a"].Numbers(), tokens["b"].Numbers())
        );
        return new
        {
            length_coefficient = fit.Properties[0].Coefficient,
            std_error = fit.Properties[0].StandardError,
            strengths = fit.Strengths,
        };
    }

    private static object Sequential(GoldenCase golden)
    {
        var (battles, n) = (Battles(golden), Models(golden));
        return new
        {
            k4 = Elo.Rate(battles, n),
            k32 = Elo.Rate(battles, n, k: 32),
            k4_reversed_order = Elo.Rate(battles.Reverse(), n),
            k4_after_first_battle = Elo.Rate(battles.Take(1), n),
        };
    }

    private static object Resampled(GoldenCase golden)
    {
        var (battles, n) = (Battles(golden), Models(golden));
        int[][] resamples = [.. golden.NamedTable("battle_resamples").AsArray().Select(GoldenJson.Integers)];
        var strengths = RankingBootstrap.Of(
            battles,
            resample => [.. BradleyTerry.Fit(new BattleMatrix(n, resample).WinsWithTiesHalf).Strengths.Select(x => EloScale.Of(x))],
            resamples
        );
        var elo = RankingBootstrap.Of(battles, resample => Elo.Rate(resample, n), resamples);
        double[] levels = [0.025, 0.5, 0.975];
        return new
        {
            bradley_terry_elo = levels.Select(strengths.Rating),
            elo_k4 = levels.Select(elo.Rating),
            first_resample_bradley_terry_elo = strengths.Ratings[0],
            first_resample_elo_k4 = elo.Ratings[0],
            rank_interval = new[] { strengths.Rank(0.025), strengths.Rank(0.975) },
        };
    }

    private static object Edges(GoldenCase golden)
    {
        object Of(string name, int models)
        {
            var wins = new BattleMatrix(models, Battles(golden.Input[name]!)).Wins;
            return new Dictionary<string, object?>
            {
                ["choix_ilsr"] = GoldenFile.Try(() => SpectralRanking.Fit(wins)),
                ["choix_ilsr_alpha_0.01"] = SpectralRanking.Fit(wins, 0.01),
                ["difference_must_be"] =
                    models == 2
                        ? BradleyTerry.Fit(wins).Strengths is var x
                            ? x[0] - x[1]
                            : 0
                        : null,
            };
        }
        Assert.Contains(
            "model(s) 1, 2 never won",
            Assert
                .Throws<EvaluationException>(() => BradleyTerry.Fit(new BattleMatrix(3, Battles(golden.Input["undefeated"]!)).Wins))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "model(s) 2, 3",
            Assert
                .Throws<EvaluationException>(() => BradleyTerry.Fit(new BattleMatrix(4, Battles(golden.Input["disconnected"]!)).Wins))
                .Message,
            StringComparison.Ordinal
        );
        return new
        {
            undefeated = Of("undefeated", 3),
            disconnected = Of("disconnected", 4),
            two_models_3_to_1 = Of("two_models_3_to_1", 2),
        };
    }

    private static object Agreement(GoldenCase golden)
    {
        double[] r1 = golden.Input["r1"].Numbers(),
            r2 = golden.Input["r2"].Numbers(),
            s3 = golden.Input["scores3"].Numbers(),
            s4 = golden.Input["scores4"].Numbers();
        object Of(double[] x, double[] y)
        {
            var tau = KendallTau.Of(x, y);
            return new
            {
                kendall_b = tau.B,
                kendall_b_p = tau.PValue,
                kendall_c = tau.C,
                spearman = Correlation.Spearman(x, y).Coefficient,
                weighted_tau = RankAgreement.WeightedTau(x, y),
                discordant_pairs = tau.DiscordantPairs,
            };
        }
        return new
        {
            r1_r2 = Of(r1, r2),
            scores3_scores4 = Of(s3, s4),
            r1_reversed = Of(r1, [.. r1.Reverse()]),
            top_3_overlap_scores3_scores4 = RankAgreement.TopOverlap(s3, s4, 3),
        };
    }
}
