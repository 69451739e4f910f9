using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Cli.Inspection;

/// <summary>Prints a JSON object as indented lines: a name and its value, lists an item a line.</summary>
internal static class Outline
{
    public static void Print(TextWriter output, JsonObject found, int depth = 0)
    {
        string margin = new(' ', 2 * depth);
        var width = found.Where(p => p.Value is null or JsonValue).Select(p => p.Key.Length).DefaultIfEmpty(0).Max();
        foreach ((var name, var value) in found)
        {
            var label = depth > 0 ? name : name.Replace('_', ' ');
            switch (value)
            {
                case JsonObject inner:
                    output.WriteLine($"{margin}{label}");
                    Print(output, inner, depth + 1);
                    break;
                case JsonArray { Count: 0 }:
                    output.WriteLine($"{margin}{label.PadRight(width)}  none");
                    break;
                case JsonArray items:
                    output.WriteLine($"{margin}{label}");
                    foreach (var item in items)
                        output.WriteLine($"{margin}  {Line(item)}");
                    break;
                default:
                    output.WriteLine($"{margin}{label.PadRight(width)}  {Line(value)}");
                    break;
            }
        }
    }

    private static string Line(JsonNode? value) =>
        value switch
        {
            null => "-",
            JsonValue text when text.GetValueKind() == JsonValueKind.String => OneLine(text.GetValue<string>()),
            JsonObject row => string.Join("  ", row.Select(p => Line(p.Value))),
            _ => value.ToJsonString(),
        };

    private static string OneLine(string text) =>
        string.Concat(
            text.Select(c =>
                c == '\n' ? "\\n"
                : char.IsControl(c) ? " "
                : c.ToString()
            )
        );
}
