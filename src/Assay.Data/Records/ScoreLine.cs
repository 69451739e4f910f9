using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Assay.Data.Records;

/// <summary>
/// A line of a score file, as <c>score</c>, <c>eval</c>, <c>fresh</c>, <c>benchmark</c> and <c>judge</c> write it and <c>--scores</c> reads
/// it: a conversation, several candidates or a pair with what they scored, or why there is no score. A verb fills what it knows; the rest
/// is null and left out. Scores are written with the fewest digits that read back to their bits.
/// </summary>
public sealed record ScoreLine
{
    /// <summary>Line of the data, from 1; null where rows go by their id.</summary>
    public long? Row { get; init; }

    /// <summary>The row's own id; of one answer of a benchmark's row <c>ID/N</c>.</summary>
    public string? Id { get; init; }

    /// <summary>The benchmark's subset.</summary>
    public string? Subset { get; init; }

    /// <summary>Why there is no score; then nothing but the row's names stands beside it.</summary>
    public string? Error { get; init; }

    public string? Source { get; init; }

    public string? ChosenGenerator { get; init; }

    public string? RejectedGenerator { get; init; }

    public JsonObject? SamplingSettings { get; init; }

    public string? LabellingBatch { get; init; }

    public IReadOnlyList<string>? Annotators { get; init; }

    /// <summary>1 or 2: the place at which the chosen answer was shown.</summary>
    public int? ChosenPosition { get; init; }

    /// <summary>What bootstraps draw together: pairs of one prompt.</summary>
    public string? Group { get; init; }

    /// <summary>Of one answer of a benchmark's row: whether it is a right one.</summary>
    public bool? Right { get; init; }

    /// <summary>The raw score of a conversation.</summary>
    [JsonConverter(typeof(ScoreNumber))]
    public double? Score { get; init; }

    /// <summary>Its standard deviation over the members of an ensemble.</summary>
    public double? ScoreStd { get; init; }

    /// <summary>The raw scores of a row's candidates, in its order.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <inheritdoc cref="ScoreStd"/>
    public IReadOnlyList<double>? ScoreStds { get; init; }

    [JsonConverter(typeof(ScoreNumber))]
    public double? ChosenScore { get; init; }

    [JsonConverter(typeof(ScoreNumber))]
    public double? RejectedScore { get; init; }

    /// <summary>Chosen minus rejected.</summary>
    public double? Margin { get; init; }

    /// <inheritdoc cref="ScoreStd"/>
    public double? ChosenScoreStd { get; init; }

    /// <inheritdoc cref="ScoreStd"/>
    public double? RejectedScoreStd { get; init; }

    /// <inheritdoc cref="ScoreStd"/>
    public double? MarginStd { get; init; }

    /// <summary>Characters.</summary>
    public long? ChosenLength { get; init; }

    /// <inheritdoc cref="ChosenLength"/>
    public long? RejectedLength { get; init; }

    /// <summary>By what the row is found again.</summary>
    public string? Digest { get; init; }

    /// <summary>Null where it is 1.</summary>
    public double? Weight { get; init; }

    /// <summary>What a composite reward was made of, by component, or a model's ratings; of several candidates a list of these.</summary>
    public JsonNode? Components { get; init; }

    public IReadOnlyDictionary<string, float>? ChosenComponents { get; init; }

    public IReadOnlyDictionary<string, float>? RejectedComponents { get; init; }

    /// <summary>The score's place among the stored reference's, 0 to 100.</summary>
    public double? Percentile { get; init; }

    /// <summary>The score in standard deviations from the reference's mean.</summary>
    public double? Standardised { get; init; }

    /// <inheritdoc cref="Percentile"/>
    public double? ChosenPercentile { get; init; }

    /// <inheritdoc cref="Standardised"/>
    public double? ChosenStandardised { get; init; }

    /// <inheritdoc cref="Percentile"/>
    public double? RejectedPercentile { get; init; }

    /// <inheritdoc cref="Standardised"/>
    public double? RejectedStandardised { get; init; }

    /// <summary>That chosen is the better one; of a judge the share of its votes.</summary>
    public double? Probability { get; init; }

    /// <summary>Of answers that a judge saw at once: which of them is this pair's chosen one, from 0.</summary>
    public int? ChosenCandidate { get; init; }

    /// <inheritdoc cref="ChosenCandidate"/>
    public int? RejectedCandidate { get; init; }

    /// <summary>What a judge said, call by call.</summary>
    public IReadOnlyList<VoteLine>? Votes { get; init; }

    /// <summary>Writes the line with its line feed.</summary>
    public void Write(Stream stream) => RecordFile.WriteLine(stream, this);

    /// <summary>A line as it was written.</summary>
    /// <exception cref="JsonException">It is no such line.</exception>
    public static ScoreLine Parse(string text) =>
        JsonSerializer.Deserialize<ScoreLine>(text, RecordFile.TextLineOptions) ?? throw new JsonException("null is no line of scores.");

    /// <summary>
    /// A model's scores are floats, those made elsewhere need not be: each is written as what it is. What is undefined goes by its name,
    /// which readers of scores take.
    /// </summary>
    private sealed class ScoreNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String
                ? reader.GetDouble()
                : reader.GetString() switch
                {
                    "NaN" => double.NaN,
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    var text => throw new JsonException($"'{text}' is no score."),
                };

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsNaN(value))
                writer.WriteStringValue("NaN");
            else if (double.IsInfinity(value))
                writer.WriteStringValue(value > 0 ? "Infinity" : "-Infinity");
            else if ((float)value == value)
                writer.WriteNumberValue((float)value);
            else
                writer.WriteNumberValue(value);
        }
    }
}

/// <summary>One call of a judge, in a <see cref="ScoreLine"/>.</summary>
/// <param name="Sample">Which sample of this order, from 0.</param>
/// <param name="Order">What stood at each place: <c>chosen</c> and <c>rejected</c>, or the numbers of the candidates.</param>
public sealed record VoteLine(int Sample, JsonArray Order)
{
    /// <summary>As in <see cref="Order"/>, or <c>tie</c>; null for ratings and where there is no verdict.</summary>
    public JsonNode? Winner { get; init; }

    public double? Rating { get; init; }

    /// <summary>Why no verdict was read.</summary>
    public string? NoVerdict { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    /// <summary>What the judge wrote, where it is kept.</summary>
    public string? Answer { get; init; }
}
