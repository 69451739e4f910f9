using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// What stands before a row's answers beside its prompt: a system message (<c>system</c>, <c>system_prompt</c>, <c>system_message</c>) and
/// earlier turns (<c>context</c>, <c>trajectory</c>, <c>messages</c>, <c>conversation</c>, <c>conversations</c>, <c>history</c>,
/// <c>chat_history</c>), in whatever form they are published: message lists, <c>{from, value}</c>, rounds of <c>[question, answer]</c> or
/// <c>{input, output}</c>, transcripts; any other text is the user's, before the prompt. The same for every format and every verb.
/// </summary>
internal sealed class ContextReader
{
    public static readonly string[] SystemNames = ["system", "system_prompt", "system_message"];
    public static readonly string[] TurnNames =
    [
        "context",
        "trajectory",
        "messages",
        "conversation",
        "conversations",
        "history",
        "chat_history",
    ];

    private static readonly (string Question, string Answer)[] Rounds =
    [
        ("input", "output"),
        ("instruction", "output"),
        ("question", "answer"),
        ("user", "assistant"),
        ("human", "assistant"),
        ("prompt", "response"),
    ];

    private readonly RowScope _row;
    private readonly IReadOnlyList<Message> _system;
    private readonly List<(string Name, List<Message> Turns)> _turns = [];
    private readonly List<(string Name, string Text)> _texts = [];

    private ContextReader(RowScope row, IReadOnlyCollection<string> own)
    {
        _row = row;
        _system = System(own);
        foreach (var name in TurnNames)
        {
            if (own.Contains(name) || !row.MayHold(name) || RowScope.Field(row.Root, name) is not { } value)
                continue;
            if (value.ValueKind == JsonValueKind.String && !ListInText.IsList(value))
            {
                var text = value.GetString()!;
                if (InlineTurns.Cut(text) is { } cut)
                    _turns.Add((name, cut));
                else if (Transcript.TryParse(text, out var transcript))
                    _turns.Add((name, transcript));
                else if (!string.IsNullOrWhiteSpace(text))
                    _texts.Add((name, text));
            }
            else if (Turns(value, name) is { Count: > 0 } turns)
                _turns.Add((name, turns));
        }
    }

    /// <summary>Whether the row has one of the fields, be it null: then the rows of its file are turns.</summary>
    public static bool IsThere(JsonElement row, IReadOnlyCollection<string> own)
    {
        // Asked of every row, of which most have none: ten names are not searched for one by one.
        var held = new JsonNames(row);
        foreach (var names in (ReadOnlySpan<string[]>)[SystemNames, TurnNames])
        foreach (var name in names)
            if (held.MayHold(name) && row.TryGetProperty(name, out _) && !own.Contains(name))
                return true;
        return false;
    }

    /// <summary>The row's context beside its prompt; null when it has none or what there is has findings.</summary>
    /// <param name="row">The row.</param>
    /// <param name="own">Fields its format reads by itself.</param>
    public static ContextReader? Of(RowScope row, IReadOnlyCollection<string> own)
    {
        if (!row.MayHoldContext || !IsThere(row.Root, own))
            return null;
        var reader = new ContextReader(row, own);
        return reader._system.Count == 0 && reader._turns.Count == 0 && reader._texts.Count == 0 ? null : reader;
    }

    /// <summary>
    /// The whole context: system message, earlier turns, prompt. Turns that end with the prompt, or repeat it and an answer, are not
    /// doubled; turns that neither hold the prompt nor can stand before it stay unread, which the row's check then finds.
    /// </summary>
    /// <param name="prompt">The prompt as the format read it; empty where the row states none.</param>
    /// <param name="answers">What the candidates say: a list of turns may end with one of them.</param>
    public List<Message> Around(IReadOnlyList<Message> prompt, params ReadOnlySpan<IReadOnlyList<Message>> answers)
    {
        List<Message> whole = [.. prompt];
        foreach (var (name, turns) in _turns)
        {
            var earlier = WithoutAnswer(turns, answers);
            if (Joined(earlier, whole) is not { } joined)
                continue;
            whole = joined;
            _row.Read.Add(name);
        }
        foreach (var (name, text) in _texts)
        {
            // A text beside the prompt is what the prompt is about: both are the user's.
            var user = whole.FindIndex(turn => turn.Role == "user");
            if (user >= 0 && whole[user].Raw is not null)
                continue;
            if (user < 0)
                whole.Add(new Message("user", text));
            else if (!whole[user].Content.Contains(text.Trim(), StringComparison.Ordinal))
                whole[user] = new Message("user", $"{text.TrimEnd()}\n\n{whole[user].Content}");
            _row.Read.Add(name);
        }
        if (_system.Count == 0)
            return whole;
        if (whole is not [{ Role: "system" or "developer" } first, ..])
            return [.. _system, .. whole];
        if (!IsSame(first, _system[0]))
            _row.Add(Reason.ContextMismatch, "the row states a system message and its turns begin with another");
        return whole;
    }

