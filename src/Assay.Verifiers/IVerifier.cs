namespace Assay.Verifiers;

/// <summary>Says by a rule whether an answer is right. Safe for use by several threads.</summary>
public interface IVerifier
{
    /// <summary>Whether a reference answer is needed.</summary>
    bool NeedsReference { get; }

    /// <summary>Judges a completion.</summary>
    /// <param name="completion">The answer's text, whole.</param>
    /// <param name="reference">The right answer, as the data states it; ignored where none is needed.</param>
    Verification Verify(string completion, string reference);
}
