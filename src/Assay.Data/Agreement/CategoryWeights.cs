namespace Assay.Data.Agreement;

/// <summary>
/// How much two different categories agree: 1 for the same, less for others (Gwet, Handbook of Inter-Rater Reliability, 4th ed., chapter
/// 3).
/// </summary>
public enum CategoryWeights
{
    /// <summary>Different categories do not agree at all.</summary>
    Identity,

    /// <summary>1 − |k − l| / range, by the categories' values.</summary>
    Linear,

    /// <summary>1 − (k − l)² / range².</summary>
    Quadratic,

    /// <summary>By rank: 1 − C(r, 2) / C(R, 2) with r the categories from k to l and R all of them.</summary>
    Ordinal,
}
