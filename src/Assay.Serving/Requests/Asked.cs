using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Serving.Requests;

/// <summary>One thing to be scored, and the field that it came from.</summary>
internal abstract record Asked(string Field)
{
    /// <summary>Turns, which the model's chat template renders.</summary>
    public sealed record Turns(string Field, Conversation Conversation) : Asked(Field);

    /// <summary>A text, rendered already or plain; see <see cref="InputReader"/>.</summary>
    public sealed record PlainText(string Field, string Text, SpecialTokens SpecialTokens = SpecialTokens.Once) : Asked(Field);

    /// <summary>Token ids as they are.</summary>
    public sealed record Ids(string Field, int[] TokenIds) : Asked(Field);

    /// <summary>
    /// Turns, with the tools and template variables that stand beside them, read as a line of a file of <c>assay score</c> is.
    /// </summary>
    /// <param name="field">For messages.</param>
    /// <param name="messages">A list of <c>{role, content}</c> that ends with the assistant's.</param>
    /// <param name="beside">The object that may hold <c>tools</c> and <c>chat_template_kwargs</c>.</param>
    public static Turns OfMessages(string field, JsonElement messages, JsonElement beside)
    {
        if (messages.ValueKind != JsonValueKind.Array)
            throw Body.Wrong(field, messages, "a list of messages {role, content}");
        var row = new JsonObject { ["messages"] = JsonNode.Parse(messages.GetRawText()) };
        foreach (var name in (string[])["tools", "chat_template_kwargs"])
            if (beside.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                row[name] = JsonNode.Parse(value.GetRawText());
        if (beside.TryGetProperty("chat_template", out var template) && template.ValueKind != JsonValueKind.Null)
            throw new ProblemException(
                422,
                "chat_template",
                "this model is served with its own chat template; leave it out",
                "chat_template"
            );
        var read = ConversationReader.ReadOne(JsonSerializer.SerializeToUtf8Bytes(row));
        return read.Conversation is { } conversation
            ? new Turns(field, conversation)
            : throw new ProblemException(422, "cannot_read", read.Error ?? "this is not one conversation", field);
    }

    /// <summary>A prompt and one answer to it: the prompt is turns, a rendered text, or the user's one turn.</summary>
    public static Asked OfPrompt(
        string field,
        JsonElement prompt,
        string promptField,
        string answer,
        JsonElement beside,
        InputReader reader
    )
    {
        if (prompt.ValueKind == JsonValueKind.Array)
        {
            var turns = new JsonArray([
                .. prompt.EnumerateArray().Select(turn => JsonNode.Parse(turn.GetRawText())),
                Turn("assistant", answer),
            ]);
            return OfMessages(promptField, JsonSerializer.SerializeToElement(turns), beside);
        }
        var text = Body.TextOf(prompt, promptField, "a string or a list of messages");
        return reader.IsRendered(text)
            ? new PlainText(field, text + answer)
            : OfMessages(field, JsonSerializer.SerializeToElement(new JsonArray(Turn("user", text), Turn("assistant", answer))), beside);
    }

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>One list of token ids.</summary>
    public static Ids OfIds(string field, JsonElement ids)
    {
        if (ids.ValueKind != JsonValueKind.Array)
            throw Body.Wrong(field, ids, "a list of token ids");
        var read = new int[ids.GetArrayLength()];
        var at = 0;
        foreach (var id in ids.EnumerateArray())
            read[at++] =
                id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var value)
                    ? value
                    : throw Body.Wrong($"{field}[{at - 1}]", id, "a token id");
        return new Ids(field, read);
    }

    /// <summary>vLLM's and OpenAI's <c>input</c>: a text, texts, ids or lists of ids.</summary>
    public static IReadOnlyList<Asked> OfInput(string field, JsonElement input, SpecialTokens specialTokens = SpecialTokens.Once)
    {
        if (input.ValueKind != JsonValueKind.Array)
            return [new PlainText(field, Body.TextOf(input, field, "a string, a list of strings, or token ids"), specialTokens)];
        var items = input.EnumerateArray().ToArray();
        if (items.Length > 0 && items.All(item => item.ValueKind == JsonValueKind.Number))
            return [OfIds(field, input)];
        return
        [
            .. items.Select(
                (item, i) =>
                    item.ValueKind == JsonValueKind.Array
                        ? (Asked)OfIds($"{field}[{i}]", item)
                        : new PlainText(
                            $"{field}[{i}]",
                            Body.TextOf(item, $"{field}[{i}]", "a string or a list of token ids"),
                            specialTokens
                        )
            ),
        ];
    }
}

/// <summary>What is put around a text that was rendered already.</summary>
internal enum SpecialTokens
{
    /// <summary>The tokenizer's own, once: not again where the text begins with them.</summary>
    Once,

    /// <summary>Nothing: the text as it stands.</summary>
    None,
}
