namespace Assay.Evaluation.Selection;

/// <summary>Where a candidate ended, best first.</summary>
public enum CandidateStatus
{
    /// <summary>The one to use.</summary>
    Chosen,

    /// <summary>As good as the best on the own pairs, within noise.</summary>
    AsGood,

    /// <summary>Worse than the best on the own pairs, beyond noise.</summary>
    Worse,

    /// <summary>There is nothing on the own pairs to judge it by.</summary>
    NotValidated,

    /// <summary>Filtered out by the benchmark.</summary>
    Filtered,

    /// <summary>Its gate says that it is not ready.</summary>
    Refused,
}
