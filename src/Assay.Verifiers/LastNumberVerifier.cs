using Assay.Verifiers.Math;

namespace Assay.Verifiers;

/// <summary>
/// The last number of the text, whatever stands around it, against the reference's. Common, and easy to game: a text that lists guesses is
/// right with its last one.
/// </summary>
public sealed class LastNumberVerifier : IVerifier
{
    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Answer;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        if (FinalAnswer.LastNumber(completion) is not { } last)
            return new Verification(Verdict.NoAnswer);
        var expected = MathVerifier.Of(reference);
        return new Verification(
            MathValue.Same(MathParser.Parse(last), MathParser.Parse(FinalAnswer.LastNumber(expected) ?? expected))
                ? Verdict.Correct
                : Verdict.Wrong,
            last
        );
    }
}
