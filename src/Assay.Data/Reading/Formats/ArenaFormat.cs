using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Arena battles: <c>conversation_a</c>, <c>conversation_b</c> and <c>winner</c> (model_a, model_b, tie, tie (bothbad)), or the table form
/// <c>prompt</c>, <c>response_a</c>, <c>response_b</c> with <c>winner</c> or <c>winner_model_a</c>, <c>winner_model_b</c>,
/// <c>winner_tie</c>, whose texts may be JSON lists, one entry a turn. The lists may stand in a string (arena-human-preference-55k), a
/// missing answer in them is null. Content in parts (arena-human-preference-140k) that are all text becomes text. In battles of several
/// turns the earlier answers differ too: those rows have no common context and are set aside.
/// </summary>
internal sealed class ArenaFormat : RowFormat
{
    public override string Name => "arena";

    public override string Rule =>
        "One pair a row: the winner is chosen, ties are set aside, as are battles of several turns whose earlier answers differ.";

    // The conversations are whole: what an arena keeps of them besides (full_conversation, conv_metadata, …) repeats or describes them.
    public override IReadOnlyCollection<string> Fields { get; } =
    [
        "prompt",
        "conversation_a",
        "conversation_b",
        "response_a",
        "response_b",
        "winner",
        "winner_model_a",
        "winner_model_b",
        "winner_tie",
        "model_a",
        "model_b",
        "full_conversation",
        "conv_metadata",
        "category_tag",
        "toxic_chat_tag",
        "openai_moderation",
        "dedup_tag",
    ];

    public override bool Matches(JsonElement row) =>
        (Has(row, "winner") || Has(row, "winner_model_a"))
        && (Has(row, "conversation_a") && Has(row, "conversation_b") || Has(row, "response_a") && Has(row, "response_b"));

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var firstWon = Winner(row, pair);
        var first = Side(row, "a");
        var second = Side(row, "b");
        var (generatorA, generatorB) = (RowScope.Scalar(row.Root, "model_a"), RowScope.Scalar(row.Root, "model_b"));
        (pair.ChosenGenerator, pair.RejectedGenerator) = firstWon ? (generatorA, generatorB) : (generatorB, generatorA);
        pair.ChosenPlace = firstWon ? 1 : 2;
        pair.Whole(firstWon ? first : second, firstWon ? second : first);
    }

    private static bool Winner(RowScope row, PairBuilder pair)
    {
        if (RowScope.Scalar(row.Root, "winner") is { } winner)
        {
            switch (winner.ToLowerInvariant())
            {
                case "model_a" or "a":
                    return true;
                case "model_b" or "b":
                    return false;
                case "tie" or "tie (bothbad)" or "both_bad" or "bothbad" or "neither":
                    pair.Tie($"winner is \"{winner}\"");
                    return true;
                default:
                    row.Add(Reason.UnknownValue, $"winner is \"{winner}\"; model_a, model_b, tie or tie (bothbad) were wanted");
                    return true;
            }
        }
        var a = Flag(row.Root, "winner_model_a");
        var b = Flag(row.Root, "winner_model_b");
        if (a != b)
            return a;
        if (Flag(row.Root, "winner_tie"))
            pair.Tie("winner_tie is set");
        else if (a)
            row.Add(Reason.UnknownValue, "winner_model_a and winner_model_b are both set");
        else
            pair.NoWinner = "no winner is named";
        return true;
    }

    private static bool Flag(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.True || value.ValueKind == JsonValueKind.Number && value.GetDouble() == 1);

    private static List<Message>? Side(RowScope row, string side)
    {
        if (RowScope.Has(row.Root, $"conversation_{side}"))
            return row.Messages(row.Root, $"conversation_{side}")?.ConvertAll(PlainText);
        var prompts = Texts(row, "prompt");
        var responses = Texts(row, $"response_{side}");
        if (prompts is null || responses is null)
            return null;
        if (prompts.Count == responses.Count)
            return
            [
                .. prompts
                    .Zip(responses)
                    .SelectMany(round => new[] { new Message("user", round.First), new Message("assistant", round.Second) }),
            ];
        row.Add(Reason.ContextMismatch, $"prompt has {prompts.Count} turns and response_{side} {responses.Count}");
        return null;
    }

    private static List<string>? Texts(RowScope row, string name)
    {
        if (RowScope.Field(row.Root, name) is not { } value)
        {
            row.Missing(name);
            return null;
        }
        if (value.ValueKind == JsonValueKind.String && ListInText(value.GetString()!) is { } list)
            value = list;
        if (value.ValueKind == JsonValueKind.Array)
        {
            if (value.EnumerateArray().All(text => text.ValueKind is JsonValueKind.String or JsonValueKind.Null))
                return [.. value.EnumerateArray().Select(text => text.GetString() ?? "")];
            row.WrongType(name, value, "a list of strings");
            return null;
        }
        return row.TextOf(value, name) is { } one ? [one] : null;
    }

    /// <summary>A JSON list of strings written as text; null for any other text, such as one that merely begins with a bracket.</summary>
    private static JsonElement? ListInText(string text)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']'))
            return null;
        try
        {
            var list = JsonElement.Parse(text);
            return list.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Null) ? list : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The turn as plain text where its content is nothing but parts of text: no template needs the parts, and many cannot take them.
    /// </summary>
    private static Message PlainText(Message turn) =>
        turn.Raw?["content"] is JsonArray parts
        && turn.Raw.All(member => member.Key is "role" or "content" || member.Value is null or JsonValue && member.Key == "num_tokens")
        && parts.All(part =>
            part is JsonObject fields
            && fields.All(field => field.Key is "type" or "text" || field.Value is null)
            && fields["type"]?.ToString() is "text" or null
        )
            ? new Message(turn.Role, turn.Content)
            : turn;
}
