using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Evaluation.Scores;

/// <summary>
/// JSON as Python writes it: <c>json.dumps</c> puts bare <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> where a score is undefined, which
/// strict readers refuse. They are read as the strings of the same name, and <see cref="Number"/> turns those into numbers.
/// </summary>
public static class LenientJson
{
    private static readonly string[] Literals = ["NaN", "Infinity", "-Infinity"];

    /// <summary>Parses one JSON value; <paramref name="where"/> is its file and line, for the message.</summary>
    /// <exception cref="EvaluationException">It is not JSON; the message has the place and the column.</exception>
    public static JsonNode Parse(string text, string where)
    {
        try
        {
            return JsonNode.Parse(text) ?? throw new EvaluationException($"{where}: the value is null, wanted an object");
        }
        catch (JsonException error)
        {
            var quoted = QuoteLiterals(text);
            try
            {
                if (quoted.Length != text.Length)
                    return JsonNode.Parse(quoted)!;
            }
            catch (JsonException)
            {
                // The first error is the one the user can act on.
            }
            throw new EvaluationException($"{where}, column {error.BytePositionInLine + 1}: not JSON: {error.Message}", error);
        }
    }

    /// <summary>
    /// The number in a node: a JSON number, one of the three literals, or a list of exactly one of these (a one-unit head's output). Null
    /// for JSON null or nothing.
    /// </summary>
    /// <exception cref="EvaluationException">It is something else.</exception>
    public static double? Number(JsonNode? node, string where, string field) =>
        node switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out double number) => number,
            JsonValue value when value.TryGetValue(out string? text) && Literals.Contains(text) => text == "NaN" ? double.NaN
            : text == "Infinity" ? double.PositiveInfinity
            : double.NegativeInfinity,
            JsonArray { Count: 1 } list => Number(list[0], where, field),
            JsonArray list => throw new EvaluationException(
                $"{where}: {field} holds {list.Count} numbers, wanted one; a head with several outputs is no scalar reward, choose its output before writing the file"
            ),
            _ => throw new EvaluationException($"{where}: {field} is {node.ToJsonString()}, wanted a number"),
        };

    private static string QuoteLiterals(string text)
    {
        var quoted = new StringBuilder(text.Length + 16);
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!inString && Literals.FirstOrDefault(literal => text.AsSpan(i).StartsWith(literal, StringComparison.Ordinal)) is { } found)
            {
                quoted.Append('"').Append(found).Append('"');
                i += found.Length - 1;
                continue;
            }
            if (text[i] == '"')
                inString = !inString;
            quoted.Append(text[i]);
            if (inString && text[i] == '\\' && i + 1 < text.Length)
                quoted.Append(text[++i]);
        }
        return quoted.ToString();
    }
}
