using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// One shape of row: how to know it and how to make pairs of it. To add a format, write one file and put it in <see cref="All"/>.
/// </summary>
internal abstract class RowFormat
{
    /// <summary>All formats, in the order in which detection asks them: what is told by more keys comes first.</summary>
    public static IReadOnlyList<RowFormat> All { get; } =
    [
        new SummarizeFeedbackFormat(),
        new WebGptFormat(),
        new ShpFormat(),
        new StackExchangeFormat(),
        new SafeRlhfFormat(),
        new OpenAiFormat(),
        new ArenaFormat(),
        new ProcessFormat(),
        new UltraFeedbackFormat(),
        new RankedFormat(),
        new ComparisonsFormat(),
        new HelpSteerPreferenceFormat(),
        new HelpSteerFormat(),
        new ShareGptFormat(),
        new AlpacaFormat(),
        new HhTranscriptFormat(),
        new TrlConversationalFormat(),
        new TrlTurnsFormat(),
        new TrlFormat(),
        new VotesFormat(),
        new CandidatesFormat(),
        new UnpairedFormat(),
    ];

    /// <summary>The same, as others know them.</summary>
    public static IReadOnlyList<PairFormat> Formats { get; } = [.. All.Select(rows => rows.Format)];

    protected RowFormat() => Format = new PairFormat(this);

    public abstract string Name { get; }

    /// <summary>How its rows become pairs, in one sentence.</summary>
    public abstract string Rule { get; }

    /// <summary>The row's fields it reads, beyond those of <see cref="FieldRoles.Common"/>.</summary>
    public abstract IReadOnlyCollection<string> Fields { get; }

    /// <summary>What others know of it.</summary>
    public PairFormat Format { get; }

    /// <summary>What the sides of its pairs are.</summary>
    public virtual RowSides Sides => RowSides.Turns;

    /// <summary>Whether a row is one answer, which no pair is made of.</summary>
    public virtual bool HoldsSingleAnswers => false;

    /// <summary>Whether a row may stand for several pairs: such a row is set down pair by pair, in TRL's form.</summary>
    public virtual bool HoldsSeveralPairs => false;

    /// <summary>Whether the row has the keys of this format.</summary>
    public abstract bool Matches(JsonElement row);

    /// <summary>Whether a row can be read in a file of this format, also where another format fits it better.</summary>
    public virtual bool Accepts(JsonElement row) => Matches(row);

    /// <summary>Adds the row's pairs, or the findings that keep it from having any.</summary>
    public abstract void Read(RowScope row);

    /// <summary>True where several rows in a row make the pairs (<see cref="GroupKey"/>, <see cref="ReadGroup"/>).</summary>
    public virtual bool GroupsRows => false;

    public virtual string? GroupKey(JsonElement row) => null;

    public virtual void ReadGroup(IReadOnlyList<RowScope> rows) => throw new NotSupportedException();

    /// <summary>The format of that class.</summary>
    public static RowFormat Of<T>()
        where T : RowFormat => All.First(format => format.GetType() == typeof(T));

    public static RowFormat? DetectFrom(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object ? All.FirstOrDefault(format => format.Matches(row)) : null;

    protected static bool Has(JsonElement row, string name) => row.TryGetProperty(name, out _);

    protected static JsonValueKind KindOf(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? value.ValueKind : JsonValueKind.Undefined;

    /// <summary>Whether a field is there, as a text or null, and no list.</summary>
    protected static bool IsText(JsonElement row, string name) => row.TryGetProperty(name, out var value) && !ListInText.IsList(value);

    protected static bool IsList(JsonElement row, string name) => row.TryGetProperty(name, out var value) && ListInText.IsList(value);

    /// <summary>A pair builder with the fields every format may have: <c>margin</c>, <c>tools</c>, <c>chat_template_kwargs</c>.</summary>
    protected PairBuilder Start(RowScope row) =>
        row.Begun = new PairBuilder(row, Fields)
        {
            Margin = row.MayHold("margin") ? row.Number(row.Root, "margin") : null,
            Tools = row.MayHold("tools") ? row.Tools(row.Root) : null,
            TemplateVariables = row.MayHold("chat_template_kwargs") ? row.TemplateVariables() : null,
        };

    /// <summary>A text as the only turn of its side; null where the text is.</summary>
    protected static List<Message>? Turn(string role, string? text) => text is null ? null : [new Message(role, text)];

    /// <summary>Each of several answers after the row's whole context.</summary>
    protected IReadOnlyList<Conversation> Whole(RowScope row, IReadOnlyList<Message> prompt, IReadOnlyList<IReadOnlyList<Message>> answers)
    {
        var context = ContextReader.Of(row, Fields) is { } more ? more.Around(prompt, [.. answers]) : prompt;
        return
        [
            .. answers.Select(answer =>
                Conversation.OfMessages([.. context, .. answer]) with
                {
                    Tools = row.Tools(row.Root),
                    ChatTemplateKwargs = row.TemplateVariables(),
                }
            ),
        ];
    }

    /// <summary>
    /// Compares the winner with the row's own scores (<c>score_chosen</c>, <c>rating_chosen</c>, <c>chosen-rating</c> and their like, as
    /// binarised sets carry them). A <c>chosen_score</c> is a model's, and may disagree.
    /// </summary>
    protected static void ReadScores(RowScope row, PairBuilder pair)
    {
        foreach (
            var (chosen, rejected) in (ReadOnlySpan<(string, string)>)
                [
                    ("score_chosen", "score_rejected"),
                    ("rating_chosen", "rating_rejected"),
                    ("chosen_rating", "rejected_rating"),
                    ("chosen-rating", "rejected-rating"),
                ]
        )
        {
            if (
                !row.MayHold(chosen)
                || RowScope.Field(row.Root, chosen) is not { ValueKind: JsonValueKind.Number } won
                || RowScope.Field(row.Root, rejected) is not { ValueKind: JsonValueKind.Number } lost
            )
                continue;
            pair.Rate(won.GetDouble(), lost.GetDouble(), () => $"{chosen} is {won.GetRawText()} and {rejected} {lost.GetRawText()}");
        }
    }

    /// <summary>Takes <c>votes</c> and <c>label</c> (chosen, tie, unlabelled) of a row that names its sides chosen and rejected.</summary>
    protected static void ReadLabel(RowScope row, PairBuilder pair)
    {
        pair.Votes = row.Votes = VoteReader.Read(row, VoteWords.ChosenRejected);
        if (!row.MayHold("label") || !row.Root.TryGetProperty("label", out var label))
            return;
        switch (label.ValueKind)
        {
            case JsonValueKind.Null:
                pair.NoWinner = "label is null";
                break;
            case JsonValueKind.String:
                var text = label.GetString()!;
                if (text == "tie")
                    pair.Tie("label is \"tie\"");
                else if (text is "unlabelled" or "unlabeled" or "abstain" or "abstention" or "")
                    pair.NoWinner = $"label is \"{text}\"";
                else if (text != "chosen")
                    row.Add(Reason.UnknownValue, $"label is \"{text}\"; chosen, tie or unlabelled were wanted");
                break;
            default:
                row.WrongType("label", label, "one of chosen, tie, unlabelled");
                break;
        }
    }
}
