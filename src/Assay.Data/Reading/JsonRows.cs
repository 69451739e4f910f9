using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading;

/// <summary>
/// The rows of a file as JSON objects, for readers of formats that are no preference pairs (benchmarks): JSON Lines, a JSON array, CSV, TSV
/// or Parquet, gzip and zstd unpacked.
/// </summary>
public static class JsonRows
{
    private const int MaxLineBytes = 64 << 20;

    /// <summary>The objects in order, each with its line (from 1), lazily.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fields">What the user says of its fields; null when nothing.</param>
    /// <exception cref="DataFormatException">A row is no JSON object; the message has the file and the line.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<(long Line, JsonObject Row)> Read(string path, FieldMapping? fields = null)
    {
        using var source = FieldMapping.Apply(fields, RowSources.Open(path, MaxLineBytes));
        while (source.ReadChunk() is { } chunk)
        {
            foreach (var raw in chunk)
                yield return (raw.Line, Parse(raw, path));
        }
    }

    private static JsonObject Parse(RawRow raw, string path)
    {
        if (raw.Problem is { } problem)
            throw new DataFormatException($"{path}, line {raw.Line}: {problem.Detail}");
        if (RowParser.SurrogateColumn(raw.Bytes.Span) is > 0 and var column)
            throw new DataFormatException(
                $"{path}, line {raw.Line}, column {column}: a string holds an unpaired surrogate escape (\\ud800 to \\udfff)"
            );
        try
        {
            return JsonNode.Parse(raw.Bytes.Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })
                    as JsonObject
                ?? throw new DataFormatException($"{path}, line {raw.Line}: wanted a JSON object");
        }
        catch (JsonException error)
        {
            var finding = RowParser.Explain(raw.Bytes.Span, error);
            throw new DataFormatException(
                $"{path}, line {raw.Line}, column {finding.Column}: {finding.Detail}{(FileGuess.Of(raw.Bytes.Span) is { } guess ? $"; {guess}" : "")}",
                error
            );
        }
    }
}
