using System.Text.Json.Nodes;

namespace Assay.Data.Contract;

/// <summary>
/// Whether two sides make a pair: what every reader asks of what a format found in a row. A side that could not be read is null here, and
/// nothing is said of it.
/// </summary>
public static partial class PairContract
{
    private static readonly string[] ContextRoles = ["user", "system", "developer"];

    /// <summary>How many leading turns are no part of the answer: through the last one of the user's or the system's.</summary>
    internal static int ContextLength(IReadOnlyList<Message> turns)
    {
        var count = turns.Count;
        while (count > 0 && !ContextRoles.Contains(turns[count - 1].Role))
            count--;
        return count;
    }

    /// <summary>Two texts after one prompt; a null prompt says that the texts hold it already.</summary>
    internal static void CheckTexts(string? prompt, string? chosen, string? rejected, List<Finding> findings)
    {
        if (prompt is not null && string.IsNullOrWhiteSpace(prompt))
            findings.Add(new Finding(Reason.EmptyPrompt, "prompt is blank"));
        CheckEmpty(chosen is "", rejected is "", findings);
        if (chosen is not null && chosen == rejected)
            findings.Add(new Finding(Reason.IdenticalCandidates, "chosen and rejected are the same text"));
    }

    /// <summary>Two answers, of one turn or several, after one context.</summary>
    internal static void CheckTurns(
        IReadOnlyList<Message>? context,
        IReadOnlyList<Message>? chosen,
        IReadOnlyList<Message>? rejected,
        List<Finding> findings
    )
    {
        if (context?.All(turn => turn.Role is "system" or "developer") == true)
            findings.Add(new Finding(Reason.EmptyPrompt, "there is no turn before the answer"));
        CheckEmpty(IsEmpty(chosen), IsEmpty(rejected), findings);
        CheckSame(chosen, rejected, findings);
        CheckEnds(chosen, rejected, findings);
    }

    /// <summary>Whether two whole conversations end with an answer each; if not, what is wrong is found.</summary>
    internal static bool HaveAnswers(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected, List<Finding> findings)
    {
        if (ContextLength(chosen) < chosen.Count && ContextLength(rejected) < rejected.Count)
            return true;
        CheckEmpty(chosen.Count == 0, rejected.Count == 0, findings);
        CheckEnds(chosen, rejected, findings);
        return false;
    }

    /// <summary>Whether two whole conversations have the same context; if not, that is found.</summary>
    /// <param name="chosen">Context and answer.</param>
    /// <param name="chosenContext">How many of its turns are the context.</param>
    /// <param name="rejected">Context and answer.</param>
    /// <param name="rejectedContext">How many of its turns are the context.</param>
    /// <param name="findings">Gets what is found.</param>
    internal static bool HaveOneContext(
        IReadOnlyList<Message> chosen,
        int chosenContext,
        IReadOnlyList<Message> rejected,
        int rejectedContext,
        List<Finding> findings
    )
    {
        if (chosenContext == rejectedContext && chosen.Take(chosenContext).SequenceEqual(rejected.Take(chosenContext)))
            return true;
        var same = 0;
        while (same < chosen.Count && same < rejected.Count && chosen[same].Equals(rejected[same]))
            same++;
        findings.Add(
            new Finding(
                Reason.ContextMismatch,
                $"the context differs from turn {same + 1} on (chosen has {chosen.Count} turns, rejected {rejected.Count})"
            )
        );
        CheckEnds(chosen, rejected, findings);
        return false;
    }

    /// <summary>Two answers are not the same.</summary>
    internal static void CheckSame(IReadOnlyList<Message>? chosen, IReadOnlyList<Message>? rejected, List<Finding> findings)
    {
        if (chosen is { Count: > 0 } && rejected is not null && chosen.SequenceEqual(rejected))
            findings.Add(new Finding(Reason.IdenticalCandidates, "chosen and rejected are the same turns"));
    }

    /// <summary>Both sides end with the assistant's turn.</summary>
    internal static void CheckEnds(IReadOnlyList<Message>? chosen, IReadOnlyList<Message>? rejected, List<Finding> findings)
    {
        foreach (var (side, turns) in (ReadOnlySpan<(string, IReadOnlyList<Message>?)>)[("chosen", chosen), ("rejected", rejected)])
            if (turns is [.., { Role: not "assistant" and var role }])
                findings.Add(
                    new Finding(
                        Reason.FinalTurnNotAssistant,
                        $"{side} ends with a turn of \"{role}\", not with an answer of the assistant's"
                    )
                );
    }

    /// <summary>The row's own ratings, higher is better, against the score by which chosen won.</summary>
    internal static void CheckRatings(double? chosen, double? rejected, Func<string> detail, List<Finding> findings)
    {
        if (chosen < rejected)
            findings.Add(new Finding(Reason.ScoreContradictsRatings, detail()));
    }

    /// <summary>Somebody preferred chosen.</summary>
    /// <param name="noWinner">Why neither side won; null where one did.</param>
    /// <param name="findings">Gets what is found.</param>
    internal static void CheckWinner(string? noWinner, List<Finding> findings)
    {
        if (noWinner is not null)
            findings.Add(new Finding(Reason.TieOrAbstention, noWinner));
    }

    private static void CheckEmpty(bool chosenIsEmpty, bool rejectedIsEmpty, List<Finding> findings)
    {
        if (chosenIsEmpty)
            findings.Add(new Finding(Reason.EmptyCandidate, "chosen is empty"));
        if (rejectedIsEmpty)
            findings.Add(new Finding(Reason.EmptyCandidate, "rejected is empty"));
    }

    private static bool IsEmpty(IReadOnlyList<Message>? answer) =>
        answer is [] or [.., { Content: "", Raw: null }] || answer is [.., { Content: "", Raw: { } raw }] && !CarriesMore(raw);

    private static bool CarriesMore(JsonObject raw) =>
        raw.Any(property =>
            property.Key is not ("role" or "content" or "name") && property.Value is not null and not JsonArray { Count: 0 }
        );
}
