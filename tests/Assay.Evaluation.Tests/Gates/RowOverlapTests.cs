using Assay.Data.Digests;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>
/// Whatever the policy asks, evidence on rows that the model was trained on is not ready, and where nobody knows the gate cannot tell.
/// </summary>
public sealed class RowOverlapTests : IDisposable
{
    private const string Policy = "  heldout_accuracy:";

    private readonly EvidenceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private GateCheckResult Overlap() => _folder.DecideWhole(Policy).Checks.Single(check => check.Name == "training_overlap");

    [Fact]
    public void Rows_that_were_trained_on_decide_the_verdict_and_are_counted()
    {
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        Assert.Equal(GateVerdict.Ready, _folder.DecideWhole(Policy).Verdict);

        _folder.TrainedOn = [Trained, Judged];
        var gate = _folder.DecideWhole(Policy);
        Assert.Equal((GateVerdict.NotReady, "training_overlap"), (gate.Verdict, Gate.Deciding(gate)!.Name));
        Assert.Contains(
            "1 over 1 rows [1 by their answers, 0 by their prompt alone]",
            Gate.Deciding(gate)!.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal(GateVerdict.NotReady, gate.Checks.Single(check => check.Name == "heldout_accuracy").Verdict);
    }

    [Fact]
    public void The_same_prompt_with_other_answers_counts_but_for_what_a_policy_wrote()
    {
        _folder.TrainedOn = [new(Judged.Prompt, 77)];
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        Assert.Contains("0 by their answers, 1 by their prompt alone", Overlap().Reason, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.Path, "eval.json"));
        _folder.Write("fresh.json", Fresh(Pairs((300, 100), default), null));
        Assert.Equal(GateVerdict.Ready, Overlap().Verdict);
        _folder.TrainedOn = [Judged];
        Assert.Equal(GateVerdict.NotReady, Overlap().Verdict);
    }

    [Fact]
    public void Every_file_of_evidence_is_asked_and_the_worst_is_named_first()
    {
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        _folder.Write("benchmark-own.json", Benchmark(BenchmarkKind.Own, 0.9, 200));
        Assert.Equal(GateVerdict.Ready, Overlap().Verdict);
        // The benchmark alone was made of a row that was trained on.
        var rows = EvidenceRows.Write(_folder.Path, "benchmark-own.json", [Trained]);
        EvidenceFile.Write(Path.Combine(_folder.Path, "benchmark-own.json"), Benchmark(BenchmarkKind.Own, 0.9, 200) with { Rows = rows });
        Assert.StartsWith("benchmark-own.json: 1 over 1 rows", Overlap().Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no record")]
    [InlineData("another model's")]
    [InlineData("no rows beside")]
    [InlineData("other rows beside")]
    public void What_nobody_knows_cannot_be_told(string lack)
    {
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        if (lack == "no record")
            _folder.TrainedOn = null;
        if (lack == "no rows beside")
            File.Delete(Path.Combine(_folder.Path, "rows-eval.bin"));
        if (lack == "other rows beside")
            RowDigests.Of([new(9, 9)]).Write(Path.Combine(_folder.Path, "rows-eval.bin"));
        if (lack == "another model's")
        {
            var model = Directory.CreateDirectory(Path.Combine(_folder.Path, "elsewhere")).FullName;
            RowDigests.Of([Trained], "beef").Write(Path.Combine(model, RowDigests.TrainingFileName));
            Assert.Null(TrainingRows.Of(model, Model.Fingerprint).Rows);
            return;
        }
        var gate = _folder.DecideWhole(Policy);
        Assert.Equal(GateVerdict.CannotTell, gate.Verdict);
        Assert.Equal("training_overlap", Gate.Deciding(gate)!.Name);
    }

    [Fact]
    public void Another_tools_word_stands_where_the_rows_are_not_known()
    {
        _folder.TrainedOn = null;
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        _folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {"training_overlap": {"value": 0}}}""");
        Assert.Equal(GateVerdict.Ready, _folder.DecideWhole(Policy).Verdict);
        // Where they are known it is a second piece of evidence.
        _folder.TrainedOn = [Trained];
        Assert.Contains(
            "two pieces of evidence",
            Assert.Throws<EvaluationException>(() => _folder.DecideWhole(Policy)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Figures_of_other_tools_alone_are_taken_at_their_word()
    {
        _folder.TrainedOn = null;
        _folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {"heldout_accuracy": {"value": 0.9}}}""");
        Assert.Equal(["heldout_accuracy"], _folder.DecideWhole(Policy).Checks.Select(check => check.Name));
    }
}
