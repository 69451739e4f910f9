namespace Assay.Evaluation.Evidence;

/// <summary>
/// One line of a training log: figures at an update, under the names they were logged by (<c>loss</c>, <c>grad_norm</c>,
/// <c>eval_accuracy</c>, …).
/// </summary>
public sealed record LogPoint(long Step, IReadOnlyDictionary<string, double> Values);
