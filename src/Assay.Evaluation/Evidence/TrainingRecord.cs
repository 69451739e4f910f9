using System.Text.Json;
using Assay.Data.Records;
using Assay.Data.Splits;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// How a model came to be, as its folder says: <c>run.json</c> (or the model's own <c>assay.json</c>), <c>train_log.jsonl</c> and
/// <c>split.json</c>, of which any may be missing. Reads no weights, so it says nothing of whose evidence the folder goes with.
/// </summary>
public sealed record TrainingRecord
{
    public required string Folder { get; init; }

    /// <summary><c>running</c>, <c>stopped</c>, <c>failed</c> or <c>finished</c>; null where the folder has no <c>run.json</c>.</summary>
    public required string? State { get; init; }

    public required string? Method { get; init; }

    /// <summary>The checkpoint training began with; null when not recorded.</summary>
    public required string? BaseModel { get; init; }

    public required IReadOnlyList<EvidenceInput> BaseModelFiles { get; init; }

    /// <summary>Training data and data held out in files of their own.</summary>
    public required IReadOnlyList<EvidenceInput> Data { get; init; }

    public required long? Rows { get; init; }

    public required long? TrainPairs { get; init; }

    public required long? EvalPairs { get; init; }

    /// <summary>Usable pairs on neither side of the split.</summary>
    public required long? LeftOutOfSplit { get; init; }

    /// <summary>Rows that were not trained on, by reason.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    /// <summary>The settings that are not null, each as JSON text (strings bare).</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    public required string? TextFingerprint { get; init; }

    /// <summary>What was logged during training, in order.</summary>
    public required IReadOnlyList<LogPoint> Log { get; init; }

    /// <summary>Evaluations of the hold-out during training, in order.</summary>
    public required IReadOnlyList<LogPoint> Evaluations { get; init; }

    public required IReadOnlyList<TrainingAlarm> Alarms { get; init; }

    /// <summary>The closing figures; empty while the run is not finished.</summary>
    public required IReadOnlyDictionary<string, double> Summary { get; init; }

    /// <summary>The split that was trained with; null where the folder has none that can be read.</summary>
    public required PairSplit? Split { get; init; }

    /// <summary>Reads a model's folder.</summary>
    /// <exception cref="IOException">There is no such folder, or a file cannot be read.</exception>
    /// <exception cref="EvaluationException">The folder has none of the files.</exception>
    /// <exception cref="Data.DataFormatException">One of them is not what was written.</exception>
    public static TrainingRecord Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such folder: --model wants the folder that assay train wrote");
        var (run, record, log) = (RunRecord.In(folder), ModelRecord.In(folder), Path.Combine(folder, LogLine.FileName));
        if (run is null && record is null && !File.Exists(log))
            throw new EvaluationException(
                $"{folder}: no {RunRecord.FileName}, {ModelRecord.FileName} or {LogLine.FileName} in it: --model wants the folder that assay train wrote"
            );
        List<LogLine> lines = [.. LogLine.Read(log)];
        var model = run?.Model ?? record;
        var (training, origin) = (model?.Training, model?.BaseModel);
        var data = training?.Data;
        return new TrainingRecord
        {
            Folder = folder,
            State = run?.State,
            Method = training?.Method,
            BaseModel = origin?.Name is { } hub ? $"{hub}@{origin.Revision}" : origin?.Path,
            BaseModelFiles = [.. (origin?.Files ?? []).Select(file => new EvidenceInput(file.Name, file.Sha256))],
            Data = [.. (data?.Files ?? []).Select(file => new EvidenceInput(file.Path, file.Sha256))],
            Rows = data?.Rows,
            TrainPairs = data?.TrainPairs,
            EvalPairs = data?.EvalPairs,
            LeftOutOfSplit = data?.LeftOutOfSplit,
            SetAside = data?.SetAsideByReason ?? new Dictionary<string, long>(),
            Settings =
            [
                .. (training?.Settings ?? new Dictionary<string, JsonElement>())
                    .Where(setting => setting.Value.ValueKind != JsonValueKind.Null)
                    .Select(setting =>
                        KeyValuePair.Create(
                            setting.Key,
                            setting.Value.ValueKind == JsonValueKind.String
                                ? setting.Value.GetString()!
                                : JsonSerializer.Serialize(setting.Value)
                        )
                    ),
            ],
            TextFingerprint = run?.TextFingerprint ?? record?.TextFingerprint,
            Log = [.. lines.Where(line => line.IsUpdate).Select(PointOf)],
            Evaluations = [.. lines.Where(line => line.IsEvaluation).Select(PointOf)],
            Alarms = [.. lines.Where(line => line.Alarm is not null).Select(line => new TrainingAlarm(line.Step, line.Alarm!, line.Name))],
            Summary = lines.FindLast(line => line.IsSummary) is { } closing ? PointOf(closing).Values : new Dictionary<string, double>(),
            Split = ReadSplit(Path.Combine(folder, SplitFile.FileName)),
        };
    }

    private static LogPoint PointOf(LogLine line) =>
        new(
            line.Step,
            line.Figures.Where(figure => figure.Value is not null).ToDictionary(figure => figure.Key, figure => figure.Value!.Value)
        );

    // A split that an older Assay wrote over several data files lists lines by file: then there is none to show.
    private static PairSplit? ReadSplit(string path)
    {
        try
        {
            return File.Exists(path) ? SplitFile.Read(path) : null;
        }
        catch (SplitException)
        {
            return null;
        }
    }
}
