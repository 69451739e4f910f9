using System.Globalization;

namespace Assay.Data.Splits;

/// <summary>
/// Divides pairs into folds for cross-fitting. Pairs whose openings have the same normal form are in one fold
/// (<see cref="GroupBy.Opening"/>: so prompts stay together, and conversations of which one begins another). Which group is in which fold
/// depends on texts and seed alone, not on the order of the rows.
/// </summary>
public sealed record PromptFolds
{
    private PromptFolds() { }

    /// <summary>The fold of each pair, from 0, in the order of the pairs.</summary>
    public required IReadOnlyList<int> Folds { get; init; }

    /// <summary>Different groups.</summary>
    public required int Groups { get; init; }

    /// <summary>Folds of nearly as many pairs each: the largest groups are dealt first, each to the fold that has fewest pairs.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="seed">Another seed deals the groups otherwise.</param>
    /// <exception cref="SplitException">There are fewer groups than folds.</exception>
    public static PromptFolds Of(IReadOnlyList<PreferencePair> pairs, int folds, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var groups = pairs
            .Select((pair, index) => (Key: PairSketch.NormalOf(PairSketch.Opening(pair)), index))
            .GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(group =>
                (
                    Members: group.Select(entry => entry.index).ToArray(),
                    Place: PairSketch.HashOf(string.Create(CultureInfo.InvariantCulture, $"{seed}:{group.Key}"))
                )
            )
            .OrderByDescending(group => group.Members.Length)
            .ThenBy(group => group.Place)
            .ToList();
        if (groups.Count < folds)
            throw new SplitException(
                $"{folds} folds need {folds} prompts or more, and {pairs.Count} usable pairs have {groups.Count}: a prompt's pairs stay together. Give more data, or {(groups.Count < 2 ? "none of this works with one prompt" : $"{groups.Count} folds or fewer")}"
            );
        var sizes = new int[folds];
        var foldOf = new int[pairs.Count];
        foreach (var (members, _) in groups)
        {
            var fold = Array.IndexOf(sizes, sizes.Min());
            sizes[fold] += members.Length;
            foreach (var member in members)
                foldOf[member] = fold;
        }
        return new PromptFolds { Folds = foldOf, Groups = groups.Count };
    }
}
