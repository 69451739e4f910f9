using System.Text.Json.Nodes;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;
using Assay.Testing;
using TestResult = Assay.Evaluation.Statistics.TestResult;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class PairsGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 22;
    private const double Level = 0.95;

    [SharedFact]
    public void Every_case_of_pairs_matches() => GoldenFile.Run("pairs", CaseCount, output, Compute, "sign_test", "wilcoxon_signed_rank");

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            var name when name.StartsWith("tie_policies_", StringComparison.Ordinal) => TiePolicies(golden),
            "intervals" => new { rows = golden.Input["rows"]!.AsArray().Select(Intervals!) },
            "bootstrap_given_indices" => BootstrapOf([.. Margins(golden.Table, "a").Take(40).Select(Credit)], golden),
            "bootstrap_of_mean_margin" => BootstrapOf([.. Margins(golden.Table, "a").Take(40)], golden),
            "bootstrap_edges" => BootstrapEdges(golden),
            "cluster_bootstrap_given_groups" => Clustered(golden),
            "mcnemar" => McNemarOfModels(golden),
            "mcnemar_hand" => new
            {
                results = golden.Input["tables"]!.AsArray().Select(table => McNemarOf((long)table![0]![1]!, (long)table[1]![0]!)),
            },
            "paired_permutation_exact" => PermutationExact(golden),
            "paired_permutation_given_flips" => PermutationOfFlips(golden),
            "auc_delong" => DeLongOfModels(golden),
            "auc_difference_bootstrap" => AucBootstrap(golden),
            "auc_edges" => golden.Input.Map(edge => GoldenFile.Try(() => AucOf(edge["labels"].Integers(), edge["scores"].Numbers()))),
            "delong_identical_models" => Identical(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static double Credit(double margin) =>
        margin > 0 ? 1
        : margin == 0 ? 0.5
        : 0;

    private static double[] Margins(JsonNode table, string model) =>
        [.. table[model + "_chosen"].Numbers().Zip(table[model + "_rejected"].Numbers(), (chosen, rejected) => chosen - rejected)];

    private static IEnumerable<PairScore> Pairs(JsonNode table, string model)
    {
        var (groups, chosen, rejected) = (
            table["prompt_group"].Integers(),
            table[model + "_chosen"].Numbers(),
            table[model + "_rejected"].Numbers()
        );
        return chosen.Select(
            (score, i) =>
                new PairScore
                {
                    Row = i + 1,
                    Group = groups[i].ToString(),
                    ChosenScore = score,
                    RejectedScore = rejected[i],
                }
        );
    }

    private static object TiePolicies(GoldenCase golden)
    {
        var pairs = golden.Input["table"] is not null
            ? Pairs(golden.Table, (string)golden.Input["scores"]!)
            : golden
                .Input["margins"]
                .Numbers()
                .Select(
                    (margin, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            ChosenScore = margin,
                            RejectedScore = 0,
                        }
                );
        if (golden.Name is "tie_policies_empty" or "tie_policies_nan_margin")
        {
            // The library gives NaN or counts the row as wrong; ours refuses and names the row.
            var refusal = GoldenFile.RefusedByDesign(() => PairMetrics.Of(pairs));
            Assert.Contains(
                golden.Name == "tie_policies_empty" ? "no pairs" : "row 2: chosen_score is NaN",
                (string)refusal["refused_by_design"]!,
                StringComparison.Ordinal
            );
            return refusal;
        }
        var metrics = PairMetrics.Of(pairs);
        return new
        {
            pairs = metrics.Pairs,
            wins = metrics.Wins,
            ties = metrics.Ties,
            losses = metrics.Losses,
            nan = 0,
            strict = metrics.AccuracyWith(TiePolicy.Wrong),
            half = metrics.AccuracyWith(TiePolicy.Half),
            ties_as_wins = metrics.AccuracyWith(TiePolicy.Right),
            without_ties = metrics.AccuracyWith(TiePolicy.Dropped),
            mean_margin = metrics.MarginMean,
        };
    }

    private static object Intervals(JsonNode row)
    {
        var (correct, pairs, level) = (row["correct"].Number(), row["pairs"].Number(), 1 - row["alpha"].Number());
        object? Ends(Func<double, double, double, Interval> interval) =>
            pairs == 0 ? GoldenFile.RefusedByDesign(() => interval(correct, pairs, level)) : Both(interval(correct, pairs, level));
        return new
        {
            correct,
            pairs,
            alpha = row["alpha"],
            wilson = Ends(ProportionInterval.Wilson),
            clopper_pearson = Ends(ProportionInterval.ClopperPearson),
            agresti_coull = Ends(ProportionInterval.AgrestiCoull),
            jeffreys = Ends(ProportionInterval.Jeffreys),
            normal = Ends(ProportionInterval.Normal),
        };
    }

    private static double[] Both(Interval interval) => [interval.Low, interval.High];

    private static int[][] Resamples(GoldenCase golden) =>
        [.. golden.NamedTable((string)golden.Input["resamples"]!).AsArray().Select(GoldenJson.Integers)];

    private static object BootstrapOf(double[] values, GoldenCase golden)
    {
        var bootstrap = Bootstrap.OfMean(values, Resamples(golden));
        var general = Bootstrap.Of(values.Length, items => items.Sum(item => values[item]) / items.Count, Resamples(golden));
        Assert.Equal(bootstrap.Bca().Interval, general.Bca().Interval);
        return new
        {
            estimate = bootstrap.Estimate,
            std_error = bootstrap.StandardError,
            percentile = Both(bootstrap.Percentile(Level)),
            basic = Both(bootstrap.Basic(Level)),
            bca = Both(bootstrap.Bca(Level).Interval),
            bca_parts = Parts(bootstrap.Bca(Level)),
            percentile_90 = Both(bootstrap.Percentile(0.9)),
        };
    }

    private static object Parts(BcaParts parts) =>
        new
        {
            z0 = parts.BiasCorrection,
            acceleration = parts.Acceleration,
            levels = new[] { parts.LowLevel, parts.HighLevel },
            low = parts.Interval.Low,
            high = parts.Interval.High,
        };

    private static object BootstrapEdges(GoldenCase golden) =>
        golden.Input.Map(values => new
        {
            percentile = GoldenFile.Try(() => Both(Seeded(values).Percentile())),
            BCa = GoldenFile.Try(() => Both(Seeded(values).Bca().Interval)),
        });

    private static Bootstrap Seeded(JsonNode values) =>
        Bootstrap.OfMean(values.Numbers(), Assay.Evaluation.Statistics.Resamples.Draw(values.AsArray().Count, seed: 1, resampleCount: 200));

    private static object Clustered(GoldenCase golden)
    {
        var resamples = Resamples(golden);
        var clustered = ClusteredAccuracy.Of(Pairs(golden.Table, "a"), _ => resamples);
        var groupMeans = Pairs(golden.Table, "a")
            .GroupBy(pair => pair.Group)
            .Select(group => group.Average(pair => Credit(pair.Margin)))
            .ToArray();
        var wrong = golden.Expected["must_not_be"]!["percentile_of_group_means"].Numbers();
        Assert.NotEqual(wrong[0], clustered.Interval.Low, 1e-6);
        return new
        {
            pairs = clustered.Pairs,
            groups = clustered.Groups,
            estimate = clustered.Accuracy,
            iid_std_error = clustered.IndependentStandardError,
            cluster_std_error = clustered.ClusterStandardError,
            cluster_std_error_no_correction = clustered.ClusterStandardErrorUncorrected,
            design_effect = clustered.DesignEffect,
            bootstrap_std_error = clustered.Bootstrap!.StandardError,
            percentile = Both(clustered.Interval),
            bca = Parts(clustered.Bootstrap!.Bca()),
            mean_of_group_means = groupMeans.Average(),
        };
    }

    private static object McNemarOfModels(GoldenCase golden)
    {
        bool[] first = [.. Margins(golden.Table, "a").Select(margin => margin > 0)],
            second = [.. Margins(golden.Table, "b").Select(margin => margin > 0)];
        var test = McNemar.Of(first, second);
        long Both(bool right) => first.Zip(second).Count(outcome => outcome == (right, right));
        return new
        {
            both_right_aonly_bonly_both_wrong = new[]
            {
                new[] { Both(true), test.OnlyFirstRight },
                new[] { test.OnlySecondRight, Both(false) },
            },
            exact = Result(test.Exact),
            chi2 = Result(test.ChiSquared),
            chi2_corrected = Result(test.ChiSquaredCorrected),
        };
    }

    private static object McNemarOf(long onlyFirst, long onlySecond)
    {
        var test = new McNemar(onlyFirst, onlySecond);
        if (onlyFirst + onlySecond > 0)
            return new
            {
                exact = Result(test.Exact),
                chi2 = Result(test.ChiSquared),
                chi2_corrected = Result(test.ChiSquaredCorrected),
            };
        // Without a discordant pair the library's corrected p is 0 (!) and the plain one NaN; ours says 1 in all three.
        Assert.Equal([1.0, 1, 1], [test.Exact.PValue, test.ChiSquared.PValue, test.ChiSquaredCorrected.PValue]);
        return new
        {
            exact = Result(test.Exact),
            chi2 = Result(new(double.NaN, double.NaN)),
            chi2_corrected = Result(new(double.PositiveInfinity, 0)),
        };
    }

    private static object Result(TestResult result) => new { statistic = result.Statistic, p_value = result.PValue };

    private static object PermutationExact(GoldenCase golden)
    {
        var (twoSided, greater) = PairedPermutation.Exact(golden.Input["differences"].Numbers());
        return new
        {
            statistic = twoSided.Statistic,
            two_sided = twoSided.PValue,
            greater = greater.PValue,
        };
    }

    private static object PermutationOfFlips(GoldenCase golden)
    {
        double[] differences = [.. Margins(golden.Table, "a").Zip(Margins(golden.Table, "b"), (a, b) => Credit(a) - Credit(b))];
        sbyte[][] flips =
        [
            .. golden
                .NamedTable("sign_flips_99")
                .Texts()
                .Select(signs => signs.Select(sign => sign == '+' ? (sbyte)1 : (sbyte)-1).ToArray()),
        ];
        var test = PairedPermutation.OfFlips(differences, flips);
        return new
        {
            mean_difference = test.Statistic,
            at_least_as_extreme = Math.Round(test.PValue * 100) - 1,
            p_value = test.PValue,
            first_five_flipped_means = flips.Take(5).Select(flip => PairedPermutation.FlippedMean(differences, flip)),
        };
    }

    private static object DeLongOfModels(GoldenCase golden)
    {
        var table = golden.Table;
        var test = Auc.Compare(
            table["a_chosen"].Numbers(),
            table["a_rejected"].Numbers(),
            table["b_chosen"].Numbers(),
            table["b_rejected"].Numbers()
        );
        var pairwise = table["a_chosen"]
            .Numbers()
            .Average(chosen => table["a_rejected"].Numbers().Average(rejected => Credit(chosen - rejected)));
        return new
        {
            auc = new[] { test.FirstArea, test.SecondArea },
            covariance = new[] { new[] { test.FirstVariance, test.Covariance }, [test.Covariance, test.SecondVariance] },
            difference = test.Difference,
            std_error = test.StandardError,
            z = test.Test.Statistic,
            p_value = test.Test.PValue,
            auc_equals_mean_pairwise_over_all_chosen_rejected = Math.Abs(pairwise - test.FirstArea) < 1e-10,
            paired_accuracy_half = PairMetrics.Of(Pairs(table, "a")).Accuracy,
        };
    }

    private static object AucBootstrap(GoldenCase golden)
    {
        var table = golden.Table;
        double Area(string model, IReadOnlyList<int> items)
        {
            var (chosen, rejected) = (table[model + "_chosen"].Numbers(), table[model + "_rejected"].Numbers());
            return Auc.Of([.. items.Select(item => chosen[item])], [.. items.Select(item => rejected[item])]);
        }
        var resamples = golden.NamedTable("resamples_40").AsArray().Take(100).Select(GoldenJson.Integers).ToArray();
        var bootstrap = Bootstrap.Of(40, items => Area("a", items) - Area("b", items), resamples);
        return new
        {
            percentile = Both(bootstrap.Percentile()),
            std_error = bootstrap.StandardError,
            first_five = bootstrap.Replicates.Take(5),
        };
    }

    private static double AucOf(int[] labels, double[] scores) =>
        Auc.Of([.. scores.Where((_, i) => labels[i] == 1)], [.. scores.Where((_, i) => labels[i] == 0)]);

    private static object Identical(GoldenCase golden)
    {
        var labels = golden.Input["labels"].Integers();
        double[] Class(string model, int label) => [.. golden.Input[model].Numbers().Where((_, i) => labels[i] == label)];
        var test = Auc.Compare(Class("a", 1), Class("a", 0), Class("b", 1), Class("b", 0));
        Assert.Equal(new TestResult(0, 1), test.Test); // the reference has NaN; "no difference" is p = 1
        return new
        {
            auc = new[] { test.FirstArea, test.SecondArea },
            covariance = new[] { new[] { test.FirstVariance, test.Covariance }, [test.Covariance, test.SecondVariance] },
            difference = test.Difference,
            std_error = test.StandardError,
            z = double.NaN,
            p_value = double.NaN,
        };
    }
}
