using System.Text.Json.Nodes;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;
using Assay.Testing;
using TestResult = Assay.Evaluation.Statistics.TestResult;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class PairsGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 18;
    private const double Level = 0.95;

    [SharedFact]
    public void Every_case_of_pairs_matches() =>
        GoldenFile.Run(
            "pairs",
            CaseCount,
            output,
            Compute,
            "sign_test",
            "wilcoxon_signed_rank",
            "clopper_pearson",
            "agresti_coull",
            "jeffreys",
            "normal",
            "basic",
            "bca",
            "bca_parts",
            "BCa",
            "std_error",
            "bootstrap_std_error",
            "paired_permutation_given_flips",
            "auc_delong",
            "auc_difference_bootstrap",
            "delong_identical_models"
        );

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
            "auc_edges" => golden.Input.Map(edge => GoldenFile.Try(() => AucOf(edge["labels"].Integers(), edge["scores"].Numbers()))),
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
        };
    }

    private static double[] Both(Interval interval) => [interval.Low, interval.High];

    private static int[][] Resamples(GoldenCase golden) =>
        [.. golden.NamedTable((string)golden.Input["resamples"]!).AsArray().Select(GoldenJson.Integers)];

    private static object BootstrapOf(double[] values, GoldenCase golden)
    {
        var bootstrap = Bootstrap.OfMean(values, Resamples(golden));
        return new
        {
            estimate = bootstrap.Estimate,
            percentile = Both(bootstrap.Percentile(Level)),
            percentile_90 = Both(bootstrap.Percentile(0.9)),
        };
    }

    private static object BootstrapEdges(GoldenCase golden) =>
        golden.Input.Map(values => new { percentile = GoldenFile.Try(() => Both(Seeded(values).Percentile())) });

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
            percentile = Both(clustered.Interval),
            mean_of_group_means = groupMeans.Average(),
        };
    }

    private static object McNemarOfModels(GoldenCase golden)
    {
        bool[] first = [.. Margins(golden.Table, "a").Select(margin => margin > 0)],
            second = [.. Margins(golden.Table, "b").Select(margin => margin > 0)];
        long Count(bool ofFirst, bool ofSecond) => first.Zip(second).Count(outcome => outcome == (ofFirst, ofSecond));
        var test = new McNemar(Count(true, false), Count(false, true));
        return new
        {
            both_right_aonly_bonly_both_wrong = new[]
            {
                new[] { Count(true, true), test.OnlyFirstRight },
                new[] { test.OnlySecondRight, Count(false, false) },
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

    private static double AucOf(int[] labels, double[] scores) =>
        Auc.Of([.. scores.Where((_, i) => labels[i] == 1)], [.. scores.Where((_, i) => labels[i] == 0)]);
}
