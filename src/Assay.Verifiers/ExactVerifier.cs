namespace Assay.Verifiers;

/// <summary>The whole text, without blanks around it, is the reference, letter for letter.</summary>
public sealed class ExactVerifier : IVerifier
{
    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Answer;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference) =>
        completion.Trim() is { Length: > 0 } stated
            ? new Verification(stated == reference.Trim() ? Verdict.Correct : Verdict.Wrong, stated)
            : new Verification(Verdict.NoAnswer);
}
