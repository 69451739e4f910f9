namespace Assay.Text.Templates;

/// <summary>
/// What transformers 5.23 does with a conversation before and after its template: keys without a value are dropped, reasoning is copied to
/// the names templates read, and the end is cut off where the last message is to be continued.
/// </summary>
internal sealed class ConversationPreparation
{
    private const string ContinuationTag = "CONTINUE_FINAL_MESSAGE_TAG ";
    private static readonly string[] s_reasoningNames = ["reasoning_content", "thinking", "reasoning"];
    private readonly string? _continued;

    private ConversationPreparation(Dictionary<string, object> variables, long characterCount, string? continued)
    {
        Variables = variables;
        CharacterCount = characterCount;
        _continued = continued;
    }

    public Dictionary<string, object> Variables { get; }

    public long CharacterCount { get; }

    public static ConversationPreparation Of(ChatTemplateInput input)
    {
        if (input.Messages.Count == 0)
            throw Error("ValueError", "Cannot apply chat template to an empty conversation. Provide at least one message.");
        if (input.ContinueFinalMessage && input.AddGenerationPrompt)
        {
            throw Error(
                "ValueError",
                "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you want the "
                    + "model to continue the final message, and add_generation_prompt when you want to add a header that will prompt it to start a new assistant message instead."
            );
        }
        var fromConversation = new InputValues(fromConversation: true);
        var fromCaller = new InputValues(fromConversation: false);
        List<object> messages = [.. input.Messages.Select(m => PrepareMessage(fromConversation.Convert(m)))];
        var continued = input.ContinueFinalMessage ? OpenLastMessage(messages) : null;
        var variables = new Dictionary<string, object>
        {
            ["messages"] = new TemplateList(messages),
            ["tools"] = fromConversation.Convert(input.Tools),
            ["documents"] = fromConversation.Convert(input.Documents),
            ["add_generation_prompt"] = Boxed.Of(input.AddGenerationPrompt),
        };
        foreach (var token in input.SpecialTokens)
            variables[token.Key] = TemplateString.Of(token.Value);
        foreach (var variable in input.Variables ?? [])
            variables[variable.Key] = fromCaller.Convert(variable.Value);
        return new ConversationPreparation(variables, fromConversation.CharacterCount + fromCaller.CharacterCount, continued);
    }

    /// <summary>Cuts the text where the last message's content ends, if it is to be continued.</summary>
    public RenderResult CutContinuation(RenderResult result)
    {
        if (_continued is null)
            return result;
        var bareTag = ContinuationTag.TrimEnd();
        var tag = result.Text.LastIndexOf(bareTag, StringComparison.Ordinal);
        if (tag < 0 || !result.Text.Contains(PythonText.Strip(_continued), StringComparison.Ordinal))
        {
            throw Error(
                "ValueError",
                "continue_final_message is set but the final message does not appear in the chat after applying the chat template! "
                    + "This can happen if the chat template deletes portions of the final message. Please verify the chat template and final message in your chat to ensure they are compatible."
            );
        }
        var isWhole = string.CompareOrdinal(result.Text, tag, ContinuationTag, 0, ContinuationTag.Length) == 0;
        var end = isWhole ? tag : PythonText.TrimEnd(result.Text[..tag]).Length;
        return result with
        {
            Text = result.Text[..end],
            ContentSpans = Cut(result.ContentSpans, end),
            AssistantSpans = Cut(result.AssistantSpans, end),
        };
    }

    private static List<TextSpan> Cut(IReadOnlyList<TextSpan> spans, int end) =>
        [.. spans.Where(s => s.Start < end).Select(s => s with { End = Math.Min(s.End, end) })];

    private static object PrepareMessage(object message)
    {
        if (message is not TemplateDictionary given)
            throw Error("TypeError", $"a message must be an object with a role and a content, not a {TypeNames.Of(message)}");
        var prepared = new TemplateDictionary();
        foreach (var item in given.Items)
        {
            if (item.Value is not NoneValue)
                prepared[item.Key] = item.Value;
        }
        foreach (var name in s_reasoningNames)
        {
            if (!prepared.TryGet(name, out var reasoning) || !Iteration.IsTrue(reasoning))
                continue;
            prepared["reasoning_content"] = reasoning;
            if (!prepared.TryGet("thinking", out _))
                prepared["thinking"] = reasoning;
            break;
        }
        return prepared;
    }

    /// <summary>Puts the tag at the end of the last message's text and returns that text.</summary>
    private static string OpenLastMessage(List<object> messages)
    {
        var last = ((TemplateDictionary)messages[^1]).Copy();
        messages[^1] = last;
        if (!last.TryGet("content", out var content))
            throw Error("KeyError", "'content'");
        if (content is TemplateList parts)
        {
            List<object> items = [.. parts.Items];
            var at = items.FindLastIndex(HasText);
            if (at < 0)
                throw Error("ValueError", "continue_final_message is set but we could not find any text to continue in the final message!");
            if (items[at] is not TemplateDictionary open)
                throw Error("TypeError", $"the text to continue stands in a {TypeNames.Of(items[at])}, not in an object");
            var tagged = open.Copy();
            tagged.TryGet("text", out var text);
            tagged["text"] = WithTag(text);
            items[at] = tagged;
            last["content"] = new TemplateList(items);
            return ((TemplateString)text).Value;
        }
        last["content"] = WithTag(content);
        return ((TemplateString)content).Value;
    }

    /// <summary>Python's <c>"text" in part</c>.</summary>
    private static bool HasText(object part) =>
        part switch
        {
            TemplateDictionary dictionary => dictionary.TryGet("text", out _),
            TemplateList list => list.Items.Any(i => i is TemplateString { Value: "text" }),
            TemplateString text => text.Value.Contains("text", StringComparison.Ordinal),
            _ => throw Error("TypeError", $"a part of the last message must be an object with a text, not a {TypeNames.Of(part)}"),
        };

    private static TemplateString WithTag(object text) =>
        text is TemplateString open
            ? TemplateString.FromConversation(open.Value + ContinuationTag)
            : throw Error("TypeError", $"unsupported operand type(s) for +: '{TypeNames.Of(text)}' and 'str'");

    private static TemplateException Error(string errorType, string reason) => new(errorType, reason, 0, 0);
}
