using System.Text.Json;

namespace Assay.Text.Tokenization;

/// <summary>
/// An object of tokenizer.json with its path, so that an error can say where it is. What is absent or null is the default; what is of
/// another kind is an error.
/// </summary>
internal readonly struct JsonPart(JsonElement element, string path)
{
    public string Path { get; } = path;

    public string Type => String("type");

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether it is there at all, null included.</summary>
    public bool Names(string name) => element.TryGetProperty(name, out _);

    public TokenizerException Wrong(string name, string wanted) => new($"{Path}.{name}: found {Shown(Find(name))}, wanted {wanted}");

    public TokenizerException Unknown(string kind) =>
        new($"{Path}: found a {kind} of type '{Type}', which is not known; this version reads those of tokenizers 0.23");

    public string String(string name) => OptionalString(name) ?? throw Wrong(name, "a string");

    public string? OptionalString(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string");
    }

    /// <summary>A string of one character.</summary>
    public int Character(string name) =>
        String(name).EnumerateRunes().ToArray() is [var rune] ? rune.Value : throw Wrong(name, "one character");

    public bool Bool(string name, bool? absent = null) => OptionalBool(name) ?? absent ?? throw Wrong(name, "true or false");

    public bool? OptionalBool(string name) =>
        Find(name) is not { } value
            ? null
            : value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw Wrong(name, "true or false"),
            };

    public int Int(string name, int? absent = null) =>
        OptionalInt(name) ?? absent ?? throw Wrong(name, "a whole number from 0 to 2147483647");

    public int? OptionalInt(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < 0)
            throw Wrong(name, "a whole number from 0 to 2147483647");
        return number;
    }

    public TEnum Enum<TEnum>(string name, TEnum? absent = null)
        where TEnum : struct, System.Enum
    {
        if (Find(name) is null && absent is { } value)
            return value;
        var text = String(name);
        return System.Enum.GetNames<TEnum>().Contains(text)
            ? System.Enum.Parse<TEnum>(text)
            : throw Wrong(name, "one of " + string.Join(", ", System.Enum.GetNames<TEnum>()));
    }

    public JsonPart? Optional(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object ? new JsonPart(value, $"{Path}.{name}") : throw Wrong(name, "an object");
    }

    public JsonPart Object(string name) => Optional(name) ?? throw Wrong(name, "an object");

    public IEnumerable<(string Name, JsonPart Value)> Members()
    {
        var path = Path;
        return element
            .EnumerateObject()
            .Select(member =>
                (
                    member.Name,
                    member.Value.ValueKind == JsonValueKind.Object
                        ? new JsonPart(member.Value, $"{path}.{member.Name}")
                        : throw new TokenizerException($"{path}.{member.Name}: found {Shown(member.Value)}, wanted an object")
                )
            );
    }

    public List<JsonPart> Objects(string name)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } list)
            throw Wrong(name, "a list of objects");
        var path = Path;
        return
        [
            .. list.EnumerateArray()
                .Select(
                    (item, i) =>
                        item.ValueKind == JsonValueKind.Object
                            ? new JsonPart(item, $"{path}.{name}[{i}]")
                            : throw new TokenizerException($"{path}.{name}[{i}]: found {Shown(item)}, wanted an object")
                ),
        ];
    }

    public JsonElement Element(string name) => Find(name) ?? throw Wrong(name, "a value");

    private JsonElement? Find(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Shown(JsonElement? value)
    {
        if (value is null)
            return "nothing";
        var text = value.Value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
