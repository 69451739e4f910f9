using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Tests.Benchmarks;

/// <summary>What becomes of the headline when a row could not be scored, and of a report that goes through its file.</summary>
public sealed class LeftOutRowTests
{
    private static BenchmarkRow Row(int i, string subset = "s") => new($"f, line {i}", $"{i}", subset, [], ["right", "wrong"], 1);

    [Fact]
    public void One_row_without_a_score_makes_the_headline_undefined_and_bounds_it()
    {
        var report = BenchmarkReport.Of(
            BenchmarkKind.Own,
            [new(Row(1), [1, 0]), new(Row(2), [0, 1])],
            [(Row(3), "over_length"), (Row(4), "over_length")]
        );
        Assert.Equal((double.NaN, null), (report.Score, report.ScoreInterval));
        Assert.Equal(0.5, report.PartialScore);
        Assert.Equal((0.25, 0.75), (report.PossibleScores!.Value.Low, report.PossibleScores.Value.High));
        Assert.Equal(new Dictionary<string, int> { ["over_length"] = 2 }, report.LeftOut);
        Assert.Equal(
            ["2 of 4 rows were not scored, so the published headline is undefined; parts are over the rows that were"],
            report.Warnings
        );

        var whole = BenchmarkReport.Of(BenchmarkKind.Own, [new(Row(1), [1, 0]), new(Row(2), [0, 1])], []);
        Assert.Equal((0.5, 0.5, null), (whole.Score, whole.PartialScore, whole.PossibleScores));
        Assert.Empty(whole.Warnings);
    }

    [Fact]
    public void Rows_left_out_are_not_reported_as_missing_from_the_file()
    {
        string[] subsets = [.. LlmBar.PublishedRows.SelectMany(subset => Enumerable.Repeat(subset.Name, subset.Rows))];
        ScoredBenchmarkRow[] rows = [.. subsets.Select((subset, i) => new ScoredBenchmarkRow(Row(i, subset), [1, 0]))];
        Assert.Single(BenchmarkReport.Of(BenchmarkKind.LlmBar, rows[1..], [(rows[0].Row, "over_length")]).Warnings);
        Assert.Equal(["Natural: 99 rows, published are 100"], BenchmarkReport.Of(BenchmarkKind.LlmBar, rows[1..], []).Warnings);
    }

    [Fact]
    public void No_scored_row_at_all_is_an_error_that_says_why() =>
        Assert.Contains(
            "over_length 1",
            Assert.Throws<EvaluationException>(() => BenchmarkReport.Of(BenchmarkKind.Own, [], [(Row(1), "over_length")])).Message
        );

    [Fact]
    public void A_report_with_undefined_figures_comes_back_from_its_file()
    {
        var folder = Directory.CreateTempSubdirectory("assay-evidence").FullName;
        try
        {
            var evidence = new BenchmarkEvidence
            {
                Subject = new("m", "models/m", "f"),
                Inputs = [new("data.jsonl", "00")],
                Report = BenchmarkReport.Of(BenchmarkKind.Own, [new(Row(1), [1, 0])], [(Row(2), "cannot_render")]) with
                {
                    PassedOver = new Dictionary<string, int> { ["tie"] = 3 },
                    Curves = [new("math", [0.5, 0.25], [1, 1])],
                },
            };
            EvidenceFile.Write(Path.Combine(folder, "benchmark-own.json"), evidence);
            var read = Assert.IsType<BenchmarkEvidence>(EvidenceFile.Read(Path.Combine(folder, "benchmark-own.json")));
            Assert.Equal(EvidenceFile.ToJson(evidence), EvidenceFile.ToJson(read));
            Assert.Equal(double.NaN, read.Report.Score);
            Assert.Equal((BenchmarkKind.Own, 3, 0.25), (read.Report.Kind, read.Report.PassedOver["tie"], read.Report.Curves[0].Chosen[1]));
            Assert.Equal(evidence.Report.PossibleScores, read.Report.PossibleScores);
            Assert.Equal(
                JsonValueKind.Null,
                JsonDocument.Parse(EvidenceFile.ToJson(evidence)).RootElement.GetProperty("report").GetProperty("score").ValueKind
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
