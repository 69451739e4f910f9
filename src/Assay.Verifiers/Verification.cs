namespace Assay.Verifiers;

/// <summary>A verifier's verdict.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Extracted">The answer that it took from the text, or why there is none.</param>
public sealed record Verification(Verdict Verdict, string? Extracted = null)
{
    /// <summary>1 for a right answer, else 0: as a reward.</summary>
    public double Score => Verdict == Verdict.Correct ? 1 : 0;
}
