namespace Assay.Data.Splits;

/// <summary>What a data file shares with a benchmark.</summary>
/// <param name="File">The benchmark as it was named.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="TooShort">Its rows with a prompt and answers all under 13 words: only equal and near-duplicate prompts can be found for
/// them.</param>
/// <param name="TrainRows">Training rows left that share something with it: 0 unless the action was to report only.</param>
/// <param name="HeldoutRows">Held-out rows that do.</param>
/// <param name="RemovedRows">Rows that were left out of the training side for it.</param>
public sealed record BenchmarkOverlap(string File, long Rows, long TooShort, long TrainRows, long HeldoutRows, long RemovedRows);
