namespace Assay.Data.Splits;

/// <summary>Says whether a split record still holds for the data it names.</summary>
public static class SplitVerifier
{
    /// <summary>
    /// Checks that the record lists every usable pair once, that the data and both sides are the ones that were hashed, that the overlap
    /// left is what the record says, and that its own rule gives its lists. A record without options and proof (row lists only) is checked
    /// for groups on both sides, by opening.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="pairs">The usable pairs of the data, in rising order of their rows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static SplitVerification Verify(
        PairSplit record,
        IEnumerable<PreferencePair> pairs,
        CancellationToken cancellationToken = default
    )
    {
        using var splitter = SplitterFor(record);
        foreach (var pair in pairs)
            splitter.Add(splitter.Sketch(pair));
        return Verify(record, splitter, cancellationToken);
    }

    /// <summary>
    /// A splitter with the record's options, to be fed the data and then handed to
    /// <see cref="Verify(PairSplit, PairSplitter, CancellationToken)"/>.
    /// </summary>
    public static PairSplitter SplitterFor(PairSplit record) =>
        new(
            record.Options ?? new SplitOptions { NearDuplicates = OverlapAction.Report },
            [.. (record.Proof?.Benchmarks ?? []).Select(benchmark => new Benchmark(benchmark.File))]
        );

    /// <summary>The same for data that has been added to <see cref="SplitterFor"/>'s splitter.</summary>
    public static SplitVerification Verify(PairSplit record, PairSplitter splitter, CancellationToken cancellationToken = default)
    {
        (var proof, var faults) = splitter.Check(record, cancellationToken);
        return new(proof, faults);
    }
}

/// <summary>What checking a split record found.</summary>
/// <param name="Proof">The proof of the record's sides on today's data.</param>
/// <param name="Faults">What is wrong, one sentence each; none when the record holds.</param>
public sealed record SplitVerification(SplitProof Proof, IReadOnlyList<string> Faults)
{
    public bool Holds => Faults.Count == 0;
}
