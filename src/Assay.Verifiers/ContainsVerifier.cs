namespace Assay.Verifiers;

/// <summary>
/// Whether the reference's answer stands anywhere in the text. There to be compared with: nearly every attack gets past it.
/// </summary>
public sealed class ContainsVerifier : IVerifier
{
    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Answer;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        var expected = MathVerifier.Of(reference).Trim();
        return expected.Length > 0 && completion.Contains(expected, StringComparison.OrdinalIgnoreCase)
            ? new Verification(Verdict.Correct, expected)
            : new Verification(Verdict.Wrong);
    }
}
