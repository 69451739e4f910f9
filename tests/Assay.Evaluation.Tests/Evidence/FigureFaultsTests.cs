using Assay.Data.Checking;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Tests.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Evidence;

/// <summary>Evidence as the verbs write it has no fault; each edit has one that names the figure.</summary>
public sealed class FigureFaultsTests : IDisposable
{
    private readonly EvidenceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<string> Faults(string name) =>
        FigureFaults.Of(
            name == "split.json" ? Data.Splits.SplitFile.Read(At(name))
                : name == "report.json" ? CheckReport.Read(At(name))
                : name == "figures.json" ? FiguresFile.Read(At(name))
                : EvidenceFile.Read(At(name))!,
            At(name)
        );

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void WriteAll()
    {
        _folder.Write("eval.json", Eval(Pairs((160, 40), (150, 50), (30, 10))));
        _folder.Write(
            "audit.json",
            Audit(
                Pairs((160, 40), (150, 50), (30, 10)),
                Style(400, 0.6),
                [Probe("typos", 200, false, 0.1)],
                [new("swap", "made up", 10, 0, 1e-6, true)],
                new(400, 0.5, new(0.4, 0.6), 0.6, new(0.5, 0.7), 0.8, new(0.7, 0.9))
            )
        );
        _folder.Write("fresh.json", Fresh(Pairs((300, 100), default), Pairs((200, 50), default), Pairs((350, 50), default)));
        _folder.Write("benchmark-own.json", Benchmark(BenchmarkKind.Own, 0.9, 200));
        _folder.Write(
            "report.json",
            """{"format": "assay.check_report/1", "row_count": 100, "item_count": 100, "kept_count": 90, "review_count": 6, "quarantine_count": 4, "error_count": 0}"""
        );
        _folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {"heldout_accuracy": {"value": 0.9}}}""");
        _folder.Split(overlaps: false);
    }

    [Theory]
    [InlineData("eval.json")]
    [InlineData("audit.json")]
    [InlineData("fresh.json")]
    [InlineData("benchmark-own.json")]
    [InlineData("report.json")]
    [InlineData("split.json")]
    [InlineData("figures.json")]
    public void What_the_verbs_write_has_no_fault(string name)
    {
        WriteAll();
        Assert.Empty(Faults(name));
    }

    [Theory]
    [InlineData("eval.json", "\"accuracy\": 0.772", "\"accuracy\": 0.972", "metrics.accuracy is 0.97")]
    [InlineData("eval.json", "\"accuracy\": 0.772", "\"accuracy\": 1.7", "outside 0 to 1")]
    [InlineData("eval.json", "\"accuracy_low\": 0.7", "\"accuracy_low\": 0.6", "accuracy_low")]
    [InlineData("eval.json", "\"wins\": 340", "\"wins\": 400", "wins, ties and losses")]
    [InlineData("eval.json", "\"pairs\": 440", "\"pairs\": 4400", "metrics.pairs is 4400")]
    [InlineData("eval.json", "\"auc\": 0.5", "\"auc\": 5", "auc is 5")]
    [InlineData("eval.json", "\"expected_calibration_error\": 0.0", "\"expected_calibration_error\": 0.9", "expected_calibration_error")]
    [InlineData("audit.json", "\"chosen_longer\": 200", "\"chosen_longer\": 20", "length.")]
    [InlineData("audit.json", "\"accuracy_gap\": 0.0", "\"accuracy_gap\": 0.4", "length.accuracy_gap")]
    [InlineData("audit.json", "\"flipped_share\": 0.1", "\"flipped_share\": 0.0001", "flipped_share")]
    [InlineData("audit.json", "\"largest_difference\": 0", "\"largest_difference\": 3", "self_tests.swap")]
    [InlineData("fresh.json", "\"gap\": 0.", "\"gap\": 0.9", "gap is")]
    [InlineData("benchmark-own.json", "\"score\": 0.9", "\"score\": 0.99", "report.score is 0.99, outside its own interval")]
    [InlineData("report.json", "\"quarantine_count\": 4", "\"quarantine_count\": 0", "kept, review and quarantine")]
    [InlineData("split.json", "\"rows\": 2", "\"rows\": 7", "proof.rows")]
    [InlineData("figures.json", "0.9", "1.9", "figures.heldout_accuracy is 1.9, outside 0 to 1")]
    public void An_edited_figure_is_noticed_and_named(string name, string found, string put, string cause)
    {
        WriteAll();
        _folder.Edit(name, found, put);
        var faults = Faults(name);
        Assert.Contains(faults, fault => fault.Contains(cause, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.StartsWith(name + ": ", fault, StringComparison.Ordinal), throwIfEmpty: true);
        var gate = _folder.DecideWhole("  self_tests:");
        Assert.Equal((GateVerdict.NotReady, "evidence_faults"), (gate.Verdict, Gate.Deciding(gate)!.Name));
    }

    [Fact]
    public void Figures_edited_alike_are_noticed_by_the_scores_beside_them()
    {
        var scores = _folder.Write(
            "scores.jsonl",
            string.Concat(
                Enumerable
                    .Range(1, 100)
                    .Select(row => $"{{\"row\": {row}, \"chosen_score\": {(row <= 60 ? 1 : -1)}, \"rejected_score\": 0}}\n")
            )
        );
        var honest = Eval([
            .. Enumerable
                .Range(1, 100)
                .Select(row => new PairScore
                {
                    Row = row,
                    ChosenScore = row <= 60 ? 1 : -1,
                    RejectedScore = 0,
                    ChosenLength = 9,
                    RejectedLength = 8,
                }),
        ]);
        _folder.Write("eval.json", honest with { Scores = EvidenceInput.Of(scores) });
        Assert.Empty(Faults("eval.json"));
        // All of it as if ten more pairs had been right.
        var better = Eval([
            .. Enumerable
                .Range(1, 100)
                .Select(row => new PairScore
                {
                    Row = row,
                    ChosenScore = row <= 70 ? 1 : -1,
                    RejectedScore = 0,
                    ChosenLength = 9,
                    RejectedLength = 8,
                }),
        ]);
        _folder.Write("eval.json", better with { Scores = EvidenceInput.Of(scores) });
        Assert.Contains(
            Faults("eval.json"),
            fault => fault.Contains("metrics.accuracy is 0.7, and scores.jsonl gives 0.6", StringComparison.Ordinal)
        );
        File.AppendAllText(scores, "{\"row\": 101, \"chosen_score\": 1, \"rejected_score\": 0}\n");
        Assert.Contains(Faults("eval.json"), fault => fault.Contains("SHA-256", StringComparison.Ordinal));
    }
}
