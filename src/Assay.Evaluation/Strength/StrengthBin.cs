using Assay.Ground.Numerics;

namespace Assay.Evaluation.Strength;

/// <summary>Pairs of like strength: the data in ascending order of strength, cut into parts of equally many pairs.</summary>
public sealed record StrengthBin
{
    public required int Pairs { get; init; }

    /// <summary>The least strength in it.</summary>
    public required double Low { get; init; }

    /// <summary>The greatest.</summary>
    public required double High { get; init; }

    public required double Mean { get; init; }

    /// <summary>Mean spread of its pairs.</summary>
    public required double Spread { get; init; }

    /// <summary>
    /// How far the label holds in it, 0 to 1: by votes, or by the held-out model that took no part in placing the pair. NaN where there is
    /// neither.
    /// </summary>
    public required double Agreement { get; init; }

    /// <summary>Wilson's, 95 %, taking pairs as independent.</summary>
    public required Interval AgreementInterval { get; init; }

    /// <summary>Pairs behind <see cref="Agreement"/>.</summary>
    public required int Judged { get; init; }
}
