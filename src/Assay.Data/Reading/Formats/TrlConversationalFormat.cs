using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// TRL's conversational preference rows: message lists, with the prompt stated (<c>prompt</c> as messages or as the text of one user turn)
/// or implicit (both lists begin with it). Lists that begin with a stated prompt too, as in UltraFeedback-binarized, are taken as implicit
/// and the statement is compared.
/// </summary>
internal sealed class TrlConversationalFormat : RowFormat
{
    public override string Name => "trl_conversational";

    public override string Rule =>
        "One pair a row; with an implicit prompt the context reaches through the last user or system turn, which both sides must share, and what follows is the candidate.";

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "chosen", "rejected"];

    // Lists win: an instruction or question beside them is their prompt, or says again what they hold.
    public override bool Matches(JsonElement row) =>
        Has(row, "chosen") && Has(row, "rejected") && (IsList(row, "chosen") || IsList(row, "rejected") || IsList(row, "prompt"));

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        ReadLabel(row, pair);
        ReadScores(row, pair);
        var prompt = Prompt(row, out var name);
        var chosen = Answer(row, "chosen", name is not null);
        var rejected = Answer(row, "rejected", name is not null);
        if (chosen is null || rejected is null || name is not null && prompt is null)
        {
            pair.NoPair();
            return;
        }
        if (!HasContext(chosen) && !HasContext(rejected))
        {
            // Nothing but answers: what the row states elsewhere is their context.
            pair.Turns(prompt ?? [], chosen, rejected);
            return;
        }
        if (pair.LacksAnswers(chosen, rejected))
            return;
        List<Message> shared = [.. chosen.Take(PairContract.ContextLength(chosen))];
        if (prompt is null || name != "prompt" || Repeats(shared, prompt))
            pair.Whole(chosen, rejected);
        else if (
            prompt.Count > shared.Count
            && ContextReader.IsAt(prompt, shared, prompt.Count - shared.Count)
            && ContextReader.IsAt(rejected, shared, 0)
        )
        {
            // The sides repeat the end of the stated prompt: the whole of it is the context.
            pair.Turns(prompt, [.. chosen.Skip(shared.Count)], [.. rejected.Skip(shared.Count)]);
        }
        else
            pair.DifferentContexts("the stated prompt is not among the turns before the answers");
    }

    /// <summary>
    /// The prompt, by the name under which it stands; an instruction is one where the sides are nothing but answers, and else has to say
    /// what they say.
    /// </summary>
    private static List<Message>? Prompt(RowScope row, out string? name)
    {
        name = null;
        if (RowScope.FirstOf(row.Root, "prompt", "instruction", "question") is not { } field)
            return null;
        name = field.Name;
        if (name == "prompt")
            return row.TurnsOf(field.Value, name, "user");
        if (field.Value.ValueKind != JsonValueKind.String || HasContextIn(row.Root, "chosen") || HasContextIn(row.Root, "rejected"))
        {
            // Whether it says anything new is found with the row's other fields.
            name = null;
            return null;
        }
        row.Read.Add(name);
        var text = field.Value.GetString()!;
        if (RowScope.Field(row.Root, "input") is { ValueKind: JsonValueKind.String } input && input.GetString()!.Length > 0)
        {
            row.Read.Add("input");
            text = $"{text}\n{input.GetString()}";
        }
        return [new Message("user", text)];
    }

    private static bool HasContextIn(JsonElement row, string side)
    {
        if (!row.TryGetProperty(side, out var value))
            return false;
        var list = value.ValueKind == JsonValueKind.String ? ListInText.Read(value) ?? value : value;
        return list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray()
                .Any(turn =>
                    turn.ValueKind == JsonValueKind.Object
                    && (RowScope.Scalar(turn, "role") ?? RowScope.Scalar(turn, "from"))?.ToLowerInvariant()
                        is "user"
                            or "human"
                            or "system"
                            or "developer"
                );
    }

    private static List<Message>? Answer(RowScope row, string side, bool hasPrompt)
    {
        if (RowScope.Field(row.Root, side) is { ValueKind: JsonValueKind.String } text && !ListInText.IsList(text) && hasPrompt)
            return row.TextOf(text, side) is { } answer ? [new Message("assistant", answer)] : null;
        if (
            RowScope.Field(row.Root, side) is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().All(IsString)
            && list.GetArrayLength() > 0
        )
        {
            row.Add(
                Reason.WrongType,
                $"{side} is a list of texts, a list of messages {{role, content}} was wanted; of several answers to a prompt make a row each, or responses with ranks or scores (assay benchmark reads reward-bench-2 and rm-bench)"
            );
            return null;
        }
        return row.Messages(row.Root, side);
    }

    private static bool IsString(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool HasContext(List<Message> turns) => turns.Any(turn => turn.Role is "user" or "system" or "developer");

    /// <summary>
    /// Whether a stated prompt says again what the turns before the answers say: a run of them (UltraFeedback-binarized, argilla's
    /// capybara, Tülu 3), or a part of one, outer white space aside.
    /// </summary>
    private static bool Repeats(List<Message> shared, List<Message> prompt)
    {
        for (var at = 0; at + prompt.Count <= shared.Count; at++)
            if (ContextReader.IsAt(shared, prompt, at))
                return true;
        if (prompt is not [{ Role: "user", Content: var stated }])
            return false;
        var text = Plain(stated);
        return text.Length > 0 && shared.Exists(turn => Plain(turn.Content).Contains(text, StringComparison.Ordinal));
    }

    private static string Plain(string text) => text.ReplaceLineEndings("\n").Trim();
}
