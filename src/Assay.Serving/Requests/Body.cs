using System.Text.Json;
using System.Text.Unicode;
using Assay.Ground.Files;

namespace Assay.Serving.Requests;

/// <summary>
/// A request's body: a JSON object whose fields are read by name and type. Whatever is not as it has to be ends the request, and the field
/// is named.
/// </summary>
internal sealed class Body
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private Body(JsonElement root, string sha256) => (Root, Sha256) = (root, sha256);

    public JsonElement Root { get; }

    /// <summary>SHA-256 of the body's bytes, in lower-case hex: the client can tell that this is the answer to what it sent.</summary>
    public string Sha256 { get; }

    public static Body Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
            throw new ProblemException(400, "malformed_json", "the body is not UTF-8");
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(bytes, Strict).RootElement;
            ReadTexts(root);
        }
        catch (JsonException error)
        {
            throw new ProblemException(
                400,
                "malformed_json",
                $"the body is not JSON that can be read{Place(error)}: an object is wanted, each name once, at most 64 levels deep"
            );
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(400, "malformed_json", "a string of the body holds half of a surrogate pair (\\ud800 to \\udfff)");
        }
        if (root.ValueKind != JsonValueKind.Object)
            throw new ProblemException(400, "malformed_json", $"the body is {Kind(root)}; a JSON object is wanted");
        return new Body(root, ContentHash.Of(bytes.Span));
    }

    // A name that stands twice has no place.
    private static string Place(JsonException error) =>
        error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public JsonElement? Find(string name) =>
        Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement Get(string name, string wanted) => Find(name) ?? throw Missing(name, wanted);

    public string? OptionalText(string name) => Find(name) is { } value ? TextOf(value, name) : null;

    public string Text(string name) => TextOf(Get(name, "a string"), name);

    public bool Flag(string name, bool otherwise = false) =>
        Find(name) is not { } value
            ? otherwise
            : value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw Wrong(name, value, "true or false"),
            };

    public int? OptionalInteger(string name, int least)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least)
            return number;
        var wanted = $"a whole number, {least} or more";
        throw value.ValueKind == JsonValueKind.Number
            ? new ProblemException(422, "wrong_value", $"is {value.GetRawText()}; wanted {wanted}", name)
            : Wrong(name, value, wanted);
    }

    /// <summary>A list of strings, or one string as a list of one.</summary>
    public IReadOnlyList<(string Field, string Text)> Texts(string name) => TextsOf(Get(name, "a string or a list of strings"), name);

    public static IReadOnlyList<(string Field, string Text)> TextsOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, i) => ($"{name}[{i}]", TextOf(item, $"{name}[{i}]")))]
            : [(name, TextOf(value, name, "a string or a list of strings"))];

    public static string TextOf(JsonElement value, string field, string wanted = "a string") =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(field, value, wanted);

    public static ProblemException Missing(string field, string wanted) => new(422, "missing_field", $"is missing; wanted {wanted}", field);

    public static ProblemException Wrong(string field, JsonElement found, string wanted) =>
        new(422, "wrong_type", $"is {Kind(found)}; wanted {wanted}", field);

    public static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => "a list",
            JsonValueKind.Object => "an object",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };

    // What cannot be read as text later is found here, before anything is done with the body.
    private static void ReadTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                ReadTexts(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                _ = property.Name;
                ReadTexts(property.Value);
            }
        }
    }
}
