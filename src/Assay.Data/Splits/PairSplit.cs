namespace Assay.Data.Splits;

/// <summary>
/// A split of a file, or of several as one: which lines are for training and which are held out, by what rule, and the proof.
/// <see cref="SplitFile"/> reads and writes it.
/// </summary>
public sealed record PairSplit
{
    /// <summary>The data file as it was named; null when the rows came from none or from several.</summary>
    public string? File { get; init; }

    /// <summary>
    /// Where the rows came from several files: each with the lines before it, since lines are counted through. Else empty.
    /// </summary>
    public IReadOnlyList<SplitInput> Inputs { get; init; } = [];

    /// <summary>The rule in words.</summary>
    public required string Rule { get; init; }

    /// <summary>Lines from 1, rising.</summary>
    public required IReadOnlyList<long> Train { get; init; }

    /// <summary>Lines from 1, rising.</summary>
    public required IReadOnlyList<long> Heldout { get; init; }

    /// <summary>Training rows that were left out because of an overlap, rising.</summary>
    public IReadOnlyList<RemovedRow> Removed { get; init; } = [];

    /// <summary>Rows of the file that are no usable pairs, rising.</summary>
    public IReadOnlyList<LeftOutRow> LeftOut { get; init; } = [];

    /// <summary>The row files that were written with the record.</summary>
    public IReadOnlyList<WrittenFile> Files { get; init; } = [];

    /// <summary>How the split was made; null in a record that only lists rows.</summary>
    public SplitOptions? Options { get; init; }

    /// <summary>Null in a record that only lists rows.</summary>
    public SplitProof? Proof { get; init; }

    /// <summary>A split that only lists rows.</summary>
    /// <param name="inputs">The files; one, or several whose lines are counted through.</param>
    /// <param name="rule">See <see cref="Rule"/>.</param>
    /// <param name="train">Lines, in any order; a line may come more than once.</param>
    /// <param name="heldOut">As <paramref name="train"/>.</param>
    public static PairSplit OfRows(IReadOnlyList<SplitInput> inputs, string rule, IEnumerable<long> train, IEnumerable<long> heldOut) =>
        new()
        {
            File = inputs.Count == 1 ? inputs[0].File : null,
            Inputs = inputs.Count == 1 ? [] : inputs,
            Rule = rule,
            Train = [.. train.Distinct().Order()],
            Heldout = [.. heldOut.Distinct().Order()],
        };

    /// <summary>On which side a line is.</summary>
    public SplitSide SideOf(long row) =>
        Holds(Train, line => line, row) ? SplitSide.Train
        : Holds(Heldout, line => line, row) ? SplitSide.Heldout
        : Holds(Removed, removed => removed.Row, row) ? SplitSide.Removed
        : SplitSide.Absent;

    private static bool Holds<T>(IReadOnlyList<T> rows, Func<T, long> lineOf, long row)
    {
        int low = 0,
            high = rows.Count - 1;
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var line = lineOf(rows[middle]);
            if (line == row)
                return true;
            if (line < row)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return false;
    }
}

/// <summary>One of several files of a split.</summary>
/// <param name="File">As it was named.</param>
/// <param name="LinesBefore">What is added to its lines: the lines of the files before it, each up to its last row.</param>
public sealed record SplitInput(string File, long LinesBefore);

/// <summary>A row of the file that is no usable pair and so on no side.</summary>
/// <param name="Row">Its line.</param>
/// <param name="Reason">The code of its gravest finding.</param>
public sealed record LeftOutRow(long Row, string Reason);

/// <summary>A row file a split wrote.</summary>
/// <param name="Name">Its name in the record's folder.</param>
/// <param name="Rows">Its lines.</param>
/// <param name="Sha256">SHA-256 of its bytes in hexadecimal: what <c>sha256sum</c> prints.</param>
public sealed record WrittenFile(string Name, long Rows, string Sha256);

/// <summary>A training row that was left out.</summary>
/// <param name="Row">Its line.</param>
/// <param name="Reason">How it is like the other row.</param>
/// <param name="Like">The line of a row it is like.</param>
/// <param name="Benchmark">The benchmark file <paramref name="Like"/> counts in; null when it is a held-out row of the same file.</param>
/// <param name="Similarity">Jaccard similarity of word 5-grams, 0..1; 1 for equal texts; null where it was not measured.</param>
public sealed record RemovedRow(long Row, OverlapKind Reason, long Like, string? Benchmark, double? Similarity);
