namespace Assay.Judges;

/// <summary>In which orders answers are shown.</summary>
public enum AnswerOrders
{
    /// <summary>Each answer stands at each place equally often: both orders of a pair, N rotations of N answers.</summary>
    All,

    /// <summary>One order, drawn from the seed. Cheaper, and the judge's taste for a place goes into the scores.</summary>
    OneDrawn,
}
