using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Records;

namespace Assay.Reward.Training;

/// <summary>A usable pair with where it stood.</summary>
/// <param name="Row">The row, as it is set down where the pair is set aside after all.</param>
/// <param name="Pair">The pair.</param>
internal sealed record LoadedPair(NotedRow Row, PreferencePair Pair)
{
    public string File => Row.File;

    /// <summary>The ratings of the one answer that this then is; null for pairs.</summary>
    public IReadOnlyList<double?>? Ratings { get; init; }

    /// <summary>The row with what was found about it.</summary>
    public NotedRow With(Finding finding) => Row with { Findings = [.. Row.Findings, finding] };
}
