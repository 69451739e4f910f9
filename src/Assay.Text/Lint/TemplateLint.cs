using System.Text.Json.Nodes;

namespace Assay.Text.Lint;

/// <summary>What is unusual about a template, found by rendering small conversations with it.</summary>
public static class TemplateLint
{
    private const string System = "SYSTEMPROBE",
        User = "USERPROBE",
        Assistant = "ASSISTANTPROBE";
    private const int ShortestHeader = 5;

    /// <summary>Warnings about a template that hold for whatever conversation it is given.</summary>
    /// <param name="template">The template.</param>
    /// <param name="specialTokens">Special tokens by variable name, as in <see cref="ChatTemplateInput.SpecialTokens"/>.</param>
    public static IReadOnlyList<TextWarning> Check(ChatTemplate template, IReadOnlyDictionary<string, string> specialTokens)
    {
        List<TextWarning> warnings =
        [
            .. template.RefusedMethods.Select(m => new TextWarning(
                "method_refused",
                $"the template calls the method '{m}', which is not supported: a conversation that reaches the call cannot be rendered; write it with filters"
            )),
        ];
        var plain = Try(("user", User), ("assistant", Assistant));
        if (plain is null)
        {
            warnings.Add(
                new(
                    "template_refuses_plain_turns",
                    "the template refuses a user's turn and an assistant's answer with plain text contents: "
                        + "it may want contents as lists of parts"
                )
            );
            return warnings;
        }
        var withSystem = Try(("system", System), ("user", User), ("assistant", Assistant));
        if (withSystem is null)
            warnings.Add(new("system_refused", "the template refuses a system message: rows that have one cannot be rendered"));
        else if (!withSystem.Text.Contains(System))
            warnings.Add(new("system_dropped", "the template drops the system message: rows that differ only in it become the same text"));
        if (!plain.Text.Contains(Assistant))
            warnings.Add(new("answer_dropped", "the template drops the assistant's answer: there is nothing to score"));
        if (Try(("user", User), ("user", User), ("assistant", Assistant)) is null)
            warnings.Add(
                new(
                    "alternation_required",
                    "the template refuses turns that do not alternate between user and assistant: such rows cannot be rendered"
                )
            );
        if (AlwaysWritesGenerationPrompt(plain.Text))
        {
            warnings.Add(
                new(
                    "generation_prompt_always",
                    "the template opens an assistant's turn after the last message although none was asked for: "
                        + "the score would be read there; give a template that looks at add_generation_prompt"
                )
            );
        }
        if (plain.ReadsClock)
            warnings.Add(new("reads_clock", "the template writes today's date: scores change with the day unless the date is pinned"));
        return warnings;

        RenderResult? Try(params (string Role, string Content)[] turns)
        {
            try
            {
                return template.Render(
                    new ChatTemplateInput
                    {
                        Messages = [.. turns.Select(t => new JsonObject { ["role"] = t.Role, ["content"] = t.Content })],
                        SpecialTokens = specialTokens,
                        Clock = TimeProvider.System,
                    }
                );
            }
            catch (TemplateException)
            {
                return null;
            }
        }
    }

    /// <summary>Whether what follows the answer ends as what precedes it does: with the header of an assistant's turn.</summary>
    private static bool AlwaysWritesGenerationPrompt(string text)
    {
        int user = text.LastIndexOf(User, StringComparison.Ordinal),
            answer = text.LastIndexOf(Assistant, StringComparison.Ordinal);
        if (user < 0 || answer < user)
            return false;
        string before = text[(user + User.Length)..answer].TrimEnd(),
            after = text[(answer + Assistant.Length)..].TrimEnd();
        var common = 0;
        while (common < before.Length && common < after.Length && before[^(common + 1)] == after[^(common + 1)])
            common++;
        return common >= ShortestHeader && common * 2 >= before.Length;
    }
}
