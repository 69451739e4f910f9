using System.Text.Json.Nodes;
using Assay.Text.Tokenization;

namespace Assay.Text.Lint;

/// <summary>What usually goes wrong between a conversation and its ids.</summary>
public static class TextLint
{
    /// <summary>Warnings about one rendered and encoded conversation.</summary>
    /// <param name="messages">The conversation, or null for plain text.</param>
    /// <param name="rendered">What the template made of it; for plain text the text itself.</param>
    /// <param name="ids">The ids that will be scored.</param>
    /// <param name="tokenizer">The tokenizer that made them.</param>
    public static IReadOnlyList<TextWarning> Check(JsonArray? messages, RenderResult rendered, IReadOnlyList<int> ids, Tokenizer tokenizer)
    {
        var warnings = new List<TextWarning>();
        var config = tokenizer.Config;
        CheckBos(warnings, ids, config.BosToken ?? config.ClsToken, tokenizer);
        CheckEos(warnings, rendered, ids, config, tokenizer);
        foreach (var typed in ContentProtection.FindTyped(rendered, tokenizer).GroupBy(t => t.Token))
        {
            warnings.Add(
                new(
                    "special_token_in_content",
                    $"the conversation's own text spells the special token {typed.Key} ({typed.Count()} times): "
                        + "transformers and TRL make the token of it, as if the template had written it; read as plain text here unless split_special_tokens is false"
                )
            );
        }
        if (messages is not null)
            CheckMessages(warnings, messages, rendered);
        if (config.PadToken is { } pad && pad == config.EosToken)
            warnings.Add(
                new(
                    "pad_is_eos",
                    $"pad and EOS are the same token ({pad}): a reader that finds the end of a row by its pads cuts the EOS off; here the length is counted"
                )
            );
        if (rendered.ReadsClock)
            warnings.Add(new("reads_clock", "the template writes the date into the text: the score belongs to that date"));
        return warnings;
    }

    private static void CheckBos(List<TextWarning> warnings, IReadOnlyList<int> ids, string? bos, Tokenizer tokenizer)
    {
        if (bos is null || tokenizer.TokenToId(bos) is not { } id)
            return;
        if (ids.Count > 1 && ids[0] == id && ids[1] == id)
            warnings.Add(
                new(
                    "double_bos",
                    $"the text begins with {bos} twice: the template writes it and the tokenizer adds it again; encode without special tokens"
                )
            );
    }

    private static void CheckEos(
        List<TextWarning> warnings,
        RenderResult rendered,
        IReadOnlyList<int> ids,
        TokenizerConfig config,
        Tokenizer tokenizer
    )
    {
        if (config.EosToken is not { } eos || tokenizer.TokenToId(eos) is not { } id)
            return;
        var last = -1;
        for (var i = ids.Count - 1; i >= 0 && last < 0; i--)
        {
            if (ids[i] == id)
                last = i;
        }
        var contentEnd = rendered.ContentSpans.Count == 0 ? rendered.Text.Length : rendered.ContentSpans[^1].End;
        var isAfterContent =
            last >= 0 && (last == ids.Count - 1 || rendered.Text.AsSpan(contentEnd).Contains(eos, StringComparison.Ordinal));
        if (!isAfterContent)
            warnings.Add(
                new("missing_eos", $"no {eos} follows the last turn: a score is usually read where the answer is known to be over")
            );
    }

    private static void CheckMessages(List<TextWarning> warnings, JsonArray messages, RenderResult rendered)
    {
        var previous = "";
        foreach (var message in messages)
        {
            string role = Field(message, "role") ?? "",
                content = PythonText.Strip(Field(message, "content") ?? "");
            if (content.Length > 0 && !rendered.Text.Contains(content, StringComparison.Ordinal))
            {
                var code = role == "system" ? "system_dropped" : "content_dropped";
                warnings.Add(
                    new(
                        code,
                        $"the {role} message {Printing.Quote(Short(content))} is not in the text as it stands: the template drops or changes it"
                    )
                );
            }
            if (role == previous && role is "user" or "assistant")
                warnings.Add(new("roles_do_not_alternate", $"two {role} turns follow each other: most models have never seen that"));
            previous = role;
        }
        if (messages.Count > 0 && Field(messages[^1], "role") is { } final && final != "assistant")
            warnings.Add(new("no_answer", $"the last turn is the {final}'s: there is no answer to score"));
        var tail = rendered.ContentSpans.Count == 0 ? "" : rendered.Text[rendered.ContentSpans[^1].End..];
        if (previous == "assistant" && rendered.ContentSpans.Count > 0 && OpensTurn(rendered.Text, tail))
            warnings.Add(
                new(
                    "generation_prompt",
                    "after the last message an assistant's turn is opened: the score would be read there; render without a generation prompt"
                )
            );
    }

    /// <summary>Whether the text after the last content is longer than a closing mark: it ends as the text before an answer does.</summary>
    private static bool OpensTurn(string text, string tail)
    {
        var end = PythonText.Strip(tail);
        var header = end.LastIndexOf("assistant", StringComparison.OrdinalIgnoreCase);
        return header > 0 && text.IndexOf(end[header..], StringComparison.Ordinal) < text.Length - tail.Length;
    }

    private static string? Field(JsonNode? message, string name) =>
        message is JsonObject fields && fields[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}

/// <summary>Something in a template or a rendered text that usually goes wrong.</summary>
/// <param name="Code">A fixed word for machines, such as <c>double_bos</c>.</param>
/// <param name="Message">What was found, and what to do.</param>
public sealed record TextWarning(string Code, string Message);
