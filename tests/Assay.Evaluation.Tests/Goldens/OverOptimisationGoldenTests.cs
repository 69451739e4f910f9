using Assay.Evaluation.OverOptimisation;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class OverOptimisationGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 11;

    [SharedFact]
    public void Every_case_of_overoptimisation_matches() => GoldenFile.Run("overoptimisation", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "best_of_n_kl" => golden.Input["n"].Numbers().Select(BestOfN.KullbackLeibler).ToArray() is var kl
                ? new { kl, sqrt_kl = kl.Select(Math.Sqrt) }
                : null!,
            "best_of_n_kl_discrete" => golden.Expected.AsObject().ToDictionary(row => row.Key, row => Discrete(golden, int.Parse(row.Key))),
            "best_of_n_estimator_small" => Small(golden),
            "best_of_n_estimator_600" => Large(golden),
            "best_of_n_over_prompts" => OverPrompts(golden),
            "any_right_at_n" => new
            {
                value = golden.Input["N_c_n"]!.AsArray().Select(row => BestOfN.AnyRight((int)row![0]!, (int)row[1]!, (int)row[2]!)),
            },
            "gao_bon" => Gao(golden, GaoCurve.BestOfN),
            "gao_rl" => Gao(golden, GaoCurve.ReinforcementLearning),
            "gao_bon_edges" => GaoEdges(golden),
            "proxy_gold_gap" => Gap(golden),
            "kl_estimators" => Estimators(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static object Discrete(GoldenCase golden, int n)
    {
        var (distribution, kl) = BestOfN.Discrete(golden.Input["outcome_probabilities_worst_to_best"].Numbers(), n);
        return new
        {
            distribution,
            kl,
            formula = BestOfN.KullbackLeibler(n),
        };
    }

    private static object Small(GoldenCase golden)
    {
        var gold = golden.Input["gold"].Numbers();
        object Rows(string name) =>
            Enumerable
                .Range(1, gold.Length)
                .Select(n =>
                {
                    var (proxy, best) = BestOfN.Estimate(golden.Input[name].Numbers(), gold, n);
                    return new[] { n, proxy, best };
                });
        var first = golden.Expected["must_not_be_gold_of_first_n"].Numbers();
        Assert.NotEqual(first[2], BestOfN.Estimate(golden.Input["proxy"].Numbers(), gold, 3).Gold, 1e-6);
        return new
        {
            columns = golden.Expected["columns"],
            no_ties = Rows("proxy"),
            ties = Rows("proxy_with_ties"),
        };
    }

    private static object Large(GoldenCase golden)
    {
        var (proxies, gold) = (golden.Table["proxy"].Numbers(), golden.Table["gold"].Numbers());
        return new
        {
            columns = golden.Expected["columns"],
            rows = golden
                .Input["n"]
                .Integers()
                .Select(n =>
                {
                    var (proxy, best) = BestOfN.Estimate(proxies, gold, n);
                    return new[] { n, BestOfN.KullbackLeibler(n), proxy, best, proxy - best };
                }),
        };
    }

    private static object OverPrompts(GoldenCase golden)
    {
        var cells = golden
            .Input["proxy"]
            .Rows()
            .Zip(golden.Input["gold"].Rows(), (proxy, gold) => BestOfN.Estimate(proxy, gold, (int)golden.Input["n"]!))
            .ToArray();
        return new { proxy = cells.Average(cell => cell.Proxy), gold = cells.Average(cell => cell.Gold) };
    }

    private static object Gao(GoldenCase golden, GaoCurve curve)
    {
        var fit = GaoFit.Of(curve, golden.Input["d"].Numbers(), golden.Input["gold"].Numbers());
        Assert.Equal(0, fit.At(0));
        return new
        {
            alpha = fit.Alpha,
            beta = fit.Beta,
            std_errors = new[] { fit.AlphaStandardError, fit.BetaStandardError },
            residual_sum_of_squares = fit.ResidualSumOfSquares,
            peak_d = fit.PeakDistance,
            peak_kl = fit.PeakKullbackLeibler,
            peak_gold = fit.PeakGold,
            zero_crossing_d = fit.ZeroCrossingDistance,
            fitted = golden.Input["d"].Numbers().Select(fit.At),
        };
    }

    private static object GaoEdges(GoldenCase golden) =>
        golden
            .Input.AsObject()
            .ToDictionary(
                edge => edge.Key,
                object (edge) =>
                {
                    GaoFit Fit() => GaoFit.Of(GaoCurve.BestOfN, edge.Value!["d"].Numbers(), edge.Value["gold"].Numbers());
                    if (edge.Key == "one_point")
                        return new { alpha_beta = GoldenFile.RefusedByDesign(Fit), rank = 1 };
                    return new { alpha_beta = new[] { Fit().Alpha, Fit().Beta }, rank = 2 };
                }
            );

    private static object Gap(GoldenCase golden)
    {
        var (distances, gold) = (golden.Input["d"].Numbers(), golden.Input["gold"].Numbers());
        var gap = ProxyGoldGap.Of(golden.Input["proxy"].Numbers(), gold);
        return new
        {
            gap = gap.Gaps,
            gold_argmax = gap.GoldPeakIndex,
            best_measured_d = distances[gap.GoldPeakIndex],
            gold_lost_from_peak_to_last = gap.GoldLostFromPeakToLast,
            proxy_still_rising = gap.ProxyStillRising,
            spearman_proxy_gold = gap.RankCorrelation,
        };
    }

    private static object Estimators(GoldenCase golden)
    {
        KlEstimate[] tokens =
        [
            .. golden.Input["policy_logprobs"].Numbers().Zip(golden.Input["reference_logprobs"].Numbers(), (p, q) => new KlEstimate(p, q)),
        ];
        var (score, beta) = (golden.Input["score"].Number(), golden.Input["beta"].Number());
        return new
        {
            k1 = tokens.Select(token => token.K1),
            k2 = tokens.Select(token => token.K2),
            k3 = tokens.Select(token => token.K3),
            sequence_k1 = tokens.Sum(token => token.K1),
            sequence_k3 = tokens.Sum(token => token.K3),
            penalised_score_k1 = KlEstimate.PenalisedScore(score, beta, tokens.Select(token => token.K1)),
            penalised_score_k3 = KlEstimate.PenalisedScore(score, beta, tokens.Select(token => token.K3)),
        };
    }
}
