using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Evaluation.Process;
using Assay.Evaluation.Statistics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class ProcessGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 7;

    [SharedFact]
    public void Every_case_of_process_matches() => GoldenFile.Run("process", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "processbench_from_scores" => FromScores(golden),
            "processbench_edges" => golden.Input.Map(edge =>
                Figures(ProcessBench.Of([.. edge["prediction"]!.AsArray().Select(p => (int?)p)], edge["label"].Integers()))
            ),
            "processbench_average" => new { average = ProcessBench.Average(golden.Input["f1"].Map(f1 => f1.Number()).Values) },
            "prmbench" => Prm(golden),
            "prmbench_edges" => golden
                .Input.AsObject()
                .ToDictionary(edge => edge.Key, edge => PrmEdge(edge.Value!, golden.Expected[edge.Key]!.AsObject())),
            "aggregation" => new { values = golden.Input["steps"]!.AsArray().Select(steps => Aggregate(steps.Numbers())) },
            "best_of_n_by_aggregation" => BestByAggregation(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static Dictionary<string, object> Figures(ProcessBench bench) =>
        new()
        {
            ["error_accuracy"] = bench.ErrorAccuracy,
            ["correct_accuracy"] = bench.CorrectAccuracy,
            ["f1"] = bench.F1,
            ["rows_with_error"] = bench.RowsWithError,
            ["rows_without"] = bench.RowsWithout,
        };

    private static object FromScores(GoldenCase golden)
    {
        double[][] scores = [.. golden.Table.AsArray().Select(row => row!["scores"].Numbers())];
        int[] labels = [.. golden.Table.AsArray().Select(row => (int)row!["label"]!)];
        var result = golden
            .Input["thresholds"]
            .Numbers()
            .ToDictionary(
                threshold => threshold.ToString(CultureInfo.InvariantCulture),
                object (threshold) =>
                {
                    int[] predictions = [.. scores.Select(steps => ProcessBench.FirstBelow(steps, threshold))];
                    var figures = Figures(ProcessBench.Of([.. predictions.Select(p => (int?)p)], labels));
                    figures["predictions"] = predictions;
                    return figures;
                }
            );
        result["best_threshold_of_0.05_grid"] = Math.Round(
            ProcessBench.BestThreshold(scores, labels, Enumerable.Range(1, 19).Select(i => i * 0.05)),
            2
        );
        return result;
    }

    private static PrmBench Bench(JsonNode rows) =>
        PrmBench.Of(
            rows.AsArray()
                .Select(row => new PrmBench.Row(row!["error_steps"].Integers(), [.. row["labels"].Integers().Select(label => label == 1)]))
        );

    private static Dictionary<string, object> Figures(PrmBench bench) =>
        new()
        {
            ["TP"] = bench.TruePositives,
            ["FP"] = bench.FalsePositives,
            ["TN"] = bench.TrueNegatives,
            ["FN"] = bench.FalseNegatives,
            ["precision"] = bench.Precision,
            ["recall"] = bench.Recall,
            ["f1"] = bench.F1,
            ["negative_precision"] = bench.NegativePrecision,
            ["negative_recall"] = bench.NegativeRecall,
            ["negative_f1"] = bench.NegativeF1,
            ["prm_score"] = bench.Score,
            ["correct_step_acc"] = bench.CorrectStepAccuracy,
            ["wrong_step_acc"] = bench.WrongStepAccuracy,
            ["total_step_acc"] = bench.TotalStepAccuracy,
            ["first_error_acc"] = bench.FirstErrorAccuracy,
        };

    private static object Prm(GoldenCase golden)
    {
        var figures = Figures(Bench(golden.Table));
        var steps = golden
            .Table.AsArray()
            .SelectMany(row =>
                row!["scores"].Numbers().Select((score, i) => (score, IsRight: !row["error_steps"].Integers().Contains(i + 1)))
            )
            .ToArray();
        figures["auc_of_scores"] = Auc.Of(
            [.. steps.Where(step => step.IsRight).Select(step => step.score)],
            [.. steps.Where(step => !step.IsRight).Select(step => step.score)]
        );
        return figures;
    }

    /// <summary>
    /// The original writes −1 for "undefined", and computes with it; ours is NaN, in what is undefined and in all that follows from it.
    /// </summary>
    private static object PrmEdge(JsonNode rows, JsonObject expected)
    {
        var figures = Figures(Bench(rows));
        foreach (
            var (name, parts) in new[]
            {
                ("f1", new[] { "precision", "recall" }),
                ("negative_f1", ["negative_precision", "negative_recall"]),
                ("prm_score", ["f1", "negative_f1"]),
            }
        )
        {
            if (!parts.Any(part => double.IsNaN((double)figures[part])))
                continue;
            Assert.Equal(double.NaN, (double)figures[name]);
        }
        return figures.ToDictionary(
            figure => figure.Key,
            object? (figure) =>
                figure.Value is double.NaN
                    ? figure.Key is "f1" or "negative_f1" or "prm_score"
                        ? expected[figure.Key]
                        : -1
                    : figure.Value
        );
    }

    private static object Aggregate(double[] steps)
    {
        var of = new StepAggregation(steps);
        return new
        {
            min = of.Min,
            product = of.Product,
            log_product = of.LogProduct,
            last = of.Last,
            mean = of.Mean,
            geometric_mean = of.GeometricMean,
            max = of.Max,
            sum_of_logits = of.SumOfLogits,
            mean_of_odds = of.MeanOfOdds,
        };
    }

    private static object BestByAggregation(GoldenCase golden)
    {
        StepAggregation[] solutions = [.. golden.Input["step_scores"].Rows().Select(steps => new StepAggregation(steps))];
        var answers = golden.Input["answers"].Texts();
        var by = new Dictionary<string, Func<StepAggregation, double>>
        {
            ["min"] = s => s.Min,
            ["product"] = s => s.Product,
            ["last"] = s => s.Last,
            ["mean"] = s => s.Mean,
        };
        var votes = by.Where(aggregate => aggregate.Key != "mean")
            .ToDictionary(
                aggregate => aggregate.Key,
                aggregate => StepAggregation.WeightedVotes(answers, [.. solutions.Select(aggregate.Value)])
            );
        return new
        {
            argmax = by.ToDictionary(
                aggregate => aggregate.Key,
                aggregate => Enumerable.Range(0, solutions.Length).MaxBy(i => aggregate.Value(solutions[i]))
            ),
            weighted_votes = votes,
            weighted_majority = votes.ToDictionary(vote => vote.Key, vote => vote.Value.MaxBy(answer => answer.Value).Key),
        };
    }

    [Theory]
    [InlineData()]
    [InlineData(0.5, 1.2)]
    [InlineData(double.NaN)]
    public void Steps_that_are_none_or_no_probabilities_are_refused(params double[] steps) =>
        Assert.Throws<EvaluationException>(() => new StepAggregation(steps).Min);
}
