namespace Assay.Verifiers;

/// <summary>What a verifier holds an answer against.</summary>
public enum ReferenceKind
{
    /// <summary>Nothing: the rule is all.</summary>
    None,

    /// <summary>The right answer.</summary>
    Answer,

    /// <summary>Tests: the row that has them, as a JSON object.</summary>
    Tests,
}
