namespace Assay.Verifiers;

/// <summary>What a verifier says of an answer.</summary>
public enum Verdict
{
    Correct,
    Wrong,

    /// <summary>The text states no answer that the verifier recognises.</summary>
    NoAnswer,

    /// <summary>The text states several answers that differ; it is not for the verifier to pick one.</summary>
    Ambiguous,
}
