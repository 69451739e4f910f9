using System.Text.Json;
using Assay.Data.Reading;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Splits;

/// <summary>
/// Reads any JSON rows as texts to compare with: for preference rows of a known format the prompt and both answers, for anything else the
/// field <c>prompt</c>, <c>question</c>, <c>instruction</c>, <c>input</c> or <c>text</c> (else every string of the row), and every other
/// string after it.
/// </summary>
internal static class BenchmarkFile
{
    private static readonly string[] PromptNames = ["prompt", "question", "instruction", "input", "messages", "text"];

    /// <summary>Each row's line and its texts, the prompt first.</summary>
    /// <exception cref="DataFormatException">A row is not a JSON object.</exception>
    public static IEnumerable<(long Row, List<string> Texts)> Read(string path, CancellationToken cancellationToken)
    {
        using var source = RowSources.Open(path, new PairReaderOptions().MaxLineBytes);
        var parser = new RowParserCache(path);
        while (source.ReadChunk() is { } chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var raw in chunk)
                yield return (raw.Line, TextsOf(path, raw, parser));
        }
    }

    private static List<string> TextsOf(string path, RawRow raw, RowParserCache parser)
    {
        if (raw.Problem is { } problem)
            throw new DataFormatException($"{path}:{raw.Line}: {problem}; a benchmark has to be readable in full");
        if (RowParser.SurrogateColumn(raw.Bytes.Span) is > 0 and var column)
            throw new DataFormatException(
                $"{path}:{raw.Line}:{column}: a string holds an unpaired surrogate escape (\\ud800 to \\udfff); a benchmark has to be readable in full"
            );
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(raw.Bytes);
        }
        catch (JsonException error)
        {
            throw new DataFormatException($"{path}:{raw.Line}: not JSON: {error.Message}; a benchmark has to be readable in full", error);
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new DataFormatException(
                    $"{path}:{raw.Line}: the row is no JSON object; a benchmark's rows are objects with a prompt or question"
                );
            if (parser.Pair(raw, document.RootElement) is { } pair)
                return [pair.Prompt, pair.ChosenAnswer, pair.RejectedAnswer];
            var texts = new List<string>();
            JsonProperty[] properties = [.. document.RootElement.EnumerateObject()];
            var prompt = PromptNames
                .Select(name => Array.Find(properties, property => property.Name == name))
                .Where(property => property.Value.ValueKind != JsonValueKind.Undefined)
                .Cast<JsonProperty?>()
                .FirstOrDefault();
            if (prompt is { } named)
                texts.Add(string.Join("\n\n", Strings(named.Value)));
            foreach (var property in properties)
                if (property.Name != prompt?.Name && property.Name is not ("id" or "source" or "meta"))
                    texts.AddRange(Strings(property.Value));
            return texts.Count > 0 ? texts : throw new DataFormatException($"{path}:{raw.Line}: the row holds no text to compare with");
        }
    }

    private static IEnumerable<string> Strings(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
            JsonValueKind.Object => value
                .EnumerateObject()
                .Where(property => property.Name is not ("role" or "from" or "id"))
                .SelectMany(property => Strings(property.Value)),
            _ => [],
        };

    /// <summary>The row as a pair, if its shape is one of a known format of pairs.</summary>
    private sealed class RowParserCache(string path)
    {
        private readonly Dictionary<Reading.Formats.RowFormat, RowParser> _parsers = [];

        public PreferencePair? Pair(RawRow raw, JsonElement row)
        {
            if (Reading.Formats.RowFormat.DetectFrom(row) is not { GroupsRows: false } format)
                return null;
            if (!_parsers.TryGetValue(format, out var parser))
                _parsers.Add(format, parser = new RowParser(path, format));
            return parser.Parse([raw], 0, 1)[0].Pair;
        }
    }
}
