using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Cli.Evaluation;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Splits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Scores;
using Assay.Ground.Files;
using Assay.Report.Exports;

namespace Assay.Cli.Reports;

/// <summary><c>assay report --as FORMAT</c>: the evidence in the formats of other tools.</summary>
internal static class ReportExport
{
    /// <summary>The formats, <c>html</c> first.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["html", "huggingface", "inspect", "mlflow", "croissant"];

    private const string Experiment = "assay";

    /// <summary>MLflow's file store keeps its first experiment under 0, which belongs to the user.</summary>
    private const string ExperimentId = "417000000000000000";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one format.</summary>
    /// <returns>What was written or where it was sent, as people read it.</returns>
    public static async Task<IReadOnlyList<string>> Write(
        string format,
        IReadOnlyList<string> evidence,
        string? model,
        string output,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (format == "croissant")
            return [Croissant(evidence, output, now)];
        var set = EvidenceSet.Read(evidence);
        return format switch
        {
            "huggingface" => HuggingFace(set, output, now),
            "inspect" => [Inspect(set, output, now)],
            _ => [await Mlflow(set, model is null ? null : TrainingRecord.Read(model), output, now, cancellationToken)],
        };
    }

    private static List<string> HuggingFace(EvidenceSet set, string folder, DateTimeOffset now)
    {
        string card = Path.Combine(Path.GetFullPath(folder), ModelFolderNames.Card),
            results = Path.Combine(Path.GetFullPath(folder), HuggingFaceCard.ResultsFile);
        Save(card, HuggingFaceCard.Put(File.Exists(card) ? File.ReadAllText(card) : null, set));
        if (HuggingFaceCard.Results(set, Day(now)) is not { } text)
            return [card];
        Save(results, text);
        return [card, results];
    }

    private static string Inspect(EvidenceSet set, string folder, DateTimeOffset now)
    {
        if (set.Items.FirstOrDefault(item => item.Evidence is EvalEvidence) is not { Evidence: EvalEvidence eval, File: var file })
            throw new UsageException("--as inspect wants eval.json among the evidence: assay eval writes it");
        var scores = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, PairScoreFile.FileName);
        if (!File.Exists(scores))
            throw new UsageException(
                $"--as inspect wants the score of every pair: {scores} is not there; assay eval --output-dir writes it beside eval.json"
            );
        string created = now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            id = RunId(file.Sha256, now);
        var path = Path.Combine(Path.GetFullPath(folder), InspectLog.FileName(created, id));
        Save(path, InspectLog.Of(eval, [.. PairScoreFile.Read(scores, [])], created, id, ReportFile.MadeBy).ToJsonString(Json) + "\n");
        return path;
    }

    private static async Task<string> Mlflow(
        EvidenceSet set,
        TrainingRecord? training,
        string output,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var run = MlflowRun.Of(set, training, now, ReportFile.MadeBy);
        if (!Uri.TryCreate(output, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            return run.WriteTo(output, Experiment, ExperimentId, RunId(set.Items[0].File.Sha256, now));
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        return $"{server}: run {await run.SendTo(client, server, Experiment, cancellationToken)} of experiment {Experiment}";
    }

    /// <summary>Of the folder that <c>split</c> or <c>check</c> wrote.</summary>
    private static string Croissant(IReadOnlyList<string> evidence, string output, DateTimeOffset now)
    {
        if (evidence is not [var named])
            throw new UsageException(
                "--as croissant describes one folder: name the split.json that assay split wrote, or the folder that assay check wrote"
            );
        var path =
            Directory.Exists(named) && File.Exists(Path.Combine(named, SplitFile.FileName))
                ? Path.Combine(named, SplitFile.FileName)
                : named;
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!,
            target = Path.GetFullPath(output);
        var files = new List<CroissantFile>();
        string description;
        if (Path.GetFileName(path) == SplitFile.FileName && File.Exists(path))
        {
            var split = SplitFile.Read(path);
            description = $"Preference pairs split by assay: {split.Rule}";
            foreach (var file in split.Files)
            {
                var isTraining = Path.GetFileName(file.Name).StartsWith("train", StringComparison.Ordinal);
                var read = Read(
                    Path.Combine(folder, file.Name),
                    isTraining ? "train" : "eval",
                    isTraining ? "cr:TrainingSplit" : "cr:ValidationSplit"
                );
                if (read.Sha256 != file.Sha256)
                    throw new UsageException(
                        $"{Path.Combine(folder, file.Name)} is not what the split wrote (SHA-256 {read.Sha256[..12]}… here, {file.Sha256[..12]}… then): split again"
                    );
                files.Add(read);
            }
            if (files.Count == 0)
                throw new UsageException($"{path} names no files of rows: it was written without --output-dir");
        }
        else if (File.Exists(Path.Combine(folder, CheckReport.RowsOf(RowStatus.Kept))))
        {
            description = "Preference pairs that assay check found fit to train on.";
            files.Add(Read(Path.Combine(folder, CheckReport.RowsOf(RowStatus.Kept)), "kept", null));
        }
        else
            throw new UsageException($"{named}: neither a split.json nor a folder with kept.jsonl");
        Save(
            target,
            CroissantDataset
                .Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), description, files, Day(now))
                .ToJsonString(Json) + "\n"
        );
        return target;

        CroissantFile Read(string file, string split, string? uri) =>
            CroissantFile.Read(
                file,
                Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.GetFullPath(file)).Replace('\\', '/'),
                split,
                uri
            );
    }

    /// <summary>Thirty-two hexadecimal digits, as MLflow's own; another for another second.</summary>
    private static string RunId(string evidence, DateTimeOffset now) => ContentHash.Of($"{evidence} {now:O}")[..32];

    private static string Day(DateTimeOffset now) => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void Save(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        OutputFile.WriteAllText(path, text);
    }
}
