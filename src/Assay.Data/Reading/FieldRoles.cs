using System.Collections.Frozen;
using System.Text.Json;

namespace Assay.Data.Reading;

/// <summary>
/// Tells fields that cannot be a row's context from those that may be. Numbers and truth values never are. Texts, lists and objects are
/// told by the last word of their name (<c>chosen_model</c>, <c>rating-rejected</c> and <c>scoreA</c> end in model, rating and score) and
/// by what they look like. Everything else is context until somebody says what it is. The tables are those of <c>docs/contract.md</c>.
/// </summary>
internal static class FieldRoles
{
    /// <summary>Longest text that is a name or label of something.</summary>
    public const int LongestLabel = 200;

    /// <summary>Most words the name of a source, model or licence has.</summary>
    private const int MostWordsOfName = 6;

    /// <summary>Fields that hold what is told of a row. Members of them that are called as a context is are one.</summary>
    public static readonly FrozenSet<string> Containers = FrozenSet.ToFrozenSet(["meta", "metadata", "sampling_settings"]);

    /// <summary>Names under which a prompt, system message or earlier turns stand in any set.</summary>
    public static readonly FrozenSet<string> ContextNames = FrozenSet.ToFrozenSet([
        .. ContextReader.SystemNames,
        .. ContextReader.TurnNames,
        "prompt",
        "question",
        "instruction",
    ]);

    /// <summary>Fields that every format reads, or that this program wrote.</summary>
    public static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet([
        "id",
        "question_id",
        "chosen_id",
        "rejected_id",
        "source",
        "subset",
        "margin",
        "tools",
        "chat_template_kwargs",
        "label",
        "votes",
        "provenance",
        "meta",
        "metadata",
        "assay",
        "key",
        "ignored",
        "source_prompt",
        "prompt_id",
        "sampling_settings",
        "sampling",
        "annotators",
        "human_reviewed",
        "label_source",
        "labelled_by",
        "labeled_by",
        "reviewed_by",
        "generation_prompt",
        "preference_statement",
    ]);

    /// <summary>
    /// Last words of names that say where a row comes from and how it was judged: a text of one line under them is no context.
    /// </summary>
    public static readonly FrozenSet<string> Origins = FrozenSet.ToFrozenSet([
        "id",
        "ids",
        "uid",
        "uuid",
        "guid",
        "hash",
        "sha",
        "sha1",
        "sha256",
        "md5",
        "index",
        "idx",
        "rank",
        "ranks",
        "score",
        "scores",
        "rating",
        "ratings",
        "grade",
        "grades",
        "reward",
        "rewards",
        "logprob",
        "logprobs",
        "logps",
        "probability",
        "probabilities",
        "confidence",
        "weight",
        "weights",
        "model",
        "models",
        "generator",
        "generators",
        "policy",
        "engine",
        "annotator",
        "annotators",
        "worker",
        "workers",
        "rater",
        "raters",
        "judge",
        "judges",
        "evaluator",
        "reviewer",
        "labeler",
        "labeller",
        "author",
        "username",
        "source",
        "sources",
        "origin",
        "dataset",
        "datasets",
        "corpus",
        "collection",
        "license",
        "licence",
        "url",
        "urls",
        "uri",
        "link",
        "links",
        "file",
        "filename",
        "path",
        "split",
        "fold",
        "batch",
        "version",
        "revision",
        "category",
        "categories",
        "subcategory",
        "type",
        "types",
        "domain",
        "domains",
        "subset",
        "subreddit",
        "language",
        "languages",
        "lang",
        "locale",
        "country",
        "date",
        "created",
        "updated",
        "utc",
        "time",
        "timestamp",
        "tstamp",
        "difficulty",
        "status",
        "winner",
        "verdict",
        "preference",
        "preferences",
        "choice",
        "severity",
        "count",
        "counts",
        "tokens",
        "length",
        "lengths",
        "seed",
        "temperature",
        "correctness",
        "helpfulness",
        "coherence",
        "complexity",
        "verbosity",
        "toxicity",
        "safety",
        "honesty",
        "truthfulness",
    ]);

