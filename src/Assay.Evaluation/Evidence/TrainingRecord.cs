using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Splits;
using Assay.Ground.Files;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// How a model came to be, as its folder says: <c>run.json</c> (or the model's own <c>assay.json</c>), <c>train_log.jsonl</c> and <c>split.json</c>, of which any may be missing. Reads no weights, so it says nothing of
/// whose evidence the folder goes with.
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
    /// <exception cref="EvaluationException">The folder has none of the files, or one of them is not JSON.</exception>
    public static TrainingRecord Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: no such folder: --model wants the folder that assay train wrote");
        JsonObject? run = ReadObject(Path.Combine(folder, ModelFolderNames.Run)), record = ReadObject(Path.Combine(folder, ModelFolderNames.Record));
        var log = Path.Combine(folder, ModelFolderNames.TrainLog);
        if (run is null && record is null && !File.Exists(log))
            throw new EvaluationException($"{folder}: no {ModelFolderNames.Run}, {ModelFolderNames.Record} or {ModelFolderNames.TrainLog} in it: --model wants the folder that assay train wrote");
        var (points, evaluations, alarms, summary) = ReadLog(log);
        var model = run?["model"] as JsonObject ?? record;
        var training = model?["training"] as JsonObject;
        var data = training?["data"] as JsonObject;
        var origin = model?["base_model"] as JsonObject;
        return new TrainingRecord
        {
            Folder = folder,
            State = Text(run?["state"]),
            Method = Text(training?["method"]),
            BaseModel = Text(origin?["name"]) is { } hub ? $"{hub}@{Text(origin?["revision"])}" : Text(origin?["path"]),
            BaseModelFiles = Files(origin?["files"], "name"),
            Data = Files(data?["files"], "path"),
            Rows = Count(data?["rows"]),
            TrainPairs = Count(data?["train_pairs"]),
            EvalPairs = Count(data?["eval_pairs"]),
            LeftOutOfSplit = Count(data?["left_out_of_split"]),
            SetAside = (data?["set_aside_by_reason"] as JsonObject ?? []).Where(entry => Count(entry.Value) is not null).ToDictionary(entry => entry.Key, entry => Count(entry.Value)!.Value),
            Settings = [.. (training?["settings"] as JsonObject ?? []).Where(entry => entry.Value is not null).Select(entry => KeyValuePair.Create(entry.Key, Text(entry.Value) ?? entry.Value!.ToJsonString()))],
            TextFingerprint = Text(run?["text_fingerprint"]) ?? Text(record?["text_fingerprint"]),
            Log = points,
            Evaluations = evaluations,
            Alarms = alarms,
            Summary = summary,
            Split = ReadSplit(Path.Combine(folder, ModelFolderNames.Split)),
        };
    }

    private static (List<LogPoint> Points, List<LogPoint> Evaluations, List<TrainingAlarm> Alarms, IReadOnlyDictionary<string, double> Summary) ReadLog(string path)
    {
        var (points, evaluations, alarms, number) = (new List<LogPoint>(), new List<LogPoint>(), new List<TrainingAlarm>(), 0);
        IReadOnlyDictionary<string, double> summary = new Dictionary<string, double>();
        JsonException? torn = null;
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            number++;
            // The last line of a killed run may be torn; a torn line with others after it is a damaged file.
            if (torn is not null) throw new EvaluationException($"{path}:{number - 1}: not a JSON object: {torn.Message} Restore the file that the training run wrote", torn);
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                if (JsonNode.Parse(line) is not JsonObject entry) throw new JsonException("the line is no object.");
                var step = Count(entry["step"]) ?? 0;
                if (Text(entry["alarm"]) is { } alarm)
                {
                    alarms.Add(new(step, alarm, Text(entry["name"])));
                    continue;
                }
                var values = entry.Where(field => field.Value is JsonValue value && value.TryGetValue(out double _)).ToDictionary(field => field.Key, field => field.Value!.GetValue<double>());
                if (entry.ContainsKey("train_runtime")) summary = values;
                else if (entry.ContainsKey("eval_loss")) evaluations.Add(new(step, values));
                else if (entry.ContainsKey("loss")) points.Add(new(step, values));
            }
            catch (JsonException error)
            {
                torn = error;
            }
        }
        return (points, evaluations, alarms, summary);
    }

    // A run over several data files lists lines by file, which is no split of one file: then there is none to show.
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

    private static JsonObject? ReadObject(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it holds no object.");
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"{path}: not a record of a training run: {error.Message} Restore the file that the training run wrote", error);
        }
    }

    private static IReadOnlyList<EvidenceInput> Files(JsonNode? files, string nameField) =>
        [.. (files as JsonArray ?? []).OfType<JsonObject>().Select(file => new EvidenceInput(Text(file[nameField]) ?? "?", Text(file["sha256"]) ?? "not recorded"))];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static long? Count(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long count) ? count : null;
}
