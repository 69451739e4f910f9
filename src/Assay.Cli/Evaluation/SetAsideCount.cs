using Assay.Data.Records;

namespace Assay.Cli.Evaluation;

/// <summary>Rows that took no part, counted by reason code.</summary>
internal sealed class SetAsideCount
{
    private readonly SortedDictionary<string, long> _byReason = new(StringComparer.Ordinal);

    private const int MostSaid = 3;

    private readonly List<string> _firstUnreadable = [];

    public long Total => _byReason.Values.Sum();

    public void Add(string reason, long rows = 1) => _byReason[reason] = _byReason.GetValueOrDefault(reason) + rows;

    /// <summary>Counts a row, and keeps it where somebody writes it down.</summary>
    public void Add(SetAsideRow row)
    {
        Add(row.Reason);
        Rows?.Enqueue(row, (row.Row, row.Part));
    }

    /// <summary>Rows at which the file is wrong; they are among the others too.</summary>
    public long Unreadable { get; private set; }

    public void AddUnreadable(string description)
    {
        Unreadable++;
        if (_firstUnreadable.Count < MostSaid)
            _firstUnreadable.Add(description);
    }

    /// <summary>
    /// The exit code of a verb that went on without unreadable rows: it says them, and 2, whatever it found of the others.
    /// </summary>
    public int CodeOf(int code)
    {
        foreach (var description in _firstUnreadable)
            Terminal.Error($"assay: {description}");
        if (Unreadable > _firstUnreadable.Count)
            Terminal.Error($"assay: and {Unreadable - _firstUnreadable.Count} more unreadable rows, all set aside");
        return Unreadable > 0 ? ExitCode.BadInput : code;
    }

    /// <summary>
    /// The rows, earlier ones first, taken out by who writes them; null keeps none. What the contract sets aside is found before what a
    /// scorer refuses of the rows before it.
    /// </summary>
    public PriorityQueue<SetAsideRow, (long Row, int Part)>? Rows { get; set; }

    public IReadOnlyDictionary<string, long> ByReason => _byReason;

    /// <summary><c>over_length 2, tie_or_abstention 5</c>.</summary>
    public override string ToString() => string.Join(", ", _byReason.Select(entry => $"{entry.Key} {entry.Value}"));
}

/// <summary>A row of the data that got no score: the error line of a score file.</summary>
/// <param name="Row">Line of the data, from 1.</param>
/// <param name="Part">Which of the row's pairs, from 0.</param>
/// <param name="Id">The row's own id, if it has one.</param>
/// <param name="Reason">The code it is counted by.</param>
internal sealed record SetAsideRow(long Row, int Part, string? Id, string Reason)
{
    public ScoreLine Line =>
        new()
        {
            Row = Row,
            Id = Id,
            Error = Reason,
        };
}
