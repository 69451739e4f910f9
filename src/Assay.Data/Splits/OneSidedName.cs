namespace Assay.Data.Splits;

/// <summary>A value of a field of provenance that is on one side of a split only.</summary>
/// <param name="Field">The field.</param>
/// <param name="Name">The value.</param>
/// <param name="Side">Where it is.</param>
/// <param name="PairCount">In how many pairs.</param>
public sealed record OneSidedName(ProvenanceField Field, string Name, SplitSide Side, long PairCount);
