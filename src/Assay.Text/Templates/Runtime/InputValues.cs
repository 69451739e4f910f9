using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// JSON as values of the template. A number's spelling decides: <c>1</c> is an int, <c>1.0</c> and <c>1e16</c> are floats. Texts of a
/// conversation are marked as such, except short plain words under <c>role</c> and <c>type</c>, of which templates build their own tokens.
/// </summary>
internal sealed class InputValues(bool fromConversation)
{
    private const int MaximumDepth = 256;
    private int _depth;

    /// <summary>How much text was converted.</summary>
    public long CharacterCount { get; private set; }

    public object Convert(JsonNode? node) => Convert(node, fromConversation);

    private object Convert(JsonNode? node, bool marks)
    {
        if (node is null)
            return NoneValue.Instance;
        if (node is JsonValue scalar)
            return Scalar(scalar, marks);
        if (++_depth > MaximumDepth)
            throw new TemplateException("RecursionError", $"a message nests more than {MaximumDepth} levels deep", 0, 0);
        object converted = node is JsonArray array
            ? new TemplateList([.. array.Select(item => Convert(item, marks))])
            : Dictionary((JsonObject)node, marks);
        _depth--;
        return converted;
    }

    private TemplateDictionary Dictionary(JsonObject node, bool marks)
    {
        var dictionary = new TemplateDictionary();
        foreach (var property in Properties(node))
        {
            var isWord =
                property.Key is "role" or "type"
                && property.Value is JsonValue word
                && word.GetValueKind() == JsonValueKind.String
                && IsPlainWord(TextOf(word));
            dictionary[Text(property.Key, marks)] = Convert(property.Value, marks && !isWord);
        }
        return dictionary;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonObject node)
    {
        try
        {
            return [.. node];
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new TemplateException("ValueError", $"a message has an object that cannot be read: {error.Message}", 0, 0, error);
        }
    }

    private static bool IsPlainWord(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private object Scalar(JsonValue value, bool marks) =>
        value.GetValueKind() switch
        {
            JsonValueKind.String => Text(TextOf(value), marks),
            JsonValueKind.True => Boxed.True,
            JsonValueKind.False => Boxed.False,
            JsonValueKind.Number => Number(value.ToJsonString()),
            _ => NoneValue.Instance,
        };

    private static object Number(string spelling)
    {
        if (spelling.AsSpan().IndexOfAny(".eE") >= 0)
            return double.Parse(spelling, CultureInfo.InvariantCulture);
        if (long.TryParse(spelling, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return Boxed.Of(whole);
        if (spelling.Length > 4300)
            throw new TemplateException("ValueError", "a message has an integer of more than 4300 digits", 0, 0);
        return Numbers.Of(BigInteger.Parse(spelling, CultureInfo.InvariantCulture));
    }

    private TemplateString Text(string text, bool marks)
    {
        CharacterCount += text.Length + 1;
        return marks ? TemplateString.FromConversation(text) : TemplateString.Of(text);
    }

    /// <summary>The string; one that escapes a lone surrogate, which the JSON reader will not decode, is decoded here.</summary>
    private static string TextOf(JsonValue value)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            var raw = value.GetValue<JsonElement>().GetRawText();
            return StringEscapes.Decode(raw[1..^1], isJson: true);
        }
    }
}
