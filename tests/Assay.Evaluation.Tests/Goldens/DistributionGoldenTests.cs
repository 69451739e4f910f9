using System.Text.Json.Nodes;
using Assay.Evaluation.Statistics;
using Assay.Testing;
using TestResult = Assay.Evaluation.Statistics.TestResult;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class DistributionGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 12;

    [SharedFact]
    public void Every_case_of_distribution_matches() => GoldenFile.Run("distribution", CaseCount, output, Compute, "hartigan_dip");

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "describe_reference" or "describe_current" => Describe(golden.Table[(string)golden.Input["sample"]!].Numbers()),
            "describe_edges" => golden
                .Input.AsObject()
                .ToDictionary(
                    edge => edge.Key,
                    edge =>
                        edge.Key is "empty" or "with_nan" or "with_infinity"
                            ? GoldenFile.RefusedByDesign(() => Describe(edge.Value.Numbers()))
                            : Describe(edge.Value.Numbers())
                ),
            "quantile_types" => QuantileTypes(golden),
            "two_samples" or "two_samples_with_ties" => TwoSamples(
                golden.Table[(string)golden.Input["x"]!].Numbers(),
                golden.Table[(string)golden.Input["y"]!].Numbers()
            ),
            "psi" => Psi(golden),
            "psi_disjoint" => PsiDisjoint(golden),
            "jensen_shannon" => JensenShannon(golden),
            "two_samples_edges" => golden.Input.Map(edge => Edge(edge["x"].Numbers(), edge["y"].Numbers())),
            "percentile_of_score" => Percentiles(golden),
            "z_scores" => ZScores(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static object Describe(double[] values)
    {
        var summary = DistributionSummary.Of(values);
        return new
        {
            count = summary.Count,
            mean = summary.Mean,
            std_population = summary.StdPopulation,
            std_sample = summary.StdSample,
            min = summary.Min,
            max = summary.Max,
            quantiles_0_1_5_25_50_75_95_99_100 = summary.Quantiles,
            skewness = summary.Skewness,
            skewness_unbiased = summary.SkewnessUnbiased,
            excess_kurtosis = summary.ExcessKurtosis,
            excess_kurtosis_unbiased = summary.ExcessKurtosisUnbiased,
            median_absolute_deviation = summary.MedianAbsoluteDeviation,
            iqr = summary.InterquartileRange,
        };
    }

    /// <summary>Only the linear type is offered; the other four are in the golden to show that they differ.</summary>
    private static object QuantileTypes(GoldenCase golden)
    {
        var expected = golden.Expected.DeepClone().AsObject();
        var linear = golden.Input["p"].Numbers().Select(p => Quantile.Of(golden.Input["values"].Numbers(), p)).ToArray();
        Assert.NotEqual(expected["weibull"].Numbers(), linear);
        expected["linear"] = new JsonArray([.. linear.Select(value => (JsonNode)value)]);
        return expected;
    }

    private static object TwoSamples(double[] x, double[] y)
    {
        var test = MannWhitney.Of(x, y, exact: false);
        return new
        {
            kolmogorov_smirnov = new { exact = Result(KolmogorovSmirnov.Exact(x, y)), asymp = Result(KolmogorovSmirnov.Asymptotic(x, y)) },
            wasserstein_1 = TwoSampleDistance.Wasserstein(x, y),
            energy_distance = TwoSampleDistance.Energy(x, y),
            mann_whitney_u_of_y = test.U,
            p_value = test.PValue,
            p_value_no_continuity = test.PValueUncorrected,
            auc_y_above_x = test.ProbabilitySecondHigher,
            cliffs_delta = test.CliffsDelta,
            welch_t = Result(TwoSampleDistance.WelchT(x, y)),
            cohen_d = EffectSize.CohenPooled(y, x),
        };
    }

    private static object Result(TestResult result) => new { statistic = result.Statistic, p_value = result.PValue };

    private static object Psi(GoldenCase golden)
    {
        double[] reference = golden.Table["reference"].Numbers(),
            current = golden.Table["current"].Numbers(),
            edges = [.. Drift.DecileEdges(reference)];
        Assert.Equal(golden.Input["edges"].Numbers()[5], edges[5], 1e-12);
        return new
        {
            reference_shares = Drift.Shares(reference, edges),
            current_shares = Drift.Shares(current, edges),
            psi = Drift.PopulationStability(reference, current, edges, golden.Input["floor"].Number()),
        };
    }

    private static object PsiDisjoint(GoldenCase golden)
    {
        var samples = golden.NamedTable("samples");
        var reference = samples["reference"].Numbers();
        double[] current = [.. samples["current"].Numbers().Select(value => Math.Round(value + 20, 3))];
        return new { psi = Drift.PopulationStability(reference, current, Drift.DecileEdges(reference), golden.Input["floor"].Number()) };
    }

    private static object JensenShannon(GoldenCase golden)
    {
        var counts = golden.Input["counts"]!;
        var divergence = Drift.JensenShannon(counts["reference"].Numbers(), counts["current"].Numbers());
        return new
        {
            distance = Math.Sqrt(divergence),
            divergence,
            distance_natural_log = Math.Sqrt(divergence * Math.Log(2)),
        };
    }

    private static object Edge(double[] x, double[] y) =>
        new
        {
            ks = GoldenFile.Try(() => Both(KolmogorovSmirnov.Exact(x, y))),
            wasserstein_1 = GoldenFile.Try(() => TwoSampleDistance.Wasserstein(x, y)),
            mann_whitney_auto = GoldenFile.Try(() => MannWhitney.Of(x, y) is var test ? new[] { test.U, test.PValue } : []),
        };

    private static double[] Both(TestResult result) => [result.Statistic, result.PValue];

    private static object Percentiles(GoldenCase golden)
    {
        double[] sorted = [.. golden.Table[(string)golden.Input["sample"]!].Numbers().Order()];
        PercentileRank[] ranks = [.. golden.Input["scores"].Numbers().Select(score => PercentileRank.Of(score, sorted))];
        return new
        {
            rank = ranks.Select(rank => rank.Rank),
            weak = ranks.Select(rank => rank.Weak),
            strict = ranks.Select(rank => rank.Strict),
            mean = ranks.Select(rank => rank.Mean),
        };
    }

    private static object ZScores(GoldenCase golden)
    {
        var summary = DistributionSummary.Of(golden.Table[(string)golden.Input["sample"]!].Numbers());
        return new { z = golden.Input["scores"].Numbers().Select(score => (score - summary.Mean) / summary.StdPopulation) };
    }
}
