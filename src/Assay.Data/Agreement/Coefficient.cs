namespace Assay.Data.Agreement;

/// <summary>
/// A chance-corrected agreement: (observed − chance) / (1 − chance). 1 is full agreement, 0 that of chance, below 0 less.
/// </summary>
public sealed record Coefficient
{
    /// <summary>NaN when the votes do not define it, and <see cref="Undefined"/> says why.</summary>
    public required double Value { get; init; }

    /// <summary>Agreement that was seen, 0..1.</summary>
    public double Observed { get; init; } = double.NaN;

    /// <summary>Agreement that chance would give by this coefficient's model, 0..1.</summary>
    public double Chance { get; init; } = double.NaN;

    /// <summary>Standard error over units; NaN where there is none.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>The 95 % interval's ends.</summary>
    public double Low { get; init; } = double.NaN;

    public double High { get; init; } = double.NaN;

    /// <summary>Why there is no value, or null.</summary>
    public string? Undefined { get; init; }

    internal static Coefficient None(string why) => new() { Value = double.NaN, Undefined = why };
}
