using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI;

/// <summary>Chat messages as a reward model reads them: the fields of the Hugging Face chat templates, and nothing left out.</summary>
public static class ChatConversation
{
    /// <summary>The conversation that ends with a response.</summary>
    /// <param name="messages">What the client was asked with.</param>
    /// <param name="response">Its answer: all of its messages, such as calls of tools and what came of them.</param>
    /// <param name="options">What it was asked with: instructions become a system turn before all others, functions the template's
    /// <c>tools</c>.</param>
    /// <exception cref="NotSupportedException">A message holds what is no text, such as an image.</exception>
    public static Conversation Of(IEnumerable<ChatMessage> messages, ChatResponse response, ChatOptions? options = null)
    {
        IEnumerable<Message> instructions = options?.Instructions is { Length: > 0 } text ? [new Message("system", text)] : [];
        JsonNode[] tools = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(Declaration)];
        return new Conversation
        {
            Messages = [.. instructions, .. messages.Concat(response.Messages).SelectMany(Turns)],
            Tools = tools.Length > 0 ? new JsonArray(tools) : null,
        };
    }

    /// <summary>A message's turns: one, or one for each result of a tool, as templates want them.</summary>
    private static IEnumerable<Message> Turns(ChatMessage message)
    {
        var (text, reasoning, calls, results) = ("", "", new JsonArray(), new List<Message>());
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought:
                    reasoning += thought.Text;
                    break;
                case TextContent part:
                    text += part.Text;
                    break;
                case FunctionCallContent call:
                    calls.Add(Call(call));
                    break;
                case FunctionResultContent result:
                    results.Add(Result(result));
                    break;
                case UsageContent:
                    break; // a count, not a part of what was said
                default:
                    throw new NotSupportedException(
                        $"a message of {message.Role} holds {content.GetType().Name}: a reward model reads text, its reasoning, and calls of tools with their results"
                    );
            }
        }
        if (results.Count > 0 && text.Length == 0 && calls.Count == 0)
            return results;
        var raw = new JsonObject { ["role"] = message.Role.Value, ["content"] = text };
        if (reasoning.Length > 0)
            raw["reasoning_content"] = reasoning;
        if (calls.Count > 0)
            raw["tool_calls"] = calls;
        return [new Message(message.Role.Value, text) { Raw = raw.Count > 2 ? raw : null }, .. results];
    }

    private static JsonNode Declaration(AIFunctionDeclaration function) =>
        new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = function.Name,
                ["description"] = function.Description,
                ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()),
            },
        };

    private static JsonObject Call(FunctionCallContent call) =>
        new()
        {
            ["type"] = "function",
            ["id"] = call.CallId,
            ["function"] = new JsonObject
            {
                ["name"] = call.Name,
                ["arguments"] = JsonSerializer.SerializeToNode(
                    call.Arguments ?? new Dictionary<string, object?>(),
                    AIJsonUtilities.DefaultOptions
                ),
            },
        };

    private static Message Result(FunctionResultContent result)
    {
        // As Microsoft.Extensions.AI's own clients write it, so that the model that answered read the same.
        var text = result.Result as string ?? JsonSerializer.Serialize(result.Result, AIJsonUtilities.DefaultOptions);
        return new Message("tool", text)
        {
            Raw = new JsonObject
            {
                ["role"] = "tool",
                ["tool_call_id"] = result.CallId,
                ["content"] = text,
            },
        };
    }
}
