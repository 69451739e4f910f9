using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading;

/// <summary>
/// One row being read: typed access to its fields, where everything that is not as it should be becomes a finding instead of an exception,
/// so that all of it is found at once; and the pairs it gave.
/// </summary>
internal sealed class RowScope
{
    private readonly string _file;
    private readonly RawRow _raw;
    private readonly JsonNames _names;
    private readonly List<Finding> _findings = [];
    private readonly List<(PreferencePair? Pair, List<Finding> Findings)> _items = [];

    public RowScope(string file, string fileSource, RawRow raw, JsonElement root)
    {
        _file = file;
        _raw = raw;
        Root = root;
        if (root.ValueKind != JsonValueKind.Object)
            return;
        _names = new JsonNames(root);
        OwnId = Scalar("id");
        Id = OwnId ?? Scalar("question_id");
        Meta = MayHold("meta") ? Object(root, "meta") : null;
        Source =
            Scalar("source")
            ?? Scalar("subset")
            ?? (Meta is { } meta ? Scalar(meta, "source") ?? Scalar(meta, "dataset") : null)
            ?? fileSource;
    }

    public JsonElement Root { get; }

    public string? Id { get; }

    /// <summary>The row's <c>id</c> alone: a <c>question_id</c> may stand on many rows.</summary>
    public string? OwnId { get; }

    public string? Source { get; }

    public JsonElement? Meta { get; }

    public IReadOnlyList<AnnotatorVote>? Votes { get; set; }

    public long Line => _raw.Line;

    public ReadOnlySpan<byte> RawBytes => _raw.Bytes.Span;

    public bool HasFindings => _findings.Count > 0;

    /// <summary>Names of fields whose content went into the pair, beyond those its format always reads.</summary>
    public HashSet<string> Read { get; } = [];

    /// <summary>
    /// The row's candidates as whole conversations, in its order, where it holds several that nobody or a rank has ordered.
    /// </summary>
    public IReadOnlyList<Conversation>? Candidates { get; set; }

    /// <summary>
    /// The pair that was begun last. Where a fault of the row kept its format from ending it, what is known of its winner is found all the
    /// same.
    /// </summary>
    public PairBuilder? Begun { get; set; }

    /// <summary>The first pair the row gave, if any.</summary>
    public PreferencePair? FirstPair => _items.Select(item => item.Pair).FirstOrDefault(pair => pair is not null);

    public void Add(Finding finding) => _findings.Add(finding);

    public void Add(Reason reason, string detail) => _findings.Add(new Finding(reason, detail));

    public void Add(PreferencePair? pair, List<Finding> findings) => _items.Add((pair, findings));

    public IReadOnlyList<PairRow> Finish()
    {
        if (_items.Count == 0)
            PairContract.CheckWinner(Begun?.NoWinner, _findings);
        // A row is never set aside without a reason: an empty list of comparisons, say, gives no pair and breaks no rule.
        if (_items.Count == 0 && _findings.Count == 0)
            Add(Reason.NotPairable, "the row holds no two candidates to compare");
        if (_items.Count == 0)
            return [Row(null, _findings, 0, 1)];
        if (_items.Count == 1)
            return [Row(_items[0].Pair, [.. _findings, .. _items[0].Findings], 0, 1)];
        return
        [
            .. _items.Select(
                (item, part) =>
                    Row(item.Pair is null ? null : item.Pair with { Part = part }, [.. _findings, .. item.Findings], part, _items.Count)
            ),
        ];
    }

    private PairRow Row(PreferencePair? pair, IReadOnlyList<Finding> findings, int part, int count)
    {
        var provenance = pair is null && Votes is not null ? ProvenanceReader.Read(this, null, null, Votes, null) : pair?.Provenance;
        return new()
        {
            File = _file,
            Line = _raw.Line,
            Part = part,
            PartCount = count,
            Pair = pair,
            Source = Source,
            Votes = pair is null ? ProvenanceReader.Named(Votes, provenance) : pair.Votes,
            ChosenPosition = provenance?.ChosenPosition,
            Id = OwnId,
            Candidates = Candidates,
            Findings = findings,
            Raw = _raw.Bytes,
        };
    }

    // ---- fields ----

    /// <summary>False when the row has no field of this name; true says nothing.</summary>
    public bool MayHold(string name) => _names.MayHold(name);

    /// <summary>False when the row has none of the fields of <see cref="ContextReader"/>; true says nothing.</summary>
    public bool MayHoldContext => Array.Exists(ContextReader.TurnNames, MayHold) || Array.Exists(ContextReader.SystemNames, MayHold);

    /// <summary>What the row needs besides text.</summary>
    public void NeedsImage(string what) => Add(Reason.NeedsImage, $"{what}: this model reads text");

    /// <summary>A string or number of the row as text; null for anything else.</summary>
    public string? Scalar(string name) => MayHold(name) ? Scalar(Root, name) : null;

    public static bool Has(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);

    /// <summary>The field, or null when it is absent or JSON null.</summary>
    public static JsonElement? Field(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The first of several spellings that is there.</summary>
    public static (string Name, JsonElement Value)? FirstOf(JsonElement owner, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Field(owner, name) is { } value)
                return (name, value);
        return null;
    }

    /// <summary>The row's own name for a candidate, if it has one.</summary>
    public string? CandidateId(string name) => Root.ValueKind == JsonValueKind.Object ? Scalar(Root, name) : null;

