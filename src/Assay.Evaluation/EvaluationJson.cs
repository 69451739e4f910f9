using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assay.Evaluation;

/// <summary>
/// How figures are written as JSON: snake_case names, and null where a figure is undefined (a share of nothing is NaN in memory), because a
/// bare <c>NaN</c> is not JSON and strict readers refuse it.
/// </summary>
public static class EvaluationJson
{
    /// <summary>Options for every record of this library.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            // A member that stands there twice is read one way by one reader and another way by the next.
            AllowDuplicateProperties = false,
            Converters = { new UndefinedAsNull(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };

    private sealed class UndefinedAsNull : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
