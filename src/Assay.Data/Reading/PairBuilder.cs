using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// Makes the pair of a row from its two sides; what keeps these from being one is the contract's to find (<see cref="PairContract"/>). A side
/// that could not be read is null: then there is no pair, and what the other one has against it is found all the same.
/// </summary>
/// <param name="row">The row.</param>
/// <param name="own">Fields its format reads by itself; of the others <see cref="ContextReader"/> takes what belongs before the
/// answers.</param>
internal sealed class PairBuilder(RowScope row, IReadOnlyCollection<string> own)
{
    private readonly List<Finding> _findings = [];

    public double? Margin { get; set; }

    public IReadOnlyList<AnnotatorVote>? Votes { get; set; }

    public JsonArray? Tools { get; set; }

    public JsonObject? TemplateVariables { get; set; }

    public string? ChosenGenerator { get; set; }

    public string? RejectedGenerator { get; set; }

    /// <summary>
    /// 1 or 2 where the format's rows name their candidates in the order in which they were shown: which of them is chosen.
    /// </summary>
    public int? ChosenPlace { get; set; }

    /// <summary>Why neither side won; null when chosen did.</summary>
    public string? NoWinner { get; set; }

    /// <summary>Whether <see cref="NoWinner"/> is somebody's judgement that neither side is better, not that nobody judged.</summary>
    public bool IsTie { get; private set; }

    /// <summary>How strongly chosen was preferred, without sign; null when the row does not say.</summary>
    public double? Strength { get; set; }

    /// <summary>Neither side won, because both were found alike.</summary>
    public void Tie(string why) => (NoWinner, IsTie) = (why, true);

    /// <summary>The row's own ratings of both sides, higher is better, and what to say where they contradict the winner.</summary>
    public void Rate(double? chosen, double? rejected, Func<string> detail) =>
        PairContract.CheckRatings(chosen, rejected, detail, _findings);

    /// <summary>
    /// Two texts after one prompt; a null prompt says that the texts hold it already. A row that has a system message or earlier turns
    /// beside them is made of turns.
    /// </summary>
    public void Text(string? prompt, string? chosen, string? rejected)
    {
        if (row.MayHoldContext && ContextReader.IsThere(row.Root, own))
        {
            TextTurns(prompt, chosen, rejected);
            return;
        }
        PairContract.CheckTexts(prompt, chosen, rejected, _findings);
        if (chosen is null || rejected is null)
            NoPair();
        else
            Finish(
                new PreferencePair
                {
                    Row = row.Line,
                    Chosen = Side(prompt + chosen),
                    Rejected = Side(prompt + rejected),
                    PromptTextLength = prompt?.Length ?? 0,
                    Prompt = prompt ?? CommonBeginning(chosen, rejected),
                }
            );
    }

    /// <summary>Two texts as the assistant's turns after a prompt that is the user's.</summary>
    public void TextTurns(string? prompt, string? chosen, string? rejected) =>
        Turns(
            string.IsNullOrWhiteSpace(prompt) ? [] : InlineTurns.Cut(prompt) ?? [new Message("user", prompt)],
            chosen is null ? null : [new Message("assistant", chosen)],
            rejected is null ? null : [new Message("assistant", rejected)]
        );

    /// <summary>
    /// Two answers, of one turn or several, after one context, before which the row's system message and earlier turns are put.
    /// </summary>
    public void Turns(IReadOnlyList<Message>? context, IReadOnlyList<Message>? chosen, IReadOnlyList<Message>? rejected)
    {
        if (context is not null && chosen is not null && rejected is not null)
            context = Around(context, chosen, rejected);
        PairContract.CheckTurns(context, chosen, rejected, _findings);
        // A side without a turn is no side of a pair.
        if (context is null || chosen is not { Count: > 0 } || rejected is not { Count: > 0 })
            NoPair();
        else
            Finish(context, chosen, rejected);
    }

    /// <summary>
    /// Two whole conversations. What they share has to reach through the last turn that is not the assistant's or a tool's; what follows is
    /// the candidate.
    /// </summary>
    public void Whole(IReadOnlyList<Message>? chosen, IReadOnlyList<Message>? rejected)
    {
        if (LacksAnswers(chosen, rejected))
            return;
        var count = PairContract.ContextLength(chosen);
        if (PairContract.HaveOneContext(chosen, count, rejected, PairContract.ContextLength(rejected), _findings))
            Turns([.. chosen.Take(count)], [.. chosen.Skip(count)], [.. rejected.Skip(count)]);
        else
            NoPair();
    }