    /// <summary>A string or number as text; null for anything else.</summary>
    public static string? Scalar(JsonElement owner, string name) =>
        !owner.TryGetProperty(name, out var value)
            ? null
            : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };

    public static JsonElement? Object(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>A string that must be there.</summary>
    public string? Text(JsonElement owner, string name)
    {
        if (Field(owner, name) is not { } value)
        {
            Missing(name);
            return null;
        }
        return TextOf(value, name);
    }

    /// <summary>A string that may be absent or null.</summary>
    public string? OptionalText(JsonElement owner, string name) => Field(owner, name) is { } value ? TextOf(value, name) : null;

    /// <summary>The value itself as a string; <paramref name="name"/> says what it is in the finding.</summary>
    public string? TextOf(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            if (
                !text.AsSpan().TrimStart().StartsWith("[") && !text.AsSpan().TrimStart().StartsWith("array(")
                || !ListInText.IsPrinted(text)
            )
                return text;
            PrintedList(name);
            return null;
        }
        WrongType(name, value, "a string");
        return null;
    }

    /// <summary>A field holds a list in a form that is no JSON.</summary>
    public void PrintedList(string name) => Add(new Finding(Reason.WrongType, $"{name} is {ListInText.Refusal}", ColumnOf(name)));

    public double? Number(JsonElement owner, string name)
    {
        if (Field(owner, name) is not { } value)
            return null;
        var number = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var parsed) ? parsed : double.PositiveInfinity,
            JsonValueKind.String => value.GetString()!.Trim() switch
            {
                "NaN" or "nan" => double.NaN,
                "Infinity" or "inf" or "-Infinity" or "-inf" => double.PositiveInfinity,
                _ => (double?)null,
            },
            _ => null,
        };
        if (number is null)
            WrongType(name, value, "a number");
        else if (!double.IsFinite(number.Value))
        {
            Add(
                new Finding(
                    Reason.NonFiniteNumber,
                    $"{name} is {(value.GetRawText() is var raw && raw.Length > 40 ? raw[..40] + "…" : raw)}; a number must be finite, or the field left out",
                    ColumnOf(name)
                )
            );
            return null;
        }
        return number;
    }

    public void Missing(string name) => Add(Reason.MissingField, $"{name} is absent or null");

    public void WrongType(string name, JsonElement value, string wanted) =>
        Add(new Finding(Reason.WrongType, $"{name} is a JSON {KindOf(value)}, {wanted} was wanted", ColumnOf(name)));

    private int ColumnOf(string name)
    {
        var end = name.AsSpan().IndexOfAny('.', '[');
        return JsonColumns.OfProperty(_raw.Bytes.Span, end < 0 ? name : name[..end]);
    }

    private static string KindOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => $"boolean ({value.GetRawText()})",
            JsonValueKind.Number => $"number ({value.GetRawText()})",
            var kind => kind.ToString().ToLowerInvariant(),
        };

    // ---- conversations ----

    /// <summary>A list of <c>{role, content}</c> that must be there; null with a finding when it is not one.</summary>
    public List<Message>? Messages(JsonElement owner, string name)
    {
        if (Field(owner, name) is not { } value)
        {
            Missing(name);
            return null;
        }
        return MessagesOf(value, name);
    }

    public List<Message>? MessagesOf(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.String && ListInText.Read(value) is { } list)
            value = list;
        if (value.ValueKind != JsonValueKind.Array)
        {
            if (value.ValueKind == JsonValueKind.String && ListInText.IsPrinted(value.GetString()!))
                PrintedList(name);
            else
                WrongType(name, value, "a list of messages");
            return null;
        }
        var messages = new List<Message>(value.GetArrayLength());
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (MessageReader.Read(this, element, $"{name}[{index++}]") is not { } message)
                return null;
            messages.Add(message);
        }
        return messages;
    }

    /// <summary>
    /// A prompt or answer as turns: a list of messages, or a text, which is one turn of <paramref name="role"/>; a prompt's text may hold
    /// several turns by a known tag.
    /// </summary>
    public List<Message>? TurnsOf(JsonElement value, string name, string role)
    {
        if (ListInText.IsList(value))
            return MessagesOf(value, name);
        if (TextOf(value, name) is not { } text)
            return null;
        return (role == "user" ? InlineTurns.Cut(text) : null) ?? [new Message(role, text)];
    }

    public string? Text(JsonElement owner, string path, string name)
    {
        if (Field(owner, name) is { } value)
            return TextOf(value, path);
        Missing(path);
        return null;
    }

    /// <summary>A list, or a string that holds one as JSON (TRL's <c>tools</c>).</summary>
    public JsonArray? Tools(JsonElement owner)
    {
        if (Field(owner, "tools") is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array)
            return value.GetArrayLength() == 0 ? null : JsonArray.Create(value.Clone());
        if (value.ValueKind == JsonValueKind.String)
        {
            if (string.IsNullOrWhiteSpace(value.GetString()))
                return null;
            try
            {
                if (JsonNode.Parse(value.GetString()!) is JsonArray array)
                    return array.Count == 0 ? null : array;
            }
            catch (JsonException) { }
        }
        WrongType("tools", value, "a list, or a string holding one as JSON,");
        return null;
    }

    public JsonObject? TemplateVariables()
    {
        if (Field(Root, "chat_template_kwargs") is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return JsonObject.Create(value.Clone());
        WrongType("chat_template_kwargs", value, "an object");
        return null;
    }
}
