namespace Assay.Evaluation.RewardBench;

/// <summary>
/// A row of the Ties subset: its id (<c>ref:N</c> with one right answer, <c>tied:N</c> with several), and the scores, those of the right
/// answers first.
/// </summary>
public sealed record TiesRow(string Id, int CorrectCount, IReadOnlyList<double> Scores);
