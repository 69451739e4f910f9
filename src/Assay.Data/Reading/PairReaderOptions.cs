using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>How a data file is read.</summary>
public sealed record PairReaderOptions
{
    /// <summary>The rows' format; null detects it from the first readable row.</summary>
    public PairFormat? Format { get; init; }

    /// <summary>What the user says of fields; null when nothing.</summary>
    public FieldMapping? Fields { get; init; }

    /// <summary>What the command line takes for <see cref="MaxErrors"/> where nothing is said.</summary>
    public const int UsualMaxErrors = 100;

    /// <summary>
    /// How many rows may be unreadable (<see cref="Reasons.IsError"/>) before reading stops with a <see cref="DataFormatException"/>. 0
    /// stops at the first. Rows within the limit are yielded as set aside.
    /// </summary>
    public int MaxErrors { get; init; }

    /// <summary>Longest line read, in bytes. A longer one becomes <see cref="Reason.LineTooLong"/>. Default 64 MiB.</summary>
    public int MaxLineBytes { get; init; } = 64 << 20;

    /// <summary>Rows parsed at once. Default: the machine's cores.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;
}