    private IReadOnlyList<Message> System(IReadOnlyCollection<string> own)
    {
        Message? found = null;
        foreach (var name in SystemNames)
        {
            if (own.Contains(name) || !_row.MayHold(name) || RowScope.Field(_row.Root, name) is not { } value)
                continue;
            var stated = ListInText.IsList(value)
                ? _row.MessagesOf(value, name) is { Count: > 0 } list
                    ? list[0] with
                    {
                        Role = "system",
                    }
                    : null
                : value.ValueKind == JsonValueKind.Object
                    ? MessageReader.Read(_row, value, name) is { } one
                        ? one with
                        {
                            Role = "system",
                        }
                        : null
                    : _row.TextOf(value, name) is { } text && !string.IsNullOrWhiteSpace(text)
                        ? new Message("system", text)
                        : null;
            if (stated is not null && found is not null && !IsSame(found, stated))
                continue;
            found ??= stated;
            _row.Read.Add(name);
        }
        return found is null ? [] : [found];
    }

    /// <summary>A list as turns; null when it is none, in which case nobody has read it.</summary>
    private List<Message>? Turns(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.String)
            return _row.MessagesOf(value, name);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            return null;
        var first = value[0];
        if (first.ValueKind == JsonValueKind.Object && (RowScope.Has(first, "role") || RowScope.Has(first, "from")))
            return _row.MessagesOf(value, name);
        if (first.ValueKind == JsonValueKind.Object)
            return OfRounds(value);
        if (first.ValueKind == JsonValueKind.Array)
            return OfPairs(value, name);
        // Texts by turns, the user's first.
        if (!value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return null;
        return [.. value.EnumerateArray().Select((item, at) => new Message(at % 2 == 0 ? "user" : "assistant", item.GetString()!))];
    }

    private static List<Message>? OfRounds(JsonElement value)
    {
        var turns = new List<Message>();
        foreach (var round in value.EnumerateArray())
        {
            if (
                round.ValueKind != JsonValueKind.Object
                || Array.FindIndex(Rounds, names => RowScope.Has(round, names.Question)) is not (>= 0 and var at)
            )
                return null;
            if (RowScope.Field(round, Rounds[at].Question) is not { ValueKind: JsonValueKind.String } question)
                return null;
            turns.Add(new Message("user", question.GetString()!));
            if (RowScope.Field(round, Rounds[at].Answer) is not { } answer)
                continue;
            if (answer.ValueKind != JsonValueKind.String)
                return null;
            turns.Add(new Message("assistant", answer.GetString()!));
        }
        return turns;
    }

    private List<Message>? OfPairs(JsonElement value, string name)
    {
        var turns = new List<Message>();
        foreach (var round in value.EnumerateArray())
        {
            if (
                round.ValueKind != JsonValueKind.Array
                || round.GetArrayLength() != 2
                || round[0].ValueKind != JsonValueKind.String
                || round[1].ValueKind != JsonValueKind.String
            )
            {
                _row.WrongType(name, round, "[question, answer]");
                return null;
            }
            turns.Add(new Message("user", round[0].GetString()!));
            turns.Add(new Message("assistant", round[1].GetString()!));
        }
        return turns;
    }

    private static List<Message> WithoutAnswer(List<Message> turns, ReadOnlySpan<IReadOnlyList<Message>> answers)
    {
        foreach (var answer in answers)
        {
            if (answer.Count == 0 || turns.Count <= answer.Count)
                continue;
            var start = turns.Count - answer.Count;
            if (IsAt(turns, answer, start))
                return turns[..start];
        }
        return turns;
    }

    /// <summary>Turns and what stands after them as one; null when they do not go together.</summary>
    private static List<Message>? Joined(List<Message> turns, List<Message> after)
    {
        if (after.Count == 0)
            return turns;
        // The turns hold it: up to there they are the context, and what follows may only be another answer.
        for (var at = turns.Count - after.Count; at >= 0; at--)
        {
            if (!IsAt(turns, after, at))
                continue;
            return turns.Skip(at + after.Count).All(turn => turn.Role is "assistant" or "tool") ? turns[..(at + after.Count)] : null;
        }
        // It holds the turns.
        for (var at = 0; at + turns.Count <= after.Count; at++)
            if (IsAt(after, turns, at))
                return after;
        if (after[0].Role is "system" or "developer" && turns[0].Role is not ("system" or "developer"))
            return [after[0], .. Joined(turns, after[1..]) ?? turns];
        if (after[0].Role is "system" or "developer")
            return IsSame(after[0], turns[0]) ? Joined(turns, after[1..]) : null;
        return [.. turns, .. after];
    }

    /// <summary>Whether some turns stand in others at a place, outer white space aside.</summary>
    internal static bool IsAt(IReadOnlyList<Message> turns, IReadOnlyList<Message> part, int at)
    {
        if (at < 0 || at + part.Count > turns.Count)
            return false;
        for (var i = 0; i < part.Count; i++)
            if (!IsSame(turns[at + i], part[i]))
                return false;
        return true;
    }

    internal static bool IsSame(Message one, Message other) =>
        one.Role == other.Role && one.Content.AsSpan().Trim().SequenceEqual(other.Content.AsSpan().Trim());
}
