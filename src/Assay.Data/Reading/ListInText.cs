using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Assay.Data.Reading;

/// <summary>
/// Lists of messages that were written into a text on their way through a table. JSON is read again; what Python's <c>str()</c> and numpy
/// make of a list is no format anybody can read safely, and is refused.
/// </summary>
internal static partial class ListInText
{
    public const string Refusal =
        "a list written as text (Python's or numpy's form, not JSON): save it with json.dumps, or the file as JSON Lines or Parquet";

    /// <summary>Whether a value is a list of messages: a JSON array, or a text that is one or was one.</summary>
    public static bool IsList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array || MayBe(value) && (Read(value) is not null || IsPrinted(value.GetString()!));

    /// <summary>The list of messages a text holds as JSON; null when it holds none.</summary>
    public static JsonElement? Read(JsonElement value)
    {
        if (!MayBe(value))
            return null;
        try
        {
            var list = JsonElement.Parse(value.GetString()!);
            return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list.EnumerateArray().All(IsMessage) ? list : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a text is a list of messages as Python or numpy prints it.</summary>
    public static bool IsPrinted(string text) => Printed().IsMatch(text) && !IsJson(text);

    /// <summary>Whether a value is a text that is a list of texts as Python or numpy prints it.</summary>
    public static bool IsPrintedTexts(JsonElement value) =>
        MayBe(value) && value.GetString()! is var text && PrintedTexts().IsMatch(text) && !IsJson(text);

    private static bool IsMessage(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object
        && (
            item.TryGetProperty("role", out _) && item.TryGetProperty("content", out _)
            || item.TryGetProperty("from", out _) && item.TryGetProperty("value", out _)
        );

    // Only a text that begins like a list is unescaped and looked at.
    private static bool MayBe(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return false;
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..];
        while (true)
        {
            if (raw.StartsWith(" "u8))
                raw = raw[1..];
            else if (raw.StartsWith("\\n"u8))
                raw = raw[2..];
            else
                return raw.StartsWith("["u8) || raw.StartsWith("array("u8) || raw.StartsWith("\\u005b"u8) || raw.StartsWith("\\u005B"u8);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            _ = JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(
        """\A\s*(?:array\()?\s*\[\s*(?:array\(\[)?\s*\{\s*(?:'(?:role|content|from|value)'|"(?:role|content|from|value)")\s*:"""
    )]
    private static partial Regex Printed();

    [GeneratedRegex("""\A\s*(?:array\()?\[\s*(?:'.*'|".*")\s*(?:\]|\],\s*dtype=object\))\)?\s*\z""", RegexOptions.Singleline)]
    private static partial Regex PrintedTexts();
}
