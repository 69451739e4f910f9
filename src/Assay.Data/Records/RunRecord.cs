using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary><c>run.json</c>: a training run, finished or not.</summary>
public sealed record RunRecord
{
    public const string FileName = ModelFolderNames.Run,
        Kind = "assay.run/1";

    /// <summary>The states of a run.</summary>
    public const string Running = "running",
        Stopped = "stopped",
        Failed = "failed",
        Finished = "finished";

    public string? Format { get; init; }

    public string? State { get; init; }

    public ModelOrigin? Model { get; init; }

    /// <summary>Over tokenizer, template and text rules.</summary>
    public string? TextFingerprint { get; init; }

    /// <summary>What loading the model tolerated.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it failed, or the alarm that stopped it.</summary>
    public string? Error { get; init; }

    /// <summary>Of a finished run.</summary>
    public TrainingSummary? Summary { get; init; }

    /// <summary>The record of a run's folder; null where it has none.</summary>
    /// <exception cref="DataFormatException">It is no such record.</exception>
    public static RunRecord? In(string folder) => RecordFile.ReadIfThere<RunRecord>(Path.Combine(folder, FileName));

    /// <summary>Writes it, to a temporary name and moved.</summary>
    public void Write(string folder) => RecordFile.Write(Path.Combine(folder, FileName), this);
}

/// <summary>What a run came to: the closing figures as its log has them, and what was saved.</summary>
/// <param name="Closing">The last line of the log.</param>
[JsonConverter(typeof(Converter))]
public sealed record TrainingSummary(LogLine Closing)
{
    /// <summary>What another program has to be told of the model's folder.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the check of the saved model's known answers found.</summary>
    public string? Reload { get; init; }

    public string OutputDir { get; init; } = "";

    public TrainingData Data { get; init; } = new();

    /// <summary>A closing figure; null where there is none.</summary>
    public double? this[string name] => Closing.Figures[name];

    private sealed record Rest(
        IReadOnlyList<string> Notes,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reload,
        string OutputDir,
        TrainingData Data
    );

    private sealed class Converter : JsonConverter<TrainingSummary>
    {
        public override TrainingSummary? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = JsonElement.ParseValue(ref reader);
            var rest = element.Deserialize<Rest>(options);
            return element.Deserialize<LogLine>(options) is { } closing
                ? new TrainingSummary(closing)
                {
                    Notes = rest?.Notes ?? [],
                    Reload = rest?.Reload,
                    OutputDir = rest?.OutputDir ?? "",
                    Data = rest?.Data ?? new(),
                }
                : null;
        }

        public override void Write(Utf8JsonWriter writer, TrainingSummary value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (
                var part in (ReadOnlySpan<JsonElement>)
                    [
                        JsonSerializer.SerializeToElement(value.Closing, options),
                        JsonSerializer.SerializeToElement(new Rest(value.Notes, value.Reload, value.OutputDir, value.Data), options),
                    ]
            )
            foreach (var member in part.EnumerateObject())
                member.WriteTo(writer);
            writer.WriteEndObject();
        }
    }
}
