using Assay.Verifiers.Math;

namespace Assay.Verifiers;

/// <summary>
/// Final answers of mathematics: numbers by their exact value (1/2, 0.5, \frac{1}{2}, 50 %), with or without unit, thousands and currency
/// signs; sets in any order, points and intervals in theirs; else words. The answer is where <see cref="FinalAnswer"/> finds it; a
/// reference may be a whole solution or the bare answer.
/// </summary>
public sealed class MathVerifier : IVerifier
{
    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Answer;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        var stated = FinalAnswer.All(completion);
        if (stated.Count == 0)
            return new Verification(Verdict.NoAnswer);
        MathValue[] values = [.. stated.Select(MathParser.Parse)];
        if (values.Any(value => !MathValue.Same(value, values[^1])))
            return new Verification(Verdict.Ambiguous, string.Join(" | ", stated));
        return new Verification(MathValue.Same(values[^1], MathParser.Parse(Of(reference))) ? Verdict.Correct : Verdict.Wrong, stated[^1]);
    }

    /// <summary>The answer of a reference: where it states one as a solution does, else all of it.</summary>
    internal static string Of(string reference) => FinalAnswer.All(reference) is { Count: > 0 } stated ? stated[^1] : reference;
}
