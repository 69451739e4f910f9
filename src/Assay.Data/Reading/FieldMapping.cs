using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading;

/// <summary>
/// What the user says of fields this program does not know: <c>prompt=article</c> reads the field <c>article</c> as the prompt, and an
/// ignored field is no context. Rows are rewritten as they are read, so that every verb, and every file written from them, sees the same:
/// ignored fields are kept in a member <c>ignored</c>.
/// </summary>
public sealed record FieldMapping
{
    /// <summary>The name under which a field is read, and the field's own: a top-level name, or a path such as <c>info.post</c>.</summary>
    public IReadOnlyList<(string Role, string Field)> Map { get; private init; } = [];

    /// <summary>Top-level fields that do not matter.</summary>
    public IReadOnlyList<string> Ignore { get; private init; } = [];

    /// <summary>Reads what was given on the command line or in a recipe.</summary>
    /// <param name="map">Each <c>role=field</c>.</param>
    /// <param name="ignore">Names of fields.</param>
    /// <returns>Null when nothing was given.</returns>
    /// <exception cref="DataFormatException">One is not of that form, or two say different things.</exception>
    public static FieldMapping? Of(IReadOnlyList<string>? map, IReadOnlyList<string>? ignore)
    {
        List<(string Role, string Field)> pairs = [];
        foreach (var text in map ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == text.Length - 1)
                throw new DataFormatException(
                    $"--map {text}: ROLE=FIELD was wanted, such as prompt=article: the name this program reads, then the file's"
                );
            var (role, field) = (text[..at].Trim(), text[(at + 1)..].Trim());
            if (pairs.Exists(pair => pair.Role == role && pair.Field != field))
                throw new DataFormatException(
                    $"--map {role}={field}: {role} is mapped already, to {pairs.Find(pair => pair.Role == role).Field}"
                );
            if (!pairs.Contains((role, field)))
                pairs.Add((role, field));
        }
        List<string> names = [.. (ignore ?? []).Select(name => name.Trim()).Where(name => name.Length > 0).Distinct()];
        if (pairs.Find(pair => names.Contains(pair.Field)) is { Field: { } both })
            throw new DataFormatException($"--ignore {both}: the same field is read by --map; take one of them");
        return pairs.Count == 0 && names.Count == 0 ? null : new FieldMapping { Map = pairs, Ignore = names };
    }

    /// <summary>As on a command line: <c>--map prompt=article --ignore note</c>.</summary>
    public override string ToString() =>
        string.Join(' ', [.. Map.Select(pair => $"--map {pair.Role}={pair.Field}"), .. Ignore.Select(name => $"--ignore {name}")]);

    internal static RowSource Apply(FieldMapping? fields, RowSource source) => fields is null ? source : new MappedSource(source, fields);

    /// <summary>The row with its fields renamed; a row that is no JSON object as it stood.</summary>
    internal RawRow Apply(RawRow raw)
    {
        if (raw.Problem is not null)
            return raw;
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return raw;
            if (Map.FirstOrDefault(pair => IsTwice(document.RootElement, pair)) is { Role: { } role, Field: var field })
                return raw with
                {
                    Problem = new Finding(
                        Reason.DuplicateKey,
                        $"{field} is read as {role}, and the row has a {role} of its own; say --ignore {role} if that one does not matter"
                    ),
                };
            return raw with { Bytes = Rewrite(document.RootElement) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return raw;
        }
    }

    private bool IsTwice(JsonElement row, (string Role, string Field) pair) =>
        pair.Role != pair.Field
        && Find(row, pair.Field) is not null
        && RowScope.Has(row, pair.Role)
        && !Ignore.Contains(pair.Role)
        && !Map.Any(other => other.Field == pair.Role);

    private byte[] Rewrite(JsonElement row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(
            bytes,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
        );
        writer.WriteStartObject();
        List<JsonProperty> ignored = [];
        foreach (var property in row.EnumerateObject())
        {
            if (Map.FirstOrDefault(pair => pair.Field == property.Name) is { Role: { } role })
                Write(role, property.Value);
            else if (Ignore.Contains(property.Name))
                ignored.Add(property);
            else if (property.Name == "ignored" && property.Value.ValueKind == JsonValueKind.Object && Ignore.Count > 0)
                ignored.InsertRange(0, property.Value.EnumerateObject());
            else if (!Map.Any(pair => pair.Role == property.Name && Find(row, pair.Field) is not null))
                Write(property.Name, property.Value);
        }
        foreach (var (role, field) in Map)
            if (!row.TryGetProperty(field, out _) && Find(row, field) is { } nested)
                Write(role, nested);
        if (ignored.Count > 0)
        {
            writer.WriteStartObject("ignored");
            foreach (var property in ignored)
                Write(property.Name, property.Value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan.ToArray();

        void Write(string name, JsonElement value)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static JsonElement? Find(JsonElement row, string path)
    {
        if (RowScope.Field(row, path) is { } whole)
            return whole;
        var at = row;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || RowScope.Field(at, name) is not { } next)
                return null;
            at = next;
        }
        return at;
    }

    private sealed class MappedSource(RowSource source, FieldMapping fields) : RowSource(source.Input)
    {
        public override string Container => source.Container;

        public override long BytesRead => source.BytesRead;

        public override IReadOnlyList<RawRow>? ReadChunk() => source.ReadChunk() is { } chunk ? [.. chunk.Select(fields.Apply)] : null;

        public override void Dispose() => source.Dispose();
    }
}
