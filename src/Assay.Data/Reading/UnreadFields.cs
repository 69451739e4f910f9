using System.Text.Json;

namespace Assay.Data.Reading;

/// <summary>
/// Looks at what a row holds beyond what its format read. A text, list or object that is neither known, nor inert by <see cref="FieldRoles"/>, nor a copy of what was
/// read, may be a part of the context the answers were judged in.
/// </summary>
internal sealed class UnreadFields(IReadOnlyCollection<string> own)
{
    // Rows of a file have the same names in the same order: each name is judged once.
    private readonly List<(string Name, FieldRole Role)> _seen = [];

    /// <summary>Images, sound and film of a row: said before anything else is read.</summary>
    public void CheckMedia(RowScope row)
    {
        var at = 0;
        foreach (JsonProperty property in row.Root.EnumerateObject())
        {
            FieldRole role = RoleOf(property, at++);
            if (property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object)) continue;
            if (role == FieldRole.Media ? FieldRoles.IsMedia(property.Value) : property.Value.ValueKind != JsonValueKind.String && FieldRoles.IsFile(property.Value))
                row.NeedsImage($"{property.Name} holds an image, sound or film");
        }
    }

    /// <summary>Adds <c>unread_context</c> for the row's fields nobody read.</summary>
    public void Check(RowScope row)
    {
        if (row.FirstPair is { } pair && Unread(row, pair.PromptMessageCount > 0 || pair.PromptTextLength > 0, () => TextsOf(pair)) is { } detail) row.Add(Reason.UnreadContext, detail);
    }

    /// <summary>What is unread of a row of which one conversation was read, the last turn of which is its answer; null when nothing is.</summary>
    public string? Unread(RowScope row, Conversation conversation) => Unread(row, conversation.Messages is { Count: > 1 }, () => conversation.Messages is { } messages
        ? ([.. messages.SkipLast(1).Select(message => message.Content)], [messages[^1].Content])
        : ([conversation.Text!], []));

    private string? Unread(RowScope row, bool hasPrompt, Func<(List<string> Context, List<string> Answers)> read)
    {
        List<string>? names = null;
        (List<string> Context, List<string> Answers)? texts = null;
        var at = 0;
        foreach (JsonProperty property in row.Root.EnumerateObject())
        {
            FieldRole role = RoleOf(property, at++);
            if (role == FieldRole.Known || property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object)) continue;
            if (row.Read.Contains(property.Name) || FieldRoles.IsInert(role, property.Value, hasPrompt)) continue;
            texts ??= read();
            if (!IsCopy(property.Value, texts.Value.Context, texts.Value.Answers)) (names ??= []).Add(property.Name);
        }
        if (names is null) return null;
        var (they, them, are, matter) = names.Count == 1 ? ("it", "it", "is", "does not") : ("they", "them", "are", "do not");
        return $"{string.Join(", ", names.Select(name => $"\"{name}\""))} {are} not read, and without {them} this may be another pair: say what {they} {are} (--map {(hasPrompt ? "context" : "prompt")}={names[0]}), or that {they} {matter} matter ({string.Join(' ', names.Select(name => $"--ignore {name}"))})";
    }

    private FieldRole RoleOf(JsonProperty property, int at)
    {
        if (at < _seen.Count && property.NameEquals(_seen[at].Name)) return _seen[at].Role;
        var name = property.Name;
        foreach (var (known, role) in _seen)
            if (known == name) return role;
        FieldRole found = own.Contains(name) ? FieldRole.Known : FieldRoles.OfName(name);
        if (_seen.Count < 256) _seen.Add((name, found));
        return found;
    }

    private static (List<string> Context, List<string> Answers) TextsOf(PreferencePair pair)
    {
        if (pair.Chosen.Messages is { } chosen)
            return ([.. chosen.Take(pair.PromptMessageCount).Select(turn => turn.Content)], [.. chosen.Skip(pair.PromptMessageCount).Concat(pair.Rejected.Messages!.Skip(pair.PromptMessageCount)).Select(turn => turn.Content)]);
        return ([pair.PromptTextLength > 0 ? pair.Chosen.Text![..pair.PromptTextLength] : pair.Prompt], [pair.ChosenAnswer, pair.RejectedAnswer]);
    }

    /// <summary>A text that is a whole conversation written out, as turns.</summary>
    private static List<Message>? Rendered(string text)
    {
        if (InlineTurns.Cut(text) is { } cut) return cut;
        if (!Transcript.TryParse("\n\n" + text, out List<Message> turns)) return null;
        turns.RemoveAll(turn => turn.Content.Length == 0);
        return turns;
    }

    /// <summary>Whether every text of a value was read already: as a part of the context, or as a whole answer. A short text has to be a whole turn: as a part it may be there by chance.</summary>
    private static bool IsCopy(JsonElement value, List<string> context, List<string> answers) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim() is var text && (text.Length == 0
            || context.Exists(turn => turn.AsSpan().Trim().SequenceEqual(text) || text.Length >= PairContract.MinContainedCharacters && turn.Contains(text, StringComparison.Ordinal))
            || answers.Exists(answer => answer.AsSpan().Trim().SequenceEqual(text))
            || Rendered(text) is { } turns && turns.TrueForAll(turn => context.Concat(answers).Any(read => read.AsSpan().Trim().SequenceEqual(turn.Content.AsSpan().Trim())))),
        JsonValueKind.Array => value.EnumerateArray().All(item => IsCopy(item, context, answers)),
        JsonValueKind.Object => value.EnumerateObject().All(property => property.Name is "role" or "from" or "type" || IsCopy(property.Value, context, answers)),
        _ => true,
    };
}
