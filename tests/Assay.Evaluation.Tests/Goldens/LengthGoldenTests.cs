using System.Text.Json.Nodes;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Judges;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Testing;
using TestResult = Assay.Evaluation.Statistics.TestResult;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class LengthGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 25;

    [SharedFact]
    public void Every_case_of_length_matches() => GoldenFile.Run("length", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "accuracy_by_ratio_bucket" => new
            {
                buckets = Audit(golden.Table)
                    .ByRatio.Select(b => new
                    {
                        bucket = b.Name,
                        pairs = b.Pairs,
                        accuracy = b.Accuracy,
                        mean_margin = b.MeanMargin,
                    }),
            },
            "accuracy_by_difference_quartile" => new
            {
                quartiles = Audit(golden.Table).DifferenceQuartiles,
                buckets = Audit(golden.Table).ByDifference.Select(b => new { pairs = b.Pairs, accuracy = b.Accuracy }),
            },
            "length_matched" => Audit(golden.Table)
                .Matched.ToDictionary(
                    m => m.Limit.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    m => new
                    {
                        pairs = m.Pairs,
                        share = m.Share,
                        accuracy_half = m.Accuracy,
                        accuracy_strict = m.AccuracyTiesWrong,
                    }
                ),
            "length_matched_edges" => MatchedEdges(golden),
            "longer_wins" => LongerWins(golden),
            "correlation_token_difference" => Correlations(golden, (chosen, rejected) => chosen - rejected),
            "correlation_log_ratio" => Correlations(golden, (chosen, rejected) => Math.Log(chosen / rejected)),
            "correlation_edges" => golden.Input.Map(CorrelationEdge),
            "partial_correlation" => Partial(golden),
            "logit_separation" => Separation(golden),
            var name when name.StartsWith("logit_", StringComparison.Ordinal) => Logit(golden),
            "length_only_baseline" => Baseline(golden),
            var name when name.StartsWith("length_controlled_", StringComparison.Ordinal) => LengthControlled(golden),
            "effect_size" => Effects(golden),
            "effect_size_edges" => golden
                .Input.AsObject()
                .ToDictionary(
                    edge => edge.Key,
                    object? (edge) =>
                        EffectSize.CohenPooled(edge.Value![0].Numbers(), edge.Value[1].Numbers()) is var d
                        && edge.Value[0]!.AsArray().Count == 1
                            ? new[] { d }
                            : d
                ),
            "cochran_mantel_haenszel" => Stratified(golden),
            "cochran_mantel_haenszel_empty_cells" => EmptyCells(golden),
            "chosen_always_longer" => AlwaysLonger(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static IEnumerable<PairScore> Pairs(JsonNode table)
    {
        var (chosen, rejected) = (table["chosen_tokens"].Numbers(), table["rejected_tokens"].Numbers());
        var chosenScores = (table["chosen_score"] ?? table["chosen"]).Numbers();
        var rejectedScores = (table["rejected_score"] ?? table["rejected"]).Numbers();
        var strata = table["stratum"]?.Texts();
        return chosen.Select(
            (length, i) =>
                new PairScore
                {
                    Row = i + 1,
                    ChosenScore = chosenScores[i],
                    RejectedScore = rejectedScores[i],
                    ChosenLength = (long)length,
                    RejectedLength = (long)rejected[i],
                    Source = strata?[i],
                }
        );
    }

    private static LengthAudit Audit(JsonNode table) => LengthAudit.Of(Pairs(table));

    private static double[] Margins(JsonNode table) => [.. Pairs(table).Select(pair => pair.Margin)];

    private static double[] LogRatios(JsonNode table) =>
        [.. Pairs(table).Select(pair => Math.Log((double)pair.ChosenLength! / (double)pair.RejectedLength!))];

    private static object MatchedEdges(GoldenCase golden)
    {
        double[] ratios = [.. golden.Input["pairs"]!.AsArray().Select(pair => LengthRatio.Symmetric((long)pair![0]!, (long)pair[1]!))];
        return new Dictionary<string, object>
        {
            ["ratio"] = ratios,
            ["within_1.1"] = ratios.Select(ratio => ratio <= 1.1),
            ["within_1.25"] = ratios.Select(ratio => ratio <= 1.25),
        };
    }

    private static object LongerWins(GoldenCase golden)
    {
        var audit = Audit(golden.Table);
        return new
        {
            chosen_longer = audit.ChosenLonger,
            chosen_shorter = audit.ChosenShorter,
            equal = audit.EqualLength,
            label_prefers_longer = audit.LabelPrefersLonger,
            model_prefers_longer = audit.ModelPrefersLonger,
            decided_pairs = audit.DecidedPairs,
            accuracy_when_chosen_longer = audit.AccuracyWhenChosenLonger,
            accuracy_when_chosen_shorter = audit.AccuracyWhenChosenShorter,
            accuracy_gap = audit.AccuracyGap,
            mean_log_ratio = audit.MeanLogRatio,
            mean_difference = audit.MeanDifference,
        };
    }

    private static object Correlations(GoldenCase golden, Func<double, double, double> of)
    {
        var margins = Margins(golden.Table);
        double[] y = [.. golden.Table["chosen_tokens"].Numbers().Zip(golden.Table["rejected_tokens"].Numbers(), of)];
        var (pearson, spearman, kendall) = (Correlation.Pearson(margins, y), Correlation.Spearman(margins, y), KendallTau.Of(margins, y));
        var interval = Correlation.PearsonInterval(pearson.Coefficient, y.Length);
        return new
        {
            pearson = new
            {
                r = pearson.Coefficient,
                p_value = pearson.PValue,
                interval_95 = new[] { interval.Low, interval.High },
            },
            spearman = new { rho = spearman.Coefficient, p_value = spearman.PValue },
            kendall_b = new { tau = kendall.B, p_value = kendall.PValue },
        };
    }

    private static object CorrelationEdge(JsonNode edge)
    {
        var (x, y) = (edge["x"].Numbers(), edge["y"].Numbers());
        return new
        {
            pearson = GoldenFile.Try(() => Correlation.Pearson(x, y) is var r ? new[] { r.Coefficient, r.PValue } : []),
            spearman = GoldenFile.Try(() => Correlation.Spearman(x, y) is var r ? new[] { r.Coefficient, r.PValue } : []),
            kendall_b = GoldenFile.Try(() => KendallTau.Of(x, y) is var r ? new[] { r.B, r.PValue } : []),
        };
    }

    private static object Partial(GoldenCase golden)
    {
        double[] margins = Margins(golden.Table),
            ratios = LogRatios(golden.Table),
            quality = golden.Table["quality_gap"].Numbers();
        double[] tokens = [.. Pairs(golden.Table).Select(pair => (double)(pair.ChosenLength! + pair.RejectedLength!))];
        object Of(CorrelationResult result) =>
            new
            {
                r = result.Coefficient,
                p_value = result.PValue,
                n = margins.Length,
                r_by_residuals = result.Coefficient,
            };
        return new Dictionary<string, object>
        {
            ["pearson | quality"] = Of(Correlation.Partial(margins, ratios, [quality])),
            ["pearson | quality+tokens"] = Of(Correlation.Partial(margins, ratios, [quality, tokens])),
            ["spearman | quality"] = Of(Correlation.PartialSpearman(margins, ratios, [quality])),
            ["spearman | quality+tokens"] = Of(Correlation.PartialSpearman(margins, ratios, [quality, tokens])),
        };
    }

    private static object Logit(GoldenCase golden)
    {
        double[] first = [.. golden.Table["chosen_is_first"]!.AsArray().Select(isFirst => (bool)isFirst! ? 1.0 : 0)];
        Column Turned(string name, double[] values) => new(name, [.. values.Select((value, i) => first[i] == 1 ? value : -value)]);
        var columns = golden
            .Input["columns"]
            .Texts()
            .Select(name =>
                name switch
                {
                    "intercept" => Column.Intercept(first.Length),
                    "margin" => Turned(name, Margins(golden.Table)),
                    _ => Turned(name, LogRatios(golden.Table)),
                }
            );
        var fit = LogisticRegression.Fit(first, [.. columns]);
        // statsmodels fits the null model by a search that stops 1.5e-8 below the maximum, which has a closed form: ours must lie above it,
        // and no further.
        var library = golden.Expected["null_log_likelihood"].Number();
        Assert.InRange(fit.NullLogLikelihood, library, library + 1e-6);
        return new
        {
            coefficients = fit.Coefficients,
            std_errors = fit.StandardErrors,
            z = fit.Z,
            p_values = fit.PValues,
            intervals_95 = fit.Intervals().Select(interval => new[] { interval.Low, interval.High }),
            log_likelihood = fit.LogLikelihood,
            null_log_likelihood = library,
            mcfadden_r2 = fit.McFaddenR2,
            covariance = fit.Covariance,
            accuracy_at_half = fit.AccuracyAtHalf,
        };
    }

    private static object Separation(GoldenCase golden) =>
        golden
            .Input.AsObject()
            .ToDictionary(
                edge => edge.Key,
                edge =>
                {
                    var message = Assert
                        .Throws<EvaluationException>(() =>
                            LogisticRegression.Fit(edge.Value!["y"].Numbers(), new Column("length", edge.Value["x"].Numbers()))
                        )
                        .Message;
                    Assert.Contains("length separate", message, StringComparison.Ordinal);
                    return new { raises_or_converged = new { converged = false }, optimum = "none: the slope runs to infinity" };
                }
            );

    private static object Baseline(GoldenCase golden)
    {
        var audit = Audit(golden.Table);
        var pairs = Pairs(golden.Table).ToArray();
        bool[] first = [.. golden.Table["chosen_is_first"]!.AsArray().Select(isFirst => (bool)isFirst!)];
        double FirstMinusSecond(Func<PairScore, double> value)
        {
            double[] turned = [.. pairs.Select((pair, i) => first[i] ? value(pair) : -value(pair))];
            return Auc.Of([.. turned.Where((_, i) => first[i])], [.. turned.Where((_, i) => !first[i])]);
        }
        return new
        {
            accuracy_longer_wins = audit.LengthOnlyAccuracy,
            accuracy_strict = (double)audit.ChosenLonger / audit.Pairs,
            auc_of_length_pooled = Auc.Of(
                [.. pairs.Select(pair => (double)pair.ChosenLength!)],
                [.. pairs.Select(pair => (double)pair.RejectedLength!)]
            ),
            auc_of_first_minus_second_tokens = FirstMinusSecond(pair => (double)(pair.ChosenLength! - pair.RejectedLength!)),
            auc_of_model_first_minus_second = FirstMinusSecond(pair => pair.Margin),
            model_accuracy_half = PairMetrics.Of(pairs).Accuracy,
        };
    }

    private static object LengthControlled(GoldenCase golden)
    {
        var table = golden.Table;
        var (codes, baseline, model, difficulty) = (
            table["preference"].Numbers(),
            table["length_1"].Numbers(),
            table["length_2"].Numbers(),
            table["instruction_difficulty"].Numbers()
        );
        LengthControlledWinRate.Row[] rows =
        [
            .. codes.Select((code, i) => new LengthControlledWinRate.Row(code, (int)baseline[i], (int)model[i], difficulty[i])),
        ];
        var (shares, lengths, indices) = (
            table["gamed_preference"].Numbers(),
            table["gamed_std_delta_len"].Numbers(),
            table["gamed_index"].Integers()
        );
        LengthControlledWinRate.GamedRow[] gamed =
            golden.Name == "length_controlled_v1"
                ? [.. shares.Select((share, i) => new LengthControlledWinRate.GamedRow(share, lengths[i], difficulty[indices[i]]))]
                : [];
        var isMinimal = golden.Name == "length_controlled_minimal";
        var rate = AlpacaEvalWinRate.Of(codes);
        var controlled = LengthControlledWinRate.Of(
            rows,
            gamed,
            golden.Input["C_grid"].Numbers(),
            golden.Input["fold_of_training_row"].Integers(),
            isMinimal ? DifficultyTerm.LeftOut : DifficultyTerm.Included
        );
        var coefficients = new Dictionary<string, double>
        {
            ["np.tanh(std_delta_len)"] = controlled.LengthCoefficient,
            ["not_gamed_baseline.astype(float)"] = controlled.ModelCoefficient,
        };
        if (!isMinimal)
            coefficients["instruction_difficulty"] = controlled.DifficultyCoefficient;
        return new
        {
            library = new
            {
                win_rate = rate.WinRate,
                standard_error = rate.StandardError,
                n_wins = rate.Wins,
                n_wins_base = rate.BaselineWins,
                n_draws = rate.Draws,
                n_total = rate.Total,
                discrete_win_rate = rate.DiscreteWinRate,
                length_controlled_winrate = controlled.WinRate,
                lc_standard_error = controlled.StandardError,
                controlled.C,
                coefficients,
            },
            exact = new
            {
                mean_cv_loss_by_C = controlled.CrossValidationLosses,
                controlled.C,
                coefficients,
                length_controlled_winrate = controlled.WinRate,
                lc_standard_error = controlled.StandardError,
            },
        };
    }

    private static object Effects(GoldenCase golden)
    {
        var (chosen, rejected) = (golden.Table["chosen_tokens"].Numbers(), golden.Table["rejected_tokens"].Numbers());
        return new
        {
            cohen_pooled = EffectSize.CohenPooled(chosen, rejected),
            hedges = EffectSize.Hedges(chosen, rejected),
            cohen_paired_avg = EffectSize.CohenPairedAverage(chosen, rejected),
            cohen_dz = Audit(golden.Table).LengthEffectSize,
        };
    }

    private static object Result(TestResult result) => new { statistic = result.Statistic, p_value = result.PValue };

    private static object Stratified(GoldenCase golden)
    {
        var tables = Audit(golden.Table).LongerAgainstRight;
        var interval = tables.OddsRatioInterval();
        return new
        {
            tables = tables.Strata.Select(t => new[] { new[] { t.YesYes, t.YesNo }, [t.NoYes, t.NoNo] }),
            odds_ratio_pooled = tables.OddsRatio,
            log_odds_ratio_pooled_std_error = tables.LogOddsRatioStandardError,
            odds_ratio_interval_95 = new[] { interval.Low, interval.High },
            risk_ratio_pooled = tables.RiskRatio,
            cmh = Result(tables.NoAssociation),
            cmh_corrected = Result(tables.NoAssociationCorrected),
            breslow_day = Result(tables.EqualOdds),
            breslow_day_tarone = Result(tables.EqualOddsTarone),
        };
    }

    private static object EmptyCells(GoldenCase golden)
    {
        var tables = new StratifiedTables([
            .. golden.Input["tables"]!
                .AsArray()
                .Select(t => new TwoByTwo((double)t![0]![0]!, (double)t[0]![1]!, (double)t[1]![0]!, (double)t[1]![1]!)),
        ]);
        return new { odds_ratio_pooled = tables.OddsRatio, cmh = Result(tables.NoAssociation) };
    }

    private static object AlwaysLonger(GoldenCase golden)
    {
        var audit = Audit(golden.Input);
        var metrics = PairMetrics.Of(Pairs(golden.Input));
        Assert.True(audit.LengthMatchedCheckNeeded);
        return new Dictionary<string, object>
        {
            ["accuracy"] = metrics.Accuracy,
            ["mean_margin"] = metrics.MarginMean,
            ["label_prefers_longer"] = audit.LabelPrefersLonger,
            ["length_only_accuracy"] = audit.LengthOnlyAccuracy,
            ["ratios"] = Pairs(golden.Input).Select(pair => LengthRatio.Symmetric(pair.ChosenLength!.Value, pair.RejectedLength!.Value)),
            ["matched_at_1.25"] = audit.Matched[1].Pairs,
        };
    }
}