    /// <summary>
    /// Whether one of two whole conversations is missing or does not end with an answer, which is then found: what it shares with the other
    /// cannot be told, and there is no pair.
    /// </summary>
    public bool LacksAnswers([NotNullWhen(false)] IReadOnlyList<Message>? chosen, [NotNullWhen(false)] IReadOnlyList<Message>? rejected)
    {
        if (chosen is not null && rejected is not null && PairContract.HaveAnswers(chosen, rejected, _findings))
            return false;
        NoPair();
        return true;
    }

    /// <summary>Two whole conversations of which exactly the last turn is the candidate (transcripts).</summary>
    public void LastTurns(IReadOnlyList<Message>? chosen, IReadOnlyList<Message>? rejected)
    {
        PairContract.CheckEnds(chosen, rejected, _findings);
        if (
            chosen is null
            || rejected is null
            || _findings.Count > 0
            || !PairContract.HaveOneContext(chosen, chosen.Count - 1, rejected, rejected.Count - 1, _findings)
        )
        {
            NoPair();
            return;
        }
        PairContract.CheckSame([chosen[^1]], [rejected[^1]], _findings);
        Finish(Around([.. chosen.SkipLast(1)], [chosen[^1]], [rejected[^1]]), [chosen[^1]], [rejected[^1]]);
    }

    /// <summary>Two texts that do not answer one prompt: there is no pair.</summary>
    public void DifferentPrompts(string detail, string? chosen, string? rejected)
    {
        _findings.Add(new Finding(Reason.ContextMismatch, detail));
        PairContract.CheckTexts(null, chosen, rejected, _findings);
        NoPair();
    }

    /// <summary>The two sides do not answer one prompt: there is no pair.</summary>
    public void DifferentContexts(string detail)
    {
        _findings.Add(new Finding(Reason.ContextMismatch, detail));
        NoPair();
    }

    /// <summary>There is no pair: what was found stands alone.</summary>
    public void NoPair() => Add(null);

    private IReadOnlyList<Message> Around(IReadOnlyList<Message> context, IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected) =>
        ContextReader.Of(row, own) is { } more ? more.Around(context, chosen, rejected) : context;

    private void Finish(IReadOnlyList<Message> context, IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected) =>
        Finish(
            new PreferencePair
            {
                Row = row.Line,
                Chosen = Side([.. context, .. chosen]),
                Rejected = Side([.. context, .. rejected]),
                PromptMessageCount = context.Count,
                Prompt = PromptText(context),
            }
        );

    private void Finish(PreferencePair pair)
    {
        var provenance = ProvenanceReader.Read(row, ChosenGenerator, RejectedGenerator, Votes, ChosenPlace);
        Add(
            pair with
            {
                Margin = Margin,
                IsTie = IsTie,
                Strength = Strength,
                Id = row.Id,
                ChosenId = row.CandidateId("chosen_id"),
                RejectedId = row.CandidateId("rejected_id"),
                Source = row.Source,
                Votes = ProvenanceReader.Named(Votes, provenance),
                Provenance = provenance,
            }
        );
    }

    private void Add(PreferencePair? pair)
    {
        PairContract.CheckWinner(NoWinner, _findings);
        row.Add(pair, _findings);
    }

    private Conversation Side(string text) =>
        new()
        {
            Text = text,
            Tools = Tools,
            ChatTemplateKwargs = TemplateVariables,
        };

    private Conversation Side(IReadOnlyList<Message> messages) =>
        new()
        {
            Messages = messages,
            Tools = Tools,
            ChatTemplateKwargs = TemplateVariables,
        };

    internal static string PromptText(IReadOnlyList<Message> context)
    {
        if (context.Count == 1 && context[0].Role == "user")
            return context[0].Content;
        var text = new StringBuilder();
        foreach (var message in context)
        {
            if (text.Length > 0)
                text.Append("\n\n");
            text.Append(message.Role).Append(": ").Append(message.Content);
        }
        return text.ToString();
    }

    private static string CommonBeginning(string chosen, string rejected)
    {
        var same = chosen.AsSpan().CommonPrefixLength(rejected);
        if (same == chosen.Length || same == rejected.Length)
            return chosen[..same];
        var blank = same == 0 ? -1 : chosen.AsSpan(0, same).LastIndexOfAny(' ', '\n');
        return blank < 0 ? "" : chosen[..blank];
    }
}
