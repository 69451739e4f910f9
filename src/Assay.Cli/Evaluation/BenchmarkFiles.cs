using Assay.Data.Digests;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Evaluation;

/// <summary>Runs a benchmark and writes its evidence, the score of every row, and the leaderboard's own files.</summary>
internal static class BenchmarkFiles
{
    /// <param name="run">The benchmark.</param>
    /// <param name="label">What the files are named after: <c>benchmark-LABEL.json</c>.</param>
    /// <param name="folder">Where to; it is made.</param>
    /// <param name="name">The model as a leaderboard lists it; null takes the subject's name.</param>
    /// <param name="maxLength">Tokens that were asked for.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The evidence, and the files with the evidence first.</returns>
    public static (BenchmarkEvidence Evidence, IReadOnlyList<string> Files) Write(
        BenchmarkRun run,
        string label,
        string folder,
        string? name,
        int? maxLength,
        CancellationToken cancellationToken
    )
    {
        var (report, rows) = run.Execute(cancellationToken);
        Directory.CreateDirectory(folder);
        string evidenceName = BenchmarkEvidence.FileNameOf(label),
            path = Path.Combine(folder, evidenceName),
            scores = Path.Combine(folder, $"scores-{label}.jsonl");
        var evidence = new BenchmarkEvidence
        {
            Subject = run.Subject,
            Inputs = run.Inputs,
            Rows = EvidenceRows.Write(folder, evidenceName, [.. rows.Select(row => (RowDigest?)row.Row.Digest)]),
            MaxLength = maxLength,
            Truncation = run.Truncation(),
            Report = report,
        };
        BenchmarkScoreWriter.Write(scores, rows, run.LeftOut);
        // A folder of its own: the two RewardBenches give their files the same names.
        var board = Path.Combine(folder, label);
        var files = new LeaderboardFiles(board, name ?? run.Subject.Name, run.ChatTemplate, run.Render).Write(report, rows);
        // The evidence last: who finds it knows that the rest is whole.
        EvidenceFile.Write(path, evidence);
        return (evidence, [path, scores, .. files.Select(file => Path.Combine(board, file))]);
    }
}
