using Assay.Evaluation.Audits;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Evaluation.Tests.Evidence;

public sealed class EvidenceSetTests : IDisposable
{
    private static readonly EvidenceSubject One = new("one", "models/one", new string('1', 64)),
        Two = new("two", "models/two", new string('2', 64));

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-evidence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, IEvidence evidence)
    {
        var path = Path.Combine(_folder, name);
        EvidenceFile.Write(path, evidence);
        return path;
    }

    private static AuditEvidence Audit(EvidenceSubject subject) =>
        new()
        {
            Subject = subject,
            Inputs = [],
            SetAside = new Dictionary<string, long>(),
            Length = null,
            Style = null,
            Probes = [],
            SelfTests = [],
            Notes = [],
        };

    private static BenchmarkEvidence Benchmark(EvidenceSubject subject) =>
        new()
        {
            Subject = subject,
            Inputs = [],
            Report = new BenchmarkReport
            {
                Kind = BenchmarkKind.Own,
                Revision = "r",
                Score = double.NaN,
                Rows = 1,
                TieRate = 0,
                Parts = [],
                Warnings = [],
            },
        };

    private static GateEvidence Gate(params EvidenceInput[] inputs) =>
        new()
        {
            Subject = One,
            Inputs = inputs,
            Use = "rl",
            Policy = new("p", ""),
            Verdict = GateVerdict.Ready,
            Checks = [],
            Time = "",
            Seal = "",
        };

    [Fact]
    public void A_folder_and_files_are_read_and_what_is_no_evidence_is_passed_over()
    {
        Write("audit.json", Audit(One));
        Write("benchmark-own.json", Benchmark(One));
        File.WriteAllText(Path.Combine(_folder, "other.json"), "[1, 2]");
        File.WriteAllText(Path.Combine(_folder, "scores.jsonl"), "{}");
        var set = EvidenceSet.Read([_folder]);
        Assert.Equal(["audit.json", "benchmark-own.json"], set.Items.Select(item => Path.GetFileName(item.File.Path)));
        Assert.Equal(EvidenceInput.Of(Path.Combine(_folder, "audit.json")), set.Items[0].File);
        Assert.Equal(One, set.Subject);
        Assert.NotNull(set.Of<AuditEvidence>());
        Assert.Null(set.Of<EvalEvidence>());
        Assert.Single(set.All<BenchmarkEvidence>());
    }

    [Fact]
    public void Evidence_of_two_models_is_refused_and_both_are_named()
    {
        string[] paths = [Write("audit.json", Audit(One)), Write("benchmark-own.json", Benchmark(Two))];
        var error = Assert.Throws<EvaluationException>(() => EvidenceSet.Read(paths));
        foreach (var wanted in new[] { "audit.json", "benchmark-own.json", "one (1111", "two (2222" })
            Assert.Contains(wanted, error.Message);
    }

    [Fact]
    public void Two_files_of_one_kind_are_refused_but_for_benchmarks()
    {
        string first = Write("audit.json", Audit(One)),
            second = Write("second.json", Audit(One)),
            own = Write("benchmark-own.json", Benchmark(One)),
            other = Write("benchmark-other.json", Benchmark(One));
        Assert.Contains("both assay.audit/1", Assert.Throws<EvaluationException>(() => EvidenceSet.Read([first, second])).Message);
        Assert.Equal(2, EvidenceSet.Read([own, other]).All<BenchmarkEvidence>().Count());
    }

    [Fact]
    public void What_is_missing_empty_or_no_evidence_is_refused_by_name()
    {
        Assert.Contains(
            "nowhere",
            Assert.Throws<FileNotFoundException>(() => EvidenceSet.Read([Path.Combine(_folder, "nowhere")])).Message
        );
        Assert.Contains("no evidence in this folder", Assert.Throws<EvaluationException>(() => EvidenceSet.Read([_folder])).Message);
        var path = Path.Combine(_folder, "x.json");
        File.WriteAllText(path, "{}");
        Assert.Contains("x.json: JSON, but no evidence", Assert.Throws<EvaluationException>(() => EvidenceSet.Read([path])).Message);
        File.WriteAllText(path, "{");
        Assert.Contains("x.json", Assert.Throws<EvaluationException>(() => EvidenceSet.Read([path])).Message);
    }

    [Fact]
    public void A_file_changed_after_the_verdict_and_one_it_never_saw_are_named()
    {
        var audit = Write("audit.json", Audit(One));
        var gate = Write("gate.json", Gate(EvidenceInput.Of(audit)));
        Assert.Empty(EvidenceSet.Read([audit, gate]).Mismatches());
        Write("audit.json", Audit(One) with { Notes = ["changed"] });
        Assert.Contains("audit.json is not the one that the gate saw", Assert.Single(EvidenceSet.Read([audit, gate]).Mismatches()));
        Write("gate.json", Gate());
        Assert.Equal(["the gate did not see audit.json"], EvidenceSet.Read([audit, gate]).Mismatches());
        Assert.Empty(EvidenceSet.Read([audit]).Mismatches()); // without a verdict there is nothing to compare with
    }

    [Fact]
    public void Length_buckets_have_wilson_intervals_and_empty_ones_none()
    {
        Assert.Equal(
            (0.2366, 0.7634),
            (Math.Round(new LengthBucket("b", 10, 0.5, 0).Interval.Low, 4), Math.Round(new LengthBucket("b", 10, 0.5, 0).Interval.High, 4))
        );
        Assert.True(double.IsNaN(new LengthBucket("b", 0, double.NaN, double.NaN).Interval.Low));
    }
}
