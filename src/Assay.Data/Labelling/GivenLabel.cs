using System.Text.Json.Nodes;

namespace Assay.Data.Labelling;

/// <summary>What one annotator said of one row of a labelling file.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Id">The pair's name.</param>
/// <param name="Annotator">Who.</param>
/// <param name="Label">What; abstain is a skip. Chosen stands for A, Rejected for B.</param>
/// <param name="Row">The whole row, to see whether its texts are the ones handed out.</param>
internal sealed record GivenLabel(string File, long Line, string Id, string Annotator, Vote Label, JsonObject Row)
{
    /// <summary>
    /// Whether a text of the row, where it has one, is another than was handed out. Line ends and outer white space are a spreadsheet's to
    /// change.
    /// </summary>
    public bool IsEdited(JsonObject key) =>
        ((string[])["prompt", "response_a", "response_b"]).Any(name =>
            Row[name] is { } seen
            && Plain(seen is JsonValue value && value.TryGetValue(out string? text) ? text : seen.ToJsonString())
                != Plain(key[name]!.GetValue<string>())
            && !(seen is JsonArray or JsonObject && IsSameJson(seen, key[name]!.GetValue<string>()))
        );

    // The reader of CSV makes a list or an object of a cell that is one.
    private static bool IsSameJson(JsonNode seen, string text)
    {
        try
        {
            return JsonNode.DeepEquals(seen, JsonNode.Parse(text));
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static string Plain(string text)
    {
        if (text.Length > 1 && text[0] == '\'' && text[1] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = text[1..];
        return text.ReplaceLineEndings("\n").Trim();
    }
}