    /// <summary>
    /// Last words of names that are labels where the text is short: one word in a row without a prompt, one line in any other.
    /// </summary>
    public static readonly FrozenSet<string> Labels = FrozenSet.ToFrozenSet([
        "task",
        "tasks",
        "subtask",
        "topic",
        "topics",
        "subject",
        "subjects",
        "field",
        "area",
        "genre",
        "theme",
        "skill",
        "skills",
        "tag",
        "tags",
        "keyword",
        "keywords",
        "label",
        "labels",
        "group",
        "cluster",
        "class",
        "kind",
        "level",
        "quality",
        "name",
        "names",
        "flag",
        "flags",
        "format",
        "mode",
        "state",
        "region",
        "site",
        "key",
    ]);

    /// <summary>
    /// Last words of names under which somebody speaks about the answers, or other answers stand: however long, the model was never shown
    /// them.
    /// </summary>
    public static readonly FrozenSet<string> Commentary = FrozenSet.ToFrozenSet([
        "critique",
        "critiques",
        "rationale",
        "rationales",
        "reasoning",
        "explanation",
        "explanations",
        "justification",
        "feedback",
        "annotation",
        "annotations",
        "reason",
        "reasons",
        "judgement",
        "judgements",
        "judgment",
        "judgments",
        "evaluation",
        "evaluations",
        "motivation",
        "note",
        "notes",
        "remark",
        "remarks",
        "comments",
        "metadata",
        "meta",
        "moderation",
        "statistics",
        "stats",
        "params",
        "parameters",
        "config",
        "settings",
        "attributes",
        "response",
        "responses",
        "generation",
        "generations",
        "completion",
        "completions",
        "output",
        "outputs",
        "candidate",
        "candidates",
        "prediction",
        "predictions",
        "answer",
        "answers",
        "solution",
        "solutions",
        "truth",
        "gold",
        "target",
        "extra",
        "extras",
    ]);

    /// <summary>Words at the end of a name that only say which side or which of several is meant.</summary>
    private static readonly FrozenSet<string> Sides = FrozenSet.ToFrozenSet([
        "a",
        "b",
        "j",
        "k",
        "x",
        "y",
        "w",
        "l",
        "chosen",
        "rejected",
        "first",
        "second",
        "win",
        "lose",
        "winner",
        "loser",
        "at",
    ]);

    private static readonly FrozenSet<string> Missing = FrozenSet.ToFrozenSet(["true", "false", "none", "null", "nan", "n/a", "na", "-"]);

    /// <summary>Names of fields that hold what is seen or heard.</summary>
    private static readonly FrozenSet<string> Media = FrozenSet.ToFrozenSet([
        "image",
        "images",
        "img",
        "imgs",
        "picture",
        "pictures",
        "photo",
        "photos",
        "video",
        "videos",
        "audio",
        "audios",
        "speech",
        "pixel_values",
    ]);

    private static readonly FrozenSet<string> Files = FrozenSet.ToFrozenSet([
        "path",
        "paths",
        "url",
        "urls",
        "uri",
        "file",
        "files",
        "bytes",
        "base64",
        "data",
    ]);

    /// <summary>What a name says of a field's content.</summary>
    public static FieldRole OfName(string name)
    {
        if (Common.Contains(name))
            return FieldRole.Known;
        var words = Words(name);
        while (words.Count > 1 && (Sides.Contains(words[^1]) || int.TryParse(words[^1], out _)))
            words.RemoveAt(words.Count - 1);
        if (words.Count == 0)
            return FieldRole.Unknown;
        var last =
            words[^1].TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is { Length: > 0 } letters && !Origins.Contains(words[^1])
                ? letters
                : words[^1];
        return Media.Contains(name) || Media.Contains(last) || Files.Contains(last) && words.Exists(Media.Contains) ? FieldRole.Media
            : Origins.Contains(last) ? FieldRole.Origin
            : Labels.Contains(last) ? FieldRole.Label
            : Commentary.Contains(last) ? FieldRole.Commentary
            : FieldRole.Unknown;
    }

