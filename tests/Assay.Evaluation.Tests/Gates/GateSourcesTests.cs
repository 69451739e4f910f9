using Assay.Evaluation.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

public sealed class GateSourcesTests : IDisposable
{
    private readonly EvidenceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evidence_of_two_models_is_refused_naming_both()
    {
        _folder.Write("eval.json", Eval(Pairs((7, 3), default)));
        _folder.Write("audit.json", Audit(Pairs((7, 3), (5, 5))) with { Subject = new("other", "models/other", "beef") });
        var message = Assert.Throws<EvaluationException>(() => GateSources.Read([_folder.Path])).Message;
        foreach (var named in new[] { "eval.json", "audit.json", "made-up (f00d)", "other (beef)" })
            Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_pieces_of_evidence_for_one_check_are_refused_naming_both()
    {
        _folder.Write("eval.json", Eval(Pairs((7, 3), default)));
        _folder.Write("eval-2.json", Eval(Pairs((8, 2), default)));
        var message = Assert.Throws<EvaluationException>(() => _folder.Decide("  heldout_accuracy:")).Message;
        foreach (var named in new[] { "heldout_accuracy", "eval.json", "eval-2.json" })
            Assert.Contains(named, message, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder.Path, "eval-2.json"));
        _folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {"heldout_accuracy": {"value": 0.9}}}""");
        Assert.Contains(
            "figures.json and eval.json",
            Assert.Throws<EvaluationException>(() => _folder.Decide("  heldout_accuracy:")).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(GateVerdict.CannotTell, _folder.Decide("  self_tests:").Verdict); // the doubled figure is not asked for
    }

    [Fact]
    public void One_file_named_twice_is_one_piece_of_evidence()
    {
        var path = _folder.Write("eval.json", Eval(Pairs((7, 3), default)));
        Assert.Single(GateSources.Read([_folder.Path, path]).Inputs);
    }

    [Fact]
    public void Other_files_of_a_folder_are_passed_over_and_a_named_one_is_refused()
    {
        _folder.Write("eval.json", Eval(Pairs((7, 3), default)));
        _folder.Write("gate.json", _folder.Decide("  heldout_accuracy:"));
        var other = _folder.Write("tokenizer.json", "{\"model\": {}}");
        _folder.Write("list.json", "[1, 2");
        Assert.Single(GateSources.Read([_folder.Path]).Inputs);
        Assert.Contains(
            "no evidence",
            Assert.Throws<EvaluationException>(() => GateSources.Read([other])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_damaged_file_is_not_passed_over()
    {
        _folder.Write("eval.json", "{\"format\": \"assay.eval/1\", \"subject\": ");
        Assert.Contains(
            "eval.json",
            Assert.Throws<EvaluationException>(() => GateSources.Read([_folder.Path])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_without_evidence_and_a_path_that_is_not_there_are_refused()
    {
        Assert.Contains(
            "no evidence in",
            Assert.Throws<EvaluationException>(() => GateSources.Read([_folder.Path])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<FileNotFoundException>(() => GateSources.Read([Path.Combine(_folder.Path, "nowhere")]));
    }

    [Theory]
    [InlineData("""{"heldot_accuracy": {"value": 0.9}}""", "did you mean 'heldout_accuracy'?")]
    [InlineData("""{"heldout_accuracy": {"value": 0.9, "coutn": 3}}""", "coutn")]
    [InlineData("""{"heldout_accuracy": {"value": 0.9, "count": -1}}""", "count is -1")]
    [InlineData("""{"heldout_accuracy": {"value": 0.9, "interval": {"low": 0.95, "high": 1}}}""", "does not hold the value")]
    [InlineData("""{"heldout_accuracy": {"value": "high"}}""", "not a file of figures")]
    public void A_wrong_figure_of_another_tool_is_refused(string figures, string cause)
    {
        var path = _folder.Write("figures.json", $$"""{"format": "assay.figures/1", "figures": {{figures}}}""");
        var message = Assert.Throws<EvaluationException>(() => GateSources.Read([path])).Message;
        Assert.Contains(cause, message, StringComparison.Ordinal);
        Assert.Contains("figures.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_with_a_count_gets_an_interval_and_without_one_is_a_point()
    {
        _folder.Write(
            "figures.json",
            """{"format": "assay.figures/1", "figures": {"heldout_accuracy": {"value": 0.61, "count": 1000}, "length_matched_accuracy": {"value": 0.51}}}"""
        );
        var gate = _folder.Decide("  heldout_accuracy:\n  length_matched_accuracy:");
        Assert.Equal([GateVerdict.CannotTell, GateVerdict.Ready], gate.Checks.Select(check => check.Verdict));
        Assert.Null(gate.Checks[1].Interval);
        Assert.StartsWith("figures:", gate.Subject.Fingerprint, StringComparison.Ordinal);
    }
}
