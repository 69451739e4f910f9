using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Models.Packing;
using Assay.Reward;

namespace Assay.Cli.Inspection;

/// <summary>Shows an inspected conversation, to people and to machines.</summary>
internal sealed class TextView(string name, ConversationInspection inspection, ScoredToken scored)
{
    /// <summary>The token's place, or null where the mean over all is read.</summary>
    private int? Scored =>
        scored switch
        {
            ScoredToken.First => 0,
            ScoredToken.Last => inspection.Tokens.Count - 1,
            _ => null,
        };

    public static JsonObject ToJson(IEnumerable<TextView> views, string fingerprint) =>
        new()
        {
            ["format"] = "assay.inspect_text/1",
            ["text_fingerprint"] = fingerprint,
            ["conversations"] = new JsonArray([.. views.Select(v => v.ToJson())]),
        };

    public void Print(TextWriter output, Paint paint)
    {
        output.WriteLine(paint.Heading($"{name}: {inspection.Tokens.Count} tokens"));
        output.WriteLine(Coloured(paint));
        output.WriteLine();
        var width = inspection.Tokens.Max(t => t.Id).ToString(CultureInfo.InvariantCulture).Length;
        var places = inspection.Tokens.Count.ToString(CultureInfo.InvariantCulture).Length;
        for (var i = 0; i < inspection.Tokens.Count; i++)
        {
            var token = inspection.Tokens[i];
            var shown = Visible(token.Text.Length > 0 ? token.Text : token.Token);
            var painted =
                i == Scored ? paint.Scored(shown)
                : token.IsSpecial ? paint.Special(shown)
                : token.IsFromConversation ? paint.Conversation(shown)
                : shown;
            var mark =
                (
                    token.IsSpecial
                        ? token.IsFromConversation
                            ? "special, typed in the conversation"
                            : "special"
                        : ""
                ) + (i == Scored ? " <- scored" : "");
            output.WriteLine(
                $"{paint.Faint(i.ToString(CultureInfo.InvariantCulture).PadLeft(places))}  {token.Id.ToString(CultureInfo.InvariantCulture).PadLeft(width)}  {painted}{(mark.Length > 0 ? "  " + paint.Faint(mark.Trim()) : "")}"
            );
        }
        if (Scored is null)
            output.WriteLine("scored: the mean over all tokens");
        output.WriteLine();
        if (inspection.Warnings.Count == 0)
            output.WriteLine("nothing looks wrong");
        foreach (var warning in inspection.Warnings)
            output.WriteLine($"{paint.Warning("! " + warning.Code)}: {warning.Message}");
        output.WriteLine();
    }

    private JsonObject ToJson() =>
        new()
        {
            ["name"] = name,
            ["text"] = inspection.Rendered.Text,
            ["content_spans"] = new JsonArray([.. inspection.Rendered.ContentSpans.Select(s => new JsonArray(s.Start, s.End))]),
            ["scored_position"] = Scored,
            ["tokens"] = new JsonArray([
                .. inspection.Tokens.Select(t => new JsonObject
                {
                    ["id"] = t.Id,
                    ["token"] = t.Token,
                    ["text"] = t.Text,
                    ["special"] = t.IsSpecial,
                    ["from_conversation"] = t.IsFromConversation,
                }),
            ]),
            ["warnings"] = new JsonArray([
                .. inspection.Warnings.Select(w => new JsonObject { ["code"] = w.Code, ["message"] = w.Message }),
            ]),
        };

    /// <summary>The text with what the conversation wrote set apart.</summary>
    private string Coloured(Paint paint)
    {
        var text = new StringBuilder();
        var from = 0;
        foreach (var span in inspection.Rendered.ContentSpans)
        {
            text.Append(Printable(inspection.Rendered.Text[from..span.Start]))
                .Append(paint.Conversation(Printable(inspection.Rendered.Text[span.Start..span.End])));
            from = span.End;
        }
        return text.Append(Printable(inspection.Rendered.Text[from..])).ToString();
    }

    /// <summary>Line ends and tabs as they are, other control characters as escapes: the text must not steer the terminal.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? Escape(c) : c.ToString()));

    private static string Visible(string text) =>
        "'"
        + string.Concat(
            text.Select(c =>
                c switch
                {
                    '\n' => "\\n",
                    '\t' => "\\t",
                    '\r' => "\\r",
                    _ => char.IsControl(c) ? Escape(c) : c.ToString(),
                }
            )
        )
        + "'";

    private static string Escape(char c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture);
}
