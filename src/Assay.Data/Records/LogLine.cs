using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary>
/// A line of <c>train_log.jsonl</c>: the figures since the line before, an evaluation (<c>eval_</c>), the run's closing figures
/// (<c>train_runtime</c>), or an alarm.
/// </summary>
/// <param name="Figures">The numbers, of which <c>step</c> is one: updates made, 0 for what was found before the first.</param>
[JsonConverter(typeof(Converter))]
public sealed record LogLine(Figures Figures)
{
    public const string FileName = ModelFolderNames.TrainLog;

    /// <summary>The figure that says where a line stands: updates made.</summary>
    public const string StepField = "step";

    private const string AlarmField = "alarm",
        NameField = "name",
        StoppedField = "stopped_early";

    /// <summary>What was seen, and what to do; null where the line is no alarm.</summary>
    public string? Alarm { get; init; }

    /// <summary>The alarm's name, as <c>docs/training.md</c> lists them.</summary>
    public string? Name { get; init; }

    /// <summary>Of closing figures: whether the run ended before its last update because nothing more was gained.</summary>
    public bool StoppedEarly { get; init; }

    public long Step => (long)(Figures[StepField] ?? 0);

    /// <summary>Whether the run ended with it.</summary>
    public bool IsSummary => Figures.Has("train_runtime");

    public bool IsEvaluation => !IsSummary && Figures.Has("eval_loss");

    public bool IsUpdate => !IsSummary && !IsEvaluation && Figures.Has("loss");

    /// <summary>An alarm that went off.</summary>
    public static LogLine OfAlarm(string name, long step, string text) =>
        new(new Figures { { StepField, step } }) { Alarm = text, Name = name };

    /// <summary>The line without its end.</summary>
    public string ToText() => JsonSerializer.Serialize(this, RecordFile.LineOptions);

    /// <summary>A line as it was written.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static LogLine Parse(string text) =>
        JsonSerializer.Deserialize<LogLine>(text, RecordFile.LineOptions) ?? throw new JsonException("the line is no object.");

    /// <summary>The lines of a run's log; none where there is no log. The last line of a killed run may be torn: it is left out.</summary>
    /// <exception cref="DataFormatException">A line with others after it is no JSON object.</exception>
    public static IEnumerable<LogLine> Read(string path)
    {
        var number = 0;
        JsonException? torn = null;
        foreach (var text in File.Exists(path) ? File.ReadLines(path) : [])
        {
            number++;
            if (torn is not null)
                throw new DataFormatException(
                    $"{path}:{number - 1}: not a JSON object: {torn.Message} Restore the file that the training run wrote",
                    torn
                );
            if (string.IsNullOrWhiteSpace(text))
                continue;
            LogLine line;
            try
            {
                line = Parse(text);
            }
            catch (JsonException error)
            {
                torn = error;
                continue;
            }
            yield return line;
        }
    }

    private sealed class Converter : JsonConverter<LogLine>
    {
        public override LogLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = JsonElement.ParseValue(ref reader);
            if (element.ValueKind != JsonValueKind.Object)
                throw new JsonException("the line is no object.");
            return new LogLine(Figures.Of(element))
            {
                Alarm = Text(AlarmField),
                Name = Text(NameField),
                StoppedEarly = element.TryGetProperty(StoppedField, out var stopped) && stopped.ValueKind == JsonValueKind.True,
            };

            string? Text(string name) =>
                element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }

        public override void Write(Utf8JsonWriter writer, LogLine value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            if (value.Alarm is { } alarm)
            {
                writer.WriteString(AlarmField, alarm);
                writer.WriteString(NameField, value.Name);
            }
            value.Figures.WriteMembers(writer);
            if (value.StoppedEarly)
                writer.WriteBoolean(StoppedField, true);
            writer.WriteEndObject();
        }
    }
}