    /// <summary>Whether a value is no context.</summary>
    /// <param name="role">What its name says.</param>
    /// <param name="value">The value.</param>
    /// <param name="hasPrompt">Whether the row's pair has a context already: then an identifier is one under any name, and commentary is
    /// commentary. Without one any text may be the prompt.</param>
    public static bool IsInert(FieldRole role, JsonElement value, bool hasPrompt) =>
        value.ValueKind switch
        {
            // What has no matter under any circumstances is not looked at: it may be no text at all (half a surrogate pair).
            _ when role is FieldRole.Known || role is FieldRole.Commentary && hasPrompt => true,
            JsonValueKind.String => IsInert(role, value.GetString()!, hasPrompt),
            JsonValueKind.Array => value.EnumerateArray().All(item => IsInert(role, item, hasPrompt)),
            JsonValueKind.Object => value
                .EnumerateObject()
                .All(property =>
                    IsInert(OfName(property.Name) is var own and not FieldRole.Unknown ? own : role, property.Value, hasPrompt)
                ),
            _ => true,
        };

    private static bool IsInert(FieldRole role, string text, bool hasPrompt)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || double.TryParse(trimmed, out _) || IsMissing(trimmed))
            return true;
        var isLabel = trimmed.Length <= LongestLabel && trimmed.IndexOfAny('\n', '\r') < 0;
        if (role == FieldRole.Origin)
            return isLabel && (hasPrompt || !IsSentence(trimmed));
        if (role == FieldRole.Label)
            return isLabel && (hasPrompt || trimmed.IndexOfAny(" \t") < 0);
        return hasPrompt && isLabel && IsIdentifier(trimmed);
    }

    /// <summary>
    /// A word no language has: ASCII without a blank, with a digit or a sign inside. Addresses, hashes, dates, names of models.
    /// </summary>
    private static bool IsIdentifier(ReadOnlySpan<char> text) =>
        !text.ContainsAnyExceptInRange('!', '~') && (text.ContainsAnyInRange('0', '9') || text[..^1].IndexOfAny("_/:.@#=+|\\") >= 0);

    /// <summary>
    /// What somebody says or asks rather than the name of something: several words that end as a sentence does, or more words than a name
    /// has.
    /// </summary>
    private static bool IsSentence(ReadOnlySpan<char> text) =>
        text.Count(' ') is var blanks and > 0
        && (blanks >= MostWordsOfName || text[^1] is '?' or '!' or '.' or ':' or '…' or '？' or '。' or '！');

    /// <summary>
    /// Whether a value is an image, sound or film rather than its absence: a path or address, bytes, or the hub's <c>{bytes, path}</c>.
    /// </summary>
    public static bool IsMedia(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() is { } text
                && !string.IsNullOrWhiteSpace(text)
                && !IsMissing(text.AsSpan().Trim())
                && text.AsSpan().Trim().IndexOfAny(" \t\n") < 0,
            JsonValueKind.Array => value.EnumerateArray().Any(item => IsMedia(item) || item.ValueKind == JsonValueKind.Number),
            JsonValueKind.Object => value
                .EnumerateObject()
                .Any(property => property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False or JsonValueKind.True)),
            _ => false,
        };

    /// <summary>The hub's form of a file inside a row: bytes and a path, under whatever name.</summary>
    public static bool IsFile(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.TryGetProperty("bytes", out _) && value.TryGetProperty("path", out _),
            JsonValueKind.Array => value.EnumerateArray().Any(IsFile),
            _ => false,
        };

    // Tables write what is not there as a word.
    private static bool IsMissing(ReadOnlySpan<char> text) => text.Length <= 5 && Missing.Contains(text.ToString().ToLowerInvariant());

    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var start = 0;
        for (var at = 0; at <= name.Length; at++)
        {
            var ends = at == name.Length || !char.IsLetterOrDigit(name[at]);
            if (!ends && !(at > start && char.IsUpper(name[at]) && char.IsLower(name[at - 1])))
                continue;
            if (at > start)
                words.Add(name[start..at].ToLowerInvariant());
            start = ends ? at + 1 : at;
        }
        return words;
    }
}

/// <summary>What a field's name says of its content.</summary>
internal enum FieldRole
{
    /// <summary>Nothing: it may be context.</summary>
    Unknown,

    /// <summary>Every format reads it, or none needs to.</summary>
    Known,

    Origin,

    Label,

    Commentary,

    Media,
}
