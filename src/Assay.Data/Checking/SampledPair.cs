namespace Assay.Data.Checking;

/// <param name="Prompt">The context's hash: what must stay in one fold.</param>
/// <param name="LengthDifference">Characters of chosen minus those of rejected.</param>
/// <param name="Words">Chosen's words minus rejected's.</param>
internal sealed record SampledPair(UInt128 Prompt, int LengthDifference, WordDifference Words);
