namespace Assay.Evaluation.Audits;

/// <summary>A property that holds for every sound scorer whatever it learned: same text, same score.</summary>
/// <param name="Name">Snake case: <c>identical_pair</c>, <c>swap</c>, <c>batch_order</c>, …</param>
/// <param name="Description">What was compared, in a sentence.</param>
/// <param name="Compared">How many scores.</param>
/// <param name="LargestDifference">Largest absolute difference of two scores that must be equal.</param>
/// <param name="Tolerance">What is allowed.</param>
/// <param name="Passed">Whether it held.</param>
public sealed record SelfTestResult(string Name, string Description, int Compared, double LargestDifference, double Tolerance, bool Passed);
