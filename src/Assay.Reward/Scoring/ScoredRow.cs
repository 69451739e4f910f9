using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Reward.Scoring;

/// <summary>A row of a file with its scores.</summary>
/// <param name="Line">From 1, counted through several files.</param>
/// <param name="Id">Its own, or null.</param>
/// <param name="Outcomes">Of a conversation one; of a pair the chosen's and the rejected's; of several answers one each, in the row's
/// order. None where the row cannot be read.</param>
/// <param name="Error">Why the row cannot be read, or null.</param>
public sealed record ScoredRow(long Line, string? Id, IReadOnlyList<ScoreOutcome> Outcomes, string? Error)
{
    /// <summary>Enough to sort by length and to share prompts.</summary>
    internal const int RowsAtOnce = 256;

    internal static IEnumerable<Conversation> ConversationsOf(ConversationRow row) =>
        row.Conversation is { } single ? [single]
        : row.Pair is { } pair ? [pair.Chosen, pair.Rejected]
        : row.Candidates ?? [];
}
