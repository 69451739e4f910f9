using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// Looks at what a row holds beyond what its format read. A text, list or object that is neither known, nor inert by
/// <see cref="FieldRoles"/>, nor a copy of what was read, may be a part of the context the answers were judged in.
/// </summary>
internal sealed class UnreadFields(IReadOnlyCollection<string> own)
{
    // Rows of a file have the same names in the same order: each name is judged once.
    private readonly List<(string Name, FieldRole Role)> _seen = [];

    /// <summary>Images, sound and film of a row: said before anything else is read.</summary>
    public void CheckMedia(RowScope row)
    {
        var at = 0;
        foreach (var property in row.Root.EnumerateObject())
        {
            var role = RoleOf(property, at++);
            if (property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object))
                continue;
            if (
                role == FieldRole.Media
                    ? FieldRoles.IsMedia(property.Value)
                    : property.Value.ValueKind != JsonValueKind.String && FieldRoles.IsFile(property.Value)
            )
                row.NeedsImage($"{property.Name} holds an image, sound or film");
        }
    }

    /// <summary>Adds <c>unread_context</c> for the row's fields nobody read.</summary>
    public void Check(RowScope row)
    {
        if (
            row.FirstPair is { } pair
            && Unread(row, pair.PromptMessageCount > 0 || pair.PromptTextLength > 0, () => TextsOf(pair)) is { } detail
        )
            row.Add(Reason.UnreadContext, detail);
    }

    /// <summary>
    /// What is unread of a row of which one conversation was read, the last turn of which is its answer; null when nothing is.
    /// </summary>
    public string? Unread(RowScope row, Conversation conversation) =>
        Unread(
            row,
            conversation.Messages is { Count: > 1 },
            () =>
                conversation.Messages is { } messages
                    ? ([.. messages.SkipLast(1).Select(message => message.Content)], [messages[^1].Content])
                    : ([conversation.Text!], []),
            isWhole: conversation.Text is not null
        );

    /// <param name="row">The row.</param>
    /// <param name="hasPrompt">Whether what was read has a context.</param>
    /// <param name="read">The texts that were read.</param>
    /// <param name="isWhole">What was read is a whole text by itself: no prompt stands elsewhere, though none was read.</param>
    private string? Unread(RowScope row, bool hasPrompt, Func<(List<string> Context, List<string> Answers)> read, bool isWhole = false)
    {
        List<(string Name, string Field, string Role)>? unread = null;
        (List<string> Context, List<string> Answers)? texts = null;
        var at = 0;
        foreach (var property in row.Root.EnumerateObject())
        {
            var role = RoleOf(property, at++);
            if (property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object))
                continue;
            if (
                property.Value.ValueKind == JsonValueKind.Object
                && (role == FieldRole.Commentary || FieldRoles.Containers.Contains(property.Name))
                && !own.Contains(property.Name)
            )
                AddMembers(property.Name, property.Value, property.Name);
            // Where nothing else was read for a prompt, the source may be it: a text to translate, say.
            else if (role == FieldRole.Known && !hasPrompt && !isWhole && property.Name == "source")
                role = FieldRole.Origin;
            if (
                role == FieldRole.Known && (hasPrompt || isWhole || !FieldRoles.Containers.Contains(property.Name))
                || role == FieldRole.Commentary && isWhole
            )
                continue;
            if (unread?.Exists(one => one.Field == property.Name) == true)
                continue;
            if (
                row.Read.Contains(property.Name)
                || FieldRoles.IsInert(role == FieldRole.Known ? FieldRole.Commentary : role, property.Value, hasPrompt)
            )
                continue;
            if (!IsRead(property.Value))
                (unread ??= []).Add((property.Name, property.Name, hasPrompt ? "context" : "prompt"));
        }
        if (unread is null)
            return null;
        var (they, them, are, matter) = unread.Count == 1 ? ("it", "it", "is", "does not") : ("they", "them", "are", "do not");
        var names = string.Join(", ", unread.Select(one => $"\"{one.Name}\""));
        return $"{names} {are} not read, and without {them} this may be another pair: say what {they} {are} (--map {unread[0].Role}={unread[0].Name}), "
            + $"or that {they} {matter} matter ({string.Join(' ', unread.Select(one => one.Field).Distinct().Select(name => $"--ignore {name}"))})";

        bool IsRead(JsonElement value)
        {
            texts ??= read();
            return IsCopy(value, texts.Value.Context, texts.Value.Answers);
        }

        void AddMembers(string path, JsonElement value, string field)
        {
            foreach (var member in value.EnumerateObject())
            {
                var name = $"{path}.{member.Name}";
                if (
                    FieldRoles.ContextNames.Contains(member.Name)
                    && !FieldRoles.IsInert(FieldRole.Unknown, member.Value, hasPrompt: false)
                    && !IsRead(member.Value)
                )
                    (unread ??= []).Add(
                        (
                            name,
                            field,
                            ContextReader.SystemNames.Contains(member.Name) ? "system"
                            : hasPrompt ? "context"
                            : "prompt"
                        )
                    );
                else if (member.Value.ValueKind == JsonValueKind.Object)
                    AddMembers(name, member.Value, field);
            }
        }
    }

    private FieldRole RoleOf(JsonProperty property, int at)
    {
        if (at < _seen.Count && property.NameEquals(_seen[at].Name))
            return _seen[at].Role;
        var name = property.Name;
        foreach (var (known, role) in _seen)
            if (known == name)
                return role;
        var found = own.Contains(name) ? FieldRole.Known : FieldRoles.OfName(name);
        if (_seen.Count < 256)
            _seen.Add((name, found));
        return found;
    }

    private static (List<string> Context, List<string> Answers) TextsOf(PreferencePair pair)
    {
        if (pair.Chosen.Messages is { } chosen)
            return (
                [.. chosen.Take(pair.PromptMessageCount).Select(turn => turn.Content)],
                [
                    .. chosen
                        .Skip(pair.PromptMessageCount)
                        .Concat(pair.Rejected.Messages!.Skip(pair.PromptMessageCount))
                        .Select(turn => turn.Content),
                ]
            );
        return (
            [pair.PromptTextLength > 0 ? pair.Chosen.Text![..pair.PromptTextLength] : pair.Prompt],
            [pair.ChosenAnswer, pair.RejectedAnswer]
        );
    }

    /// <summary>A text that is a whole conversation written out, as turns.</summary>
    private static List<Message>? Rendered(string text)
    {
        if (InlineTurns.Cut(text) is { } cut)
            return cut;
        if (!Transcript.TryParse("\n\n" + text, out var turns))
            return null;
        turns.RemoveAll(turn => turn.Content.Length == 0);
        return turns;
    }

    /// <summary>
    /// Whether every text of a value was read already: as a part of the context, or as a whole answer. A short text has to be a whole turn:
    /// as a part it may be there by chance.
    /// </summary>
    private static bool IsCopy(JsonElement value, List<string> context, List<string> answers) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim() is var text
                && (
                    text.Length == 0
                    || context.Exists(turn =>
                        turn.AsSpan().Trim().SequenceEqual(text)
                        || text.Length >= PairContract.MinContainedCharacters && turn.Contains(text, StringComparison.Ordinal)
                    )
                    || answers.Exists(answer => answer.AsSpan().Trim().SequenceEqual(text))
                    || Rendered(text) is { } turns
                        && turns.TrueForAll(turn =>
                            context.Concat(answers).Any(read => read.AsSpan().Trim().SequenceEqual(turn.Content.AsSpan().Trim()))
                        )
                ),
            JsonValueKind.Array => value.EnumerateArray().All(item => IsCopy(item, context, answers)),
            JsonValueKind.Object => value
                .EnumerateObject()
                .All(property => property.Name is "role" or "from" or "type" || IsCopy(property.Value, context, answers)),
            _ => true,
        };
}
