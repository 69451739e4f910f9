using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Reward.Ranking;

/// <summary>
/// The answers to one prompt: a row that holds several, a pair, or rows that follow each other with one answer each after the same turns.
/// </summary>
/// <param name="Row">Line of the first, from 1.</param>
/// <param name="Id">The first row's id, if it has one.</param>
/// <param name="Candidates">Whole conversations, in their order.</param>
/// <param name="PromptTextLength">For plain text: leading characters that are the prompt.</param>
public sealed record CandidateGroup(long Row, string? Id, IReadOnlyList<Conversation> Candidates, int PromptTextLength)
{
    /// <summary>Why the row has no answers; then there are no candidates.</summary>
    public string? Error { get; init; }

    /// <summary>Leading turns that all candidates share: the prompt; 0 for plain text.</summary>
    public int PromptMessageCount { get; } = SharedTurns(Candidates);

    /// <summary>Gathers rows into groups, lazily, in their order.</summary>
    public static IEnumerable<CandidateGroup> Of(IEnumerable<ConversationRow> rows)
    {
        ConversationRow? first = null;
        var gathered = new List<Conversation>();
        foreach (var row in rows)
        {
            if (first is not null && row.Conversation is { } next && SamePrompt(first, row))
            {
                gathered.Add(next);
                continue;
            }
            if (first is not null)
                yield return new(first.Line, first.Id, gathered, first.PromptTextLength);
            (first, gathered) = (null, []);
            if (row.Conversation is { } single)
                (first, gathered) = (row, [single]);
            else if (row.Pair is { } pair)
                yield return new(row.Line, row.Id, [pair.Chosen, pair.Rejected], pair.PromptTextLength);
            else
                yield return new(row.Line, row.Id, row.Candidates ?? [], row.PromptTextLength) { Error = row.Error };
        }
        if (first is not null)
            yield return new(first.Line, first.Id, gathered, first.PromptTextLength);
    }

    private static bool SamePrompt(ConversationRow a, ConversationRow b) =>
        (a.Conversation, b.Conversation) switch
        {
            ({ Messages: { } first }, { Messages: { } second }) => first.SkipLast(1).SequenceEqual(second.SkipLast(1)),
            ({ Text: { } first }, { Text: { } second }) => a.PromptTextLength > 0
                && first.AsSpan(0, a.PromptTextLength).SequenceEqual(second.AsSpan(0, b.PromptTextLength)),
            _ => false,
        };

    private static int SharedTurns(IReadOnlyList<Conversation> candidates)
    {
        if (candidates.Count == 0 || candidates.Any(candidate => candidate.Messages is null))
            return 0;
        var most = candidates.Min(candidate => candidate.Messages!.Count) - 1;
        var shared = 0;
        while (shared < most && candidates.All(candidate => candidate.Messages![shared].Equals(candidates[0].Messages![shared])))
            shared++;
        return shared;
    }
}
