using Assay.Data.Reading;

namespace Assay.Data.Splits;

/// <summary>What <see cref="SplitRun"/> is to do.</summary>
public sealed record SplitRunOptions
{
    /// <summary>The files to split, one or several; several are split as one, their lines counted through. Each is read twice.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Where train.jsonl, eval.jsonl and split.json go (with folds into fold-1, fold-2, …); null writes nothing.</summary>
    public string? OutputDirectory { get; init; }

    public SplitOptions Split { get; init; } = new();

    /// <summary>Benchmarks and other files that must not be trained on.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>How the files are read. The default lets 100 rows be unreadable before it stops.</summary>
    public PairReaderOptions Reading { get; init; } = new() { MaxErrors = PairReaderOptions.UsualMaxErrors };

    /// <summary>Called now and then on the calling thread.</summary>
    public Action<SplitProgress>? Progress { get; init; }
}

/// <summary>How far a split is.</summary>
/// <param name="Doing">What it is doing.</param>
/// <param name="RowCount">Rows of this step done.</param>
/// <param name="BytesRead">Bytes of the files read in this step, 0 when not known.</param>
/// <param name="BytesTotal">Bytes of the files.</param>
public readonly record struct SplitProgress(string Doing, long RowCount, long BytesRead, long BytesTotal);
