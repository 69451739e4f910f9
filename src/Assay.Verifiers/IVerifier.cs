namespace Assay.Verifiers;

/// <summary>Says by a rule whether an answer is right. Safe for use by several threads.</summary>
public interface IVerifier
{
    /// <summary>What it needs beside the answer.</summary>
    ReferenceKind Needs { get; }

    /// <summary>Judges a completion.</summary>
    /// <param name="completion">The answer's text, whole.</param>
    /// <param name="reference">What it is held against, as the data state it; ignored where nothing is needed.</param>
    /// <exception cref="FormatException">The reference is of no use: it holds no tests, or such as cannot be run.</exception>
    Verification Verify(string completion, string reference);
}
