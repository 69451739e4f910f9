using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>The verdict in a folder: what is noticed, and what a demand for it refuses.</summary>
public sealed class GateRecordTests : IDisposable
{
    private readonly EvidenceFolder _folder = new();
    private readonly string _path;
    private readonly GateEvidence _gate;

    public GateRecordTests()
    {
        _folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        _gate = _folder.Decide("  heldout_accuracy: {at_least: 0.6}", "best-of-n");
        _path = _folder.Write(GateEvidence.FileName, _gate);
    }

    public void Dispose() => _folder.Dispose();

    private string? Refusal(string? use = null, string fingerprint = "f00d") => GateRecord.Refusal(_folder.Path, fingerprint, use);

    [Fact]
    public void A_verdict_comes_back_from_its_file_as_it_was()
    {
        var read = Assert.IsType<GateEvidence>(EvidenceFile.Read(_path));
        Assert.Equal(EvidenceFile.ToJson(_gate), EvidenceFile.ToJson(read));
        Assert.Equal("2026-11-26T12:00:00Z", read.Time);
        Assert.True(GateSeal.IsIntact(File.ReadAllText(_path)));
        var verified = GateRecord.Verify(_folder.Path, "f00d");
        Assert.Empty(verified.Faults);
        Assert.Equal(3, verified.Same.Count); // evidence, the record of training rows, policy
    }

    [Theory]
    [InlineData("\"value\": 0.7", "\"value\": 0.9")]
    [InlineData("\"use\": \"best-of-n\"", "\"use\": \"rl\"")]
    [InlineData("\"verdict\": \"ready\"", "\"verdict\": \"not_ready\"")]
    [InlineData("\"rows\": [", "\"more\": 1, \"rows\": [")]
    public void An_edited_verdict_is_noticed(string from, string to)
    {
        var text = File.ReadAllText(_path);
        var edited = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, edited);
        File.WriteAllText(_path, edited);
        Assert.False(GateRecord.Verify(_folder.Path, "f00d").IsSealed);
        Assert.Contains("changed after it was sealed", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void White_space_is_no_edit()
    {
        File.WriteAllText(_path, File.ReadAllText(_path).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Null(Refusal());
    }

    [Fact]
    public void A_swapped_evidence_file_and_a_changed_policy_are_noticed()
    {
        _folder.Write("eval.json", Eval(Pairs((900, 100), default)));
        Assert.Contains("eval.json", Assert.Single(GateRecord.Verify(_folder.Path, "f00d").Faults), StringComparison.Ordinal);
        _folder.Write("policy.yaml", "use: rl\nchecks:\n  heldout_accuracy: {at_least: 0.1}\n");
        Assert.Equal(2, GateRecord.Verify(_folder.Path, "f00d").Faults.Count);
    }

    [Fact]
    public void Evidence_that_is_no_longer_there_is_said_and_no_fault()
    {
        File.Delete(Path.Combine(_folder.Path, "eval.json"));
        var verified = GateRecord.Verify(_folder.Path, "f00d");
        Assert.Empty(verified.Faults);
        Assert.EndsWith("eval.json", Assert.Single(verified.Missing), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_is_noticed_and_refused()
    {
        Assert.Contains("another model", Assert.Single(GateRecord.Verify(_folder.Path, "beef").Faults), StringComparison.Ordinal);
        Assert.Contains("another model", Refusal(fingerprint: "beef"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("monitor", true)]
    [InlineData("best-of-n", true)]
    [InlineData("rl", false)]
    [InlineData("rerank", false)]
    public void A_verdict_permits_its_use_and_looser_ones(string? use, bool permits) => Assert.Equal(permits, Refusal(use) is null);

    [Fact]
    public void A_model_that_is_not_ready_is_refused_with_the_reason()
    {
        _folder.Write(GateEvidence.FileName, _folder.Decide("  heldout_accuracy: {at_least: 0.9}", "rl"));
        Assert.Contains("not ready for rl: heldout_accuracy 0.70", Refusal("monitor"), StringComparison.Ordinal);
        _folder.Write(GateEvidence.FileName, _folder.Decide("  self_tests:", "rl"));
        Assert.Contains("cannot tell for rl", Refusal("monitor"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_verdict_is_refused_with_the_command_that_makes_one()
    {
        File.Delete(_path);
        Assert.Contains("assay gate --model", Refusal("rl"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"format\": \"assay.gate/1\"}")]
    [InlineData("{\"format\": \"assay.gate/1\", \"seal\": 1}")]
    public void A_file_that_is_no_verdict_never_permits(string text)
    {
        File.WriteAllText(_path, text);
        Assert.NotNull(Refusal());
        Assert.ThrowsAny<FormatException>(() => GateRecord.Verify(_folder.Path, "f00d"));
    }

    [Fact]
    public void A_member_that_stands_there_twice_never_permits()
    {
        File.WriteAllText(
            _path,
            File.ReadAllText(_path).Replace("\"use\": \"best-of-n\"", "\"use\": \"rl\", \"use\": \"best-of-n\"", StringComparison.Ordinal)
        );
        Assert.Contains("is no verdict", Refusal(), StringComparison.Ordinal);
    }
}
