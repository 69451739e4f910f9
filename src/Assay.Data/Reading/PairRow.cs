using Assay.Data.Contract;
using Assay.Data.Records;

namespace Assay.Data.Reading;

/// <summary>
/// One thing read from a data file: a pair, or a row that is none. A row with more than two candidates gives several, in <see cref="Part"/>
/// order; every row gives at least one, so counting these loses nothing.
/// </summary>
public sealed record PairRow
{
    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Line from 1 (for a row over several lines its first; for Parquet the row's number).</summary>
    public required long Line { get; init; }

    public int Part { get; init; }

    /// <summary>How many parts the row gave.</summary>
    public int PartCount { get; init; } = 1;

    /// <summary>
    /// The pair; null when the row could not be read as one. A row that is set aside may still have it (a tie, say), so that it can be
    /// shown.
    /// </summary>
    public PreferencePair? Pair { get; init; }

    /// <summary>The row's own <c>id</c>; there even when the pair is not.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// The row's candidates as whole conversations, in its order, where it holds several without a chosen and a rejected one.
    /// </summary>
    internal IReadOnlyList<Conversation>? Candidates { get; init; }

    /// <summary>Where the row says it comes from, else the file's name; there even when the pair is not.</summary>
    public string? Source { get; init; }

    /// <summary>The row's votes as far as they could be read; there even when the pair is not.</summary>
    public IReadOnlyList<AnnotatorVote>? Votes { get; init; }

    /// <summary>
    /// 1 or 2: the place at which the winner of <see cref="Votes"/> was shown, where the row says it; there even when the pair is not.
    /// </summary>
    public int? ChosenPosition { get; init; }

    /// <summary>Everything found, in no particular order; empty for a fine row.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The row's bytes, on one line without its line feed; only the beginning of a line that was too long.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>Where the gravest finding sends the row.</summary>
    public RowStatus Status => StatusWith(Findings);

    /// <summary>Where the gravest of these findings sends the row.</summary>
    internal RowStatus StatusWith(IReadOnlyList<Finding> findings)
    {
        var status = Pair is null ? RowStatus.Quarantine : RowStatus.Kept;
        foreach (var finding in findings)
            status = (RowStatus)Math.Max((int)status, (int)finding.Reason.Status());
        return status;
    }

    /// <summary>Of the gravest findings the first in the contract's order: by this reason a row that is left out is counted.</summary>
    /// <exception cref="InvalidOperationException">Nothing was found.</exception>
    public Reason GravestReason => Findings.MaxBy(finding => (finding.Reason.Status(), -(int)finding.Reason))!.Reason;

    /// <summary>The file is wrong at this row, see <see cref="Reasons.IsError"/>.</summary>
    public bool IsError
    {
        get
        {
            foreach (var finding in Findings)
                if (finding.Reason.IsError())
                    return true;
            return false;
        }
    }

    /// <summary>
    /// There is a pair, no finding sends the row to quarantine, and all of its context was read: without it the pair is another one, which
    /// nobody judged.
    /// </summary>
    public bool IsUsable
    {
        get
        {
            if (Status == RowStatus.Quarantine)
                return false;
            foreach (var finding in Findings)
                if (finding.Reason == Reason.UnreadContext)
                    return false;
            return true;
        }
    }

    /// <summary>As <see cref="IsUsable"/> but for the winner: a tie, with nothing else against it that would keep a pair out.</summary>
    public bool IsUsableTie =>
        Pair is { IsTie: true }
        && (this with { Findings = [.. Findings.Where(finding => finding.Reason != Reason.TieOrAbstention)] }).IsUsable;

    /// <summary><c>file:line:column: code: detail; …</c>, for messages.</summary>
    public string Describe() => new NotedRow(File, Line, Findings, Raw).Describe();
}
