using Assay.Data.Records;

namespace Assay.Cli.Evaluation;

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
