using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI.Tests;

public sealed class ChatConversationTests
{
    [Fact]
    public void Every_turn_is_there_as_templates_want_it()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "What is the weather in Ghent?"),
            new(
                ChatRole.Assistant,
                [
                    new TextReasoningContent("I must look."),
                    new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Ghent" }),
                ]
            ),
            new(ChatRole.Tool, [new FunctionResultContent("c1", new { Celsius = 9 })]),
        ];
        var conversation = ChatConversation.Of(
            messages,
            new ChatResponse(new ChatMessage(ChatRole.Assistant, "9 degrees.")),
            new ChatOptions
            {
                Instructions = "Be brief.",
                Tools = [AIFunctionFactory.Create((string city) => 9, "weather", "Tells the weather.")],
            }
        );
        Assert.Equal(["system", "user", "assistant", "tool", "assistant"], conversation.Messages!.Select(message => message.Role));
        Assert.Equal(("Be brief.", "9 degrees."), (conversation.Messages![0].Content, conversation.Messages[^1].Content));
        Assert.Null(conversation.Messages[1].Raw); // a plain turn stays plain
        var call = conversation.Messages[2].Raw!;
        Assert.Equal("I must look.", (string?)call["reasoning_content"]);
        Assert.Equal(
            ("weather", "Ghent"),
            ((string?)call["tool_calls"]![0]!["function"]!["name"], (string?)call["tool_calls"]![0]!["function"]!["arguments"]!["city"])
        );
        Assert.Equal(
            ("c1", 9),
            ((string?)conversation.Messages[3].Raw!["tool_call_id"], (int)JsonNode.Parse(conversation.Messages[3].Content)!["celsius"]!)
        );
        Assert.Equal("weather", (string?)conversation.Tools![0]!["function"]!["name"]);
        Assert.NotNull(conversation.Tools[0]!["function"]!["parameters"]!["properties"]!["city"]);
    }

    [Fact]
    public void What_is_no_text_is_named()
    {
        ChatMessage[] messages = [new(ChatRole.User, [new UriContent("https://example.org/a.png", "image/png")])];
        Assert.Contains(
            "UriContent",
            Assert.Throws<NotSupportedException>(() => ChatConversation.Of(messages, new ChatResponse())).Message,
            StringComparison.Ordinal
        );
    }
}
