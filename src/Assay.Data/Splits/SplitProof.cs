namespace Assay.Data.Splits;

/// <summary>The evidence that nothing is on both sides. Every count was taken on the final sides.</summary>
public sealed record SplitProof
{
    /// <summary>Pairs' rows that were split.</summary>
    public required long Rows { get; init; }

    /// <summary>Groups with a training row, with a held-out row, and with both (0 unless the split is by time).</summary>
    public required long TrainGroups { get; init; }

    public required long HeldoutGroups { get; init; }

    public required long GroupsOnBothSides { get; init; }

    /// <summary>Rows of the largest group: when it is most of the file, the grouping is too coarse.</summary>
    public required long LargestGroupRows { get; init; }

    /// <summary>Overlap before anything was moved or removed.</summary>
    public required OverlapCounts Found { get; init; }

    /// <summary>Overlap that is left: all 0 unless the action was to report only.</summary>
    public required OverlapCounts Left { get; init; }

    /// <summary>
    /// Distinct openings on both sides, case and white space apart; counted also where only prompts were kept together, because in
    /// multi-turn data that is a leak.
    /// </summary>
    public required long OpeningsOnBothSides { get; init; }

    /// <summary>Rows that went from the held-out to the training side.</summary>
    public required IReadOnlyList<long> Moved { get; init; }

    /// <summary>The largest Jaccard similarity of a training to a held-out text that is left, 0..1, and where it is.</summary>
    public required double LargestSimilarity { get; init; }

    public required long LargestSimilarityTrainRow { get; init; }

    public required long LargestSimilarityHeldoutRow { get; init; }

    /// <summary>The probability that a pair of texts exactly at the threshold was looked at.</summary>
    public required double Recall { get; init; }

    /// <summary>SHA-256 in hexadecimal of the line numbers and contents of the rows of a side, see <c>docs/formats.md</c>.</summary>
    public required string TrainHash { get; init; }

    public required string HeldoutHash { get; init; }

    /// <summary>The same over all rows that were split.</summary>
    public required string DataHash { get; init; }

    /// <summary>Rows without the asked key (no annotator, say), grouped by their opening instead.</summary>
    public required long RowsWithoutKey { get; init; }

    /// <summary>Where the pairs of each side come from; null in a record that an earlier version wrote.</summary>
    public ProvenanceSides? Provenance { get; init; }

    /// <summary>What was found of each benchmark, in the order they were named.</summary>
    public IReadOnlyList<BenchmarkOverlap> Benchmarks { get; init; } = [];
}

/// <summary>Training rows that are like a held-out row, each counted once, by the first kind that holds.</summary>
public sealed record OverlapCounts(long ExactPrompt, long NormalizedText, long NearDuplicate)
{
    public long Total => ExactPrompt + NormalizedText + NearDuplicate;
}

/// <summary>What a data file shares with a benchmark.</summary>
/// <param name="File">The benchmark as it was named.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="TooShort">Its rows with a prompt and answers all under 13 words: only equal and near-duplicate prompts can be found for
/// them.</param>
/// <param name="TrainRows">Training rows left that share something with it: 0 unless the action was to report only.</param>
/// <param name="HeldoutRows">Held-out rows that do.</param>
/// <param name="RemovedRows">Rows that were left out of the training side for it.</param>
public sealed record BenchmarkOverlap(string File, long Rows, long TooShort, long TrainRows, long HeldoutRows, long RemovedRows);
