using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>One shape of row: how to know it and how to make pairs of it. To add a format, write one file and put it in <see cref="All"/>.</summary>
internal abstract class RowFormat
{
    /// <summary>All formats, in the order in which detection asks them: what is told by more keys comes first.</summary>
    public static IReadOnlyList<RowFormat> All { get; } =
    [
        new OpenAiFormat(),
        new ArenaFormat(),
        new UltraFeedbackFormat(),
        new RankedFormat(),
        new ComparisonsFormat(),
        new HelpSteerPreferenceFormat(),
        new HelpSteerFormat(),
        new ProcessFormat(),
        new ShareGptFormat(),
        new AlpacaFormat(),
        new HhTranscriptFormat(),
        new TrlConversationalFormat(),
        new TrlFormat(),
        new VotesFormat(),
        new CandidatesFormat(),
        new UnpairedFormat(),
    ];

    public abstract PairFormat Kind { get; }

    public abstract string Name { get; }

    /// <summary>How its rows become pairs, in one sentence.</summary>
    public abstract string Rule { get; }

    /// <summary>Whether the row has the keys of this format.</summary>
    public abstract bool Matches(JsonElement row);

    /// <summary>Adds the row's pairs, or the findings that keep it from having any.</summary>
    public abstract void Read(RowScope row);

    /// <summary>True where several rows in a row make the pairs (<see cref="GroupKey"/>, <see cref="ReadGroup"/>).</summary>
    public virtual bool GroupsRows => false;

    public virtual string? GroupKey(JsonElement row) => null;

    public virtual void ReadGroup(IReadOnlyList<RowScope> rows) => throw new NotSupportedException();

    public static RowFormat Of(PairFormat kind) => All.First(format => format.Kind == kind);

    public static RowFormat? DetectFrom(JsonElement row) => row.ValueKind == JsonValueKind.Object ? All.FirstOrDefault(format => format.Matches(row)) : null;

    protected static bool Has(JsonElement row, string name) => row.TryGetProperty(name, out _);

    protected static JsonValueKind KindOf(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) ? value.ValueKind : JsonValueKind.Undefined;

    /// <summary>A pair builder with the fields every format may have: <c>margin</c>, <c>tools</c>, <c>chat_template_kwargs</c>.</summary>
    protected static PairBuilder Start(RowScope row) => new(row)
    {
        Margin = row.MayHold("margin") ? row.Number(row.Root, "margin") : null,
        Tools = row.MayHold("tools") ? row.Tools(row.Root) : null,
        TemplateVariables = row.MayHold("chat_template_kwargs") ? row.TemplateVariables() : null,
    };

    /// <summary>Takes <c>votes</c> and <c>label</c> (chosen, tie, unlabelled) of a row that names its sides chosen and rejected.</summary>
    protected static void ReadLabel(RowScope row, PairBuilder pair)
    {
        pair.Votes = row.Votes = VoteReader.Read(row, VoteWords.ChosenRejected);
        if (!row.MayHold("label") || !row.Root.TryGetProperty("label", out JsonElement label)) return;
        switch (label.ValueKind)
        {
            case JsonValueKind.Null:
                pair.NoWinner = "label is null";
                break;
            case JsonValueKind.String:
                var text = label.GetString()!;
                if (text is "tie" or "unlabelled" or "unlabeled" or "abstain" or "abstention" or "") pair.NoWinner = $"label is \"{text}\"";
                else if (text != "chosen") row.Add(Reason.UnknownValue, $"label is \"{text}\"; chosen, tie or unlabelled were wanted");
                break;
            default:
                row.WrongType("label", label, "one of chosen, tie, unlabelled");
                break;
        }
    }
}
