using Assay.Evaluation.Process;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Process;

public sealed class ProcessReportTests
{
    private static StepRow Row(bool?[] labels, double[] scores, bool? correct = null) =>
        new()
        {
            Labels = labels,
            Scores = scores,
            IsCorrect = correct,
        };

    [Fact]
    public void Steps_first_errors_and_solutions_are_judged()
    {
        var report = ProcessReport.Of([
            Row([true, true, false, null], [0.9, 0.8, 0.1, 0.2], false),
            Row([true, true], [0.9, 0.6], true),
            Row([true, false], [0.4, 0.3], false),
        ]);
        Assert.Equal((3, 7), (report.Solutions, report.Steps));
        Assert.Equal(5 / 7.0, report.RightShare, 1e-12);
        Assert.Equal(6 / 7.0, report.Accuracy, 1e-12);
        Assert.Equal(1 / 7.0, report.AboveMajority, 1e-12);
        // Right steps: 4 of 5 called, none wrongly: F1 8/9. Wrong steps: both called, one wrongly: F1 4/5.
        Assert.Equal((8 / 9.0 + 4 / 5.0) / 2, report.Bench.Score, 1e-12);
        Assert.Equal(1, report.Auc);
        // The first error is found in the first solution, one too early in the third.
        Assert.Equal(
            (0.5, 1.0, 2, 1),
            (
                report.FirstErrors!.ErrorAccuracy,
                report.FirstErrors.CorrectAccuracy,
                report.FirstErrors.RowsWithError,
                report.FirstErrors.RowsWithout
            )
        );
        Assert.Equal(["min", "product", "last", "mean"], report.Aggregations.Keys);
        Assert.Equal(1, report.Aggregations["min"]);
    }

    [Fact]
    public void A_model_that_knows_nothing_is_not_above_the_majority()
    {
        var random = new SeededRandom(4);
        StepRow[] Solutions(Func<bool, double> score) =>
            [
                .. Enumerable
                    .Range(0, 300)
                    .Select(_ =>
                    {
                        bool?[] labels = [.. Enumerable.Range(0, 5).Select(_ => (bool?)(random.NextDouble() < 0.7))];
                        return Row(labels, [.. labels.Select(label => score(label!.Value))]);
                    }),
            ];
        var blind = ProcessReport.Of(Solutions(_ => random.NextDouble()));
        Assert.True(blind.AboveMajorityInterval.High < 0);
        Assert.Equal(0.5, blind.Auc, 0.05);
        var sighted = ProcessReport.Of(Solutions(right => random.NextDouble() < 0.9 == right ? 0.8 : 0.2));
        Assert.True(sighted.AboveMajorityInterval.Low > 0);
        Assert.InRange(sighted.Accuracy, sighted.AccuracyInterval.Low, sighted.AccuracyInterval.High);
        Assert.InRange(sighted.Bench.Score, sighted.ScoreInterval.Low, sighted.ScoreInterval.High);
    }

    [Fact]
    public void The_threshold_is_the_one_that_parts_them() =>
        Assert.InRange(ProcessReport.BestThreshold([Row([true, false], [0.85, 0.75]), Row([false, true], [0.7, 0.9])]), 0.75, 0.85);

    [Fact]
    public void A_solution_whose_first_error_nobody_found_is_not_counted_as_right()
    {
        Assert.Null(Row([true, null, false], [1, 1, 1]).FirstError);
        Assert.Null(Row([true, null], [1, 1]).FirstError);
        Assert.Equal(1, Row([true, false, null], [1, 1, 1]).FirstError);
        Assert.Equal(ProcessBench.NoError, Row([true, true], [1, 1]).FirstError);
        Assert.Contains(
            "no step of any solution was judged",
            Assert.Throws<EvaluationException>(() => ProcessReport.Of([Row([null], [1])])).Message,
            StringComparison.Ordinal
        );
    }
}
