using System.Text;
using System.Text.Json.Nodes;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>
/// Makes the pair of a row from its two sides and finds what keeps it from being one: contexts that differ, candidates that are the same,
/// empty or not the assistant's, no winner.
/// </summary>
/// <param name="row">The row.</param>
/// <param name="own">Fields its format reads by itself; of the others <see cref="ContextReader"/> takes what belongs before the
/// answers.</param>
internal sealed class PairBuilder(RowScope row, IReadOnlyCollection<string> own)
{
    private static readonly string[] ContextRoles = ["user", "system", "developer"];

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

    public void Find(Reason reason, string detail) => _findings.Add(new Finding(reason, detail));

    /// <summary>
    /// Two texts after one prompt; a null prompt says that the texts hold it already. A row that has a system message or earlier turns
    /// beside them is made of turns.
    /// </summary>
    public void Text(string? prompt, string chosen, string rejected)
    {
        if (row.MayHoldContext && ContextReader.IsThere(row.Root, own))
        {
            TextTurns(prompt, chosen, rejected);
            return;
        }
        if (prompt is not null && string.IsNullOrWhiteSpace(prompt))
            Find(Reason.EmptyPrompt, "prompt is blank");
        CheckEmpty(chosen.Length == 0, rejected.Length == 0);
        if (chosen == rejected)
            Find(Reason.IdenticalCandidates, "chosen and rejected are the same text");
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
    public void TextTurns(string? prompt, string chosen, string rejected) =>
        Turns(
            string.IsNullOrWhiteSpace(prompt) ? [] : InlineTurns.Cut(prompt) ?? [new Message("user", prompt)],
            [new Message("assistant", chosen)],
            [new Message("assistant", rejected)]
        );

    /// <summary>
    /// Two answers, of one turn or several, after one context, before which the row's system message and earlier turns are put.
    /// </summary>
    public void Turns(IReadOnlyList<Message> context, IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        context = Around(context, chosen, rejected);
        if (context.All(turn => turn.Role is "system" or "developer"))
            Find(Reason.EmptyPrompt, "there is no turn before the answer");
        CheckEmpty(IsEmpty(chosen), IsEmpty(rejected));
        if (chosen.Count == 0 || rejected.Count == 0)
        {
            // A side without a turn is no side of a pair.
            row.Add(null, _findings);
            return;
        }
        if (chosen.SequenceEqual(rejected))
            Find(Reason.IdenticalCandidates, "chosen and rejected are the same turns");
        CheckLast("chosen", chosen);
        CheckLast("rejected", rejected);
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
    }

    /// <summary>
    /// Two whole conversations. What they share has to reach through the last turn that is not the assistant's or a tool's; what follows is
    /// the candidate.
    /// </summary>
    public void Whole(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        var count = ContextLength(chosen);
        if (EndsOtherwise(chosen, rejected))
            return;
        if (count != ContextLength(rejected) || !chosen.Take(count).SequenceEqual(rejected.Take(count)))
        {
            Mismatch(chosen, rejected);
            return;
        }
        Turns([.. chosen.Take(count)], [.. chosen.Skip(count)], [.. rejected.Skip(count)]);
    }

    /// <summary>
    /// Whether a side does not end with the assistant's answer, which is then found: what it shares with the other side cannot be told.
    /// </summary>
    public bool EndsOtherwise(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        if (ContextLength(chosen) < chosen.Count && ContextLength(rejected) < rejected.Count)
            return false;
        CheckEmpty(chosen.Count == 0, rejected.Count == 0);
        CheckLast("chosen", chosen);
        CheckLast("rejected", rejected);
        if (NoWinner is not null)
            Find(Reason.TieOrAbstention, NoWinner);
        row.Add(null, _findings);
        return true;
    }

    /// <summary>How many leading turns are no part of the answer: through the last one of the user's or the system's.</summary>
    public static int ContextLength(IReadOnlyList<Message> messages)
    {
        var count = messages.Count;
        while (count > 0 && !ContextRoles.Contains(messages[count - 1].Role))
            count--;
        return count;
    }

    private IReadOnlyList<Message> Around(IReadOnlyList<Message> context, IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected) =>
        ContextReader.Of(row, own) is { } more ? more.Around(context, chosen, rejected) : context;

    /// <summary>Two whole conversations of which exactly the last turn is the candidate (transcripts).</summary>
    public void LastTurns(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        CheckLast("chosen", chosen);
        CheckLast("rejected", rejected);
        if (_findings.Count > 0)
        {
            row.Add(null, _findings);
            return;
        }
        if (!chosen.SkipLast(1).SequenceEqual(rejected.SkipLast(1)))
        {
            Mismatch(chosen, rejected);
            return;
        }
        if (chosen[^1].Equals(rejected[^1]))
            Find(Reason.IdenticalCandidates, "chosen and rejected are the same turns");
        var context = Around([.. chosen.SkipLast(1)], [chosen[^1]], [rejected[^1]]);
        Finish(
            new PreferencePair
            {
                Row = row.Line,
                Chosen = Side([.. context, chosen[^1]]),
                Rejected = Side([.. context, rejected[^1]]),
                PromptMessageCount = context.Count,
                Prompt = PromptText(context),
            }
        );
    }

    private void Mismatch(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        var same = 0;
        while (same < chosen.Count && same < rejected.Count && chosen[same].Equals(rejected[same]))
            same++;
        Find(
            Reason.ContextMismatch,
            $"the context differs from turn {same + 1} on (chosen has {chosen.Count} turns, rejected {rejected.Count})"
        );
        CheckLast("chosen", chosen);
        CheckLast("rejected", rejected);
        if (NoWinner is not null)
            Find(Reason.TieOrAbstention, NoWinner);
        row.Add(null, _findings);
    }

    private void Finish(PreferencePair pair)
    {
        if (NoWinner is not null)
            Find(Reason.TieOrAbstention, NoWinner);
        var provenance = ProvenanceReader.Read(row, ChosenGenerator, RejectedGenerator, Votes, ChosenPlace);
        row.Add(
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
            },
            _findings
        );
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

    private void CheckEmpty(bool chosenEmpty, bool rejectedEmpty)
    {
        if (chosenEmpty)
            Find(Reason.EmptyCandidate, "chosen is empty");
        if (rejectedEmpty)
            Find(Reason.EmptyCandidate, "rejected is empty");
    }

    private static bool IsEmpty(IReadOnlyList<Message> answer) =>
        answer.Count == 0 || answer[^1] is { Content: "", Raw: null } || answer[^1] is { Content: "", Raw: { } raw } && !CarriesMore(raw);

    private static bool CarriesMore(JsonObject raw) =>
        raw.Any(property =>
            property.Key is not ("role" or "content" or "name") && property.Value is not null and not JsonArray { Count: 0 }
        );

    private void CheckLast(string side, IReadOnlyList<Message> turns)
    {
        if (turns.Count == 0)
            return;
        if (turns[^1].Role != "assistant")
            Find(Reason.FinalTurnNotAssistant, $"{side} ends with a turn of \"{turns[^1].Role}\", not with an answer of the assistant's");
    }

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
