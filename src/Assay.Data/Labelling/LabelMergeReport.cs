using Assay.Data.Agreement;

namespace Assay.Data.Labelling;

/// <summary>
/// What became of the pairs that were handed out: <see cref="Decided"/> + <see cref="Ties"/> + <see cref="LowAgreement"/> +
/// <see cref="Skipped"/> + <see cref="Unlabelled"/> = <see cref="HandedOut"/>.
/// </summary>
public sealed record LabelMergeReport
{
    public required int HandedOut { get; init; }

    /// <summary>Pairs with a winner.</summary>
    public required int Decided { get; init; }

    /// <summary>Pairs for which no side had more votes than the other.</summary>
    public required int Ties { get; init; }

    /// <summary>Pairs with a leading side, which too few chose.</summary>
    public required int LowAgreement { get; init; }

    /// <summary>Pairs that everybody skipped.</summary>
    public required int Skipped { get; init; }

    /// <summary>Pairs without a label; they are not in the output.</summary>
    public required int Unlabelled { get; init; }

    /// <summary>Labels that were left out because the texts beside them are not the ones handed out: <c>file, line: id</c>.</summary>
    public required IReadOnlyList<string> Edited { get; init; }

    public required IReadOnlyList<AnnotatorLabels> Annotators { get; init; }

    /// <summary>Over pairs with two labels or more that are no skip.</summary>
    public required PairwiseAgreement Agreement { get; init; }

    /// <summary>Krippendorff's alpha over A, B and tie.</summary>
    public required Coefficient Alpha { get; init; }
}

/// <summary>What one annotator said, counted. Sides stand in a random order, so a careful annotator says A about as often as B.</summary>
public sealed record AnnotatorLabels(string Annotator, int A, int B, int Ties, int Skips);
