namespace Assay.Evaluation.Evidence;

/// <summary>
/// A file that says something measured about one reward model, written by a verb and read by the gate and the report. Each names what was
/// judged and what it was judged on, by hash, so that a verdict can be traced to its rows and evidence of two models cannot be mixed.
/// </summary>
public interface IEvidence
{
    /// <summary>Names the JSON form: <c>assay.eval/1</c>, <c>assay.audit/1</c>, …</summary>
    string Format { get; }

    /// <summary>What was judged.</summary>
    EvidenceSubject Subject { get; }

    /// <summary>The files it was judged on.</summary>
    IReadOnlyList<EvidenceInput> Inputs { get; }

    /// <summary>
    /// The file beside the evidence that holds the digests of its rows (<see cref="Assay.Data.Digests.RowDigests"/>); null where the texts
    /// of some were not at hand.
    /// </summary>
    EvidenceInput? Rows => null;
}
