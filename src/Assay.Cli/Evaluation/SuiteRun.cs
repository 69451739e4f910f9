using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>
/// The benchmarks of a suite one after the other: each is written when it is done, so a suite that was stopped goes on where it was; one
/// that cannot be read does not keep the others from being scored.
/// </summary>
internal sealed class SuiteRun(string? modelPath, RewardModel? model, string? scores, string output, string? name, int? maxLength)
{
    public SuiteReport Execute(SuiteFiles suite, CancellationToken cancellationToken)
    {
        var subject = model is not null
            ? LoadedModel.SubjectOf(modelPath!, model)
            : EvidenceSubject.OfScores(scores!, Path.GetFullPath(scores!));
        var rows = new List<SuiteRow>();
        foreach (var entry in suite.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Terminal.Note(
                $"assay: {entry.Name} ({rows.Count + 1} of {suite.Entries.Count}, {entry.Files.Count} {(entry.Files.Count == 1 ? "file" : "files")})"
            );
            rows.Add(Row(entry, subject, cancellationToken));
        }
        BenchmarkKind[] missing = [.. SuiteFiles.Seven.Where(kind => rows.All(row => row.Kind != kind))];
        return new SuiteReport
        {
            Subject = subject,
            Benchmarks =
            [
                .. rows.Concat(missing.Select(Missing))
                    .OrderBy(row => SuiteFiles.Seven.ToList().IndexOf(row.Kind) is var place && place < 0 ? int.MaxValue : place),
            ],
            PassedOver = suite.PassedOver.ToDictionary(file => file.Path, file => file.Reason),
        };
    }

    private SuiteRow Row(SuiteEntry entry, EvidenceSubject subject, CancellationToken cancellationToken)
    {
        var file = BenchmarkEvidence.FileNameOf(entry.Name);
        try
        {
            var own = scores is null ? null : Path.Combine(scores, $"scores-{entry.Name}.jsonl");
            if (own is not null && !File.Exists(own))
                return Failed(entry, $"{own}: no such file; wanted the scores of this benchmark");
            var judged = own is null ? subject : LoadedModel.SubjectOf(own, null);
            if (Kept(Path.Combine(output, file), entry, judged) is { } kept)
                return SuiteRow.Of(entry.Name, "kept", file, kept);
            var run = new BenchmarkRun(BenchmarkDescription.Of(entry.Kind), entry.Files, judged, model, own);
            return SuiteRow.Of(
                entry.Name,
                "scored",
                file,
                BenchmarkFiles.Write(run, entry.Name, output, name, maxLength, cancellationToken).Evidence
            );
        }
        catch (FormatException error)
        {
            return Failed(entry, error.Message);
        }
    }

    /// <summary>What an earlier run left, if it is of this model, these files and this length.</summary>
    private BenchmarkEvidence? Kept(string path, SuiteEntry entry, EvidenceSubject judged)
    {
        if (!File.Exists(path) || EvidenceFile.Read(path) is not BenchmarkEvidence evidence)
            return null;
        var side = model?.Truncation == Truncation.Right ? "right" : null;
        return
            evidence.Subject.Fingerprint == judged.Fingerprint
            && evidence.Report.Revision == BenchmarkDescription.Of(entry.Kind).Revision
            && evidence.MaxLength == maxLength
            && evidence.Truncation?.Side == side
            && evidence.Inputs.Select(input => input.Sha256).SequenceEqual(entry.Files.Select(file => EvidenceInput.Of(file).Sha256))
            ? evidence
            : null;
    }

    private static SuiteRow Failed(SuiteEntry entry, string reason) =>
        new()
        {
            Kind = entry.Kind,
            Name = entry.Name,
            State = "failed",
            Reason = reason,
            Revision = BenchmarkDescription.Of(entry.Kind).Revision,
        };

    private static SuiteRow Missing(BenchmarkKind kind)
    {
        var benchmark = BenchmarkDescription.Of(kind);
        return new()
        {
            Kind = kind,
            Name = benchmark.Name,
            State = "missing",
            Reason = $"published at {benchmark.Published}",
            Revision = benchmark.Revision,
        };
    }
}
