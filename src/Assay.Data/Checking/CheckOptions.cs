using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Checking;

/// <summary>What <see cref="DataChecker"/> is to do.</summary>
public sealed record CheckOptions
{
    /// <summary>The files, in order. All hold text or all hold messages.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Where the row files go; null writes none.</summary>
    public string? OutputDirectory { get; init; }

    public ContractOptions Contract { get; init; } = new();

    /// <summary>Whose tokens <see cref="ContractOptions.Encode"/> gives, for the report.</summary>
    public CheckedModel? Model { get; init; }

    /// <summary>How the files are read. The default lets 100 rows be unreadable before it stops.</summary>
    public PairReaderOptions Reading { get; init; } = new() { MaxErrors = PairReaderOptions.UsualMaxErrors };

    /// <summary>Pairs the baselines are cross-validated on, at most: those with the smallest hashes. 0 leaves the baselines out.</summary>
    public int BaselinePairs { get; init; } = Checking.Baselines.DefaultCapacity;

    /// <summary>Called now and then on the calling thread.</summary>
    public Action<CheckProgress>? Progress { get; init; }
}

/// <summary>How far a check is.</summary>
/// <param name="RowCount">Rows read.</param>
/// <param name="BytesRead">Bytes of the files read, 0 when the container does not say.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
public readonly record struct CheckProgress(long RowCount, long BytesRead, long BytesTotal);
