namespace Assay.Evaluation.Evidence;

/// <summary>That texts longer than the model reads were cut, and how many rows that concerns.</summary>
/// <param name="Side">Where they were cut: <c>right</c>.</param>
/// <param name="MaxLength">Tokens that were left.</param>
/// <param name="Rows">Rows of which an answer, with its prompt, was cut.</param>
/// <param name="Share">Of all rows, 0..1.</param>
public sealed record TruncationRecord(string Side, int MaxLength, int Rows, double Share);
