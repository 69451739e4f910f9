using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// Reads one turn: <c>{role, content}</c> or ShareGPT's <c>{from, value}</c>, content as text or as parts. Speakers' other names (human,
/// gpt, prompter, bot, model …) become <c>user</c>, <c>assistant</c> and <c>tool</c>; a role this program does not know is kept for the
/// template to take or refuse.
/// </summary>
internal static class MessageReader
{
    private static readonly FrozenDictionary<string, string> Roles = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = "user",
        ["human"] = "user",
        ["prompter"] = "user",
        ["assistant"] = "assistant",
        ["gpt"] = "assistant",
        ["chatgpt"] = "assistant",
        ["bot"] = "assistant",
        ["model"] = "assistant",
        ["ai"] = "assistant",
        ["system"] = "system",
        ["developer"] = "developer",
        ["tool"] = "tool",
        ["observation"] = "tool",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> MediaParts = FrozenSet.ToFrozenSet([
        "image",
        "image_url",
        "input_image",
        "image_file",
        "audio",
        "input_audio",
        "audio_url",
        "video",
        "video_url",
        "input_video",
        "file",
        "input_file",
    ]);

    /// <summary>The turn, or null with a finding on the row.</summary>
    public static Message? Read(RowScope row, JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            row.WrongType(name, element, "a message {role, content}");
            return null;
        }
        // The hub's tables have all of a list's fields in every turn: what is null is not there.
        var isShareGpt = !RowScope.Has(element, "role") && RowScope.Has(element, "from");
        var (speaker, words) = isShareGpt ? ("from", "value") : ("role", "content");
        if (row.Text(element, $"{name}.{speaker}", speaker) is not { } stated)
            return null;
        if (isShareGpt && stated == "function_call")
            return row.Text(element, $"{name}.{words}", words) is { } call ? FunctionCall(call) : null;
        var role = Roles.GetValueOrDefault(stated, stated);
        if (isShareGpt && !Roles.ContainsKey(stated))
        {
            row.Add(Reason.UnknownValue, $"{name} is from \"{stated}\"; human, gpt, system, observation or function_call were wanted");
            return null;
        }
        var plain = true;
        JsonElement? content = null;
        foreach (var property in element.EnumerateObject())
        {
            if (property.NameEquals(words))
                content = property.Value;
            else if (!property.NameEquals(speaker) && property.Value.ValueKind != JsonValueKind.Null)
                plain = false;
        }
        var text = "";
        switch (content?.ValueKind)
        {
            case JsonValueKind.String:
                text = content.Value.GetString()!;
                break;
            case JsonValueKind.Array:
                plain = false;
                text = Parts(row, content.Value, name);
                break;
            case null or JsonValueKind.Null:
                if (plain)
                {
                    row.Missing($"{name}.{words}");
                    return null;
                }
                break;
            default:
                row.WrongType($"{name}.{words}", content.Value, "a string or a list of parts");
                return null;
        }
        return new Message(role, text) { Raw = plain ? null : Raw(element, role, words, speaker) };
    }

    private static string Parts(RowScope row, JsonElement parts, string name)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.String)
                text.Append(part.GetString());
            else if (part.ValueKind == JsonValueKind.Object)
            {
                if (RowScope.Scalar(part, "type") is { } type && MediaParts.Contains(type))
                    row.NeedsImage($"{name} has a part of type {type}");
                if (part.TryGetProperty("text", out var words) && words.ValueKind == JsonValueKind.String)
                    text.Append(words.GetString());
            }
        }
        return text.ToString();
    }

    private static JsonObject Raw(JsonElement element, string role, string words, string speaker)
    {
        var raw = JsonObject.Create(element.Clone())!;
        if (raw[speaker]?.GetValue<string>() == role && speaker == "role")
            return raw;
        // Templates know role and content only.
        var content = raw[words]?.DeepClone();
        raw.Remove(speaker);
        raw.Remove(words);
        raw["role"] = role;
        raw["content"] = content;
        return raw;
    }

    private static Message FunctionCall(string text)
    {
        try
        {
            var parsed = JsonNode.Parse(text);
            JsonArray calls =
            [
                .. (parsed as JsonArray ?? [parsed]).Select(call => new JsonObject
                {
                    ["type"] = "function",
                    ["function"] = call?.DeepClone(),
                }),
            ];
            return new Message("assistant", "")
            {
                Raw = new JsonObject
                {
                    ["role"] = "assistant",
                    ["content"] = "",
                    ["tool_calls"] = calls,
                },
            };
        }
        catch (JsonException)
        {
            return new Message("assistant", text);
        }
    }
}
