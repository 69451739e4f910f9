namespace Assay.Data.Agreement;

/// <summary>
/// Votes as a table: a row a unit (the thing that was judged), a column an annotator, some cells without a vote. Categories are numbers;
/// their order and distance count only for the measures that say so.
/// </summary>
public sealed class VoteTable
{
    /// <summary>A cell without a vote.</summary>
    public const int Missing = -1;

    private readonly int[][] _votes;

    private VoteTable(int[][] votes, double[] categories)
    {
        _votes = votes;
        Categories = categories;
        Counts =
        [
            .. votes.Select(unit =>
            {
                var counts = new int[categories.Length];
                foreach (var vote in unit)
                    if (vote != Missing)
                        counts[vote]++;
                return counts;
            }),
        ];
        Weights = [.. Enumerable.Repeat(1.0, votes.Length)];
    }

    private VoteTable(IReadOnlyList<int[]> counts, IReadOnlyList<double> weights, double[] categories)
    {
        _votes = [.. counts.Select(_ => Array.Empty<int>())];
        Categories = categories;
        Counts = counts;
        Weights = weights;
    }

    /// <summary>The values of the categories, rising.</summary>
    public IReadOnlyList<double> Categories { get; }

    public int UnitCount => _votes.Length;

    public int AnnotatorCount => _votes.Length == 0 ? 0 : _votes[0].Length;

    /// <summary>[units][categories]: votes of each category on each unit.</summary>
    public IReadOnlyList<int[]> Counts { get; }

    /// <summary>[units]: how many units each stands for; 1 unless the table is <see cref="OfCounts"/>.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>The index of the category that an annotator chose for a unit, or <see cref="Missing"/>.</summary>
    public int this[int unit, int annotator] => _votes[unit][annotator];

    /// <summary>A table of numbers; NaN is a missing vote.</summary>
    /// <param name="units">[units][annotators], all rows of one length.</param>
    /// <param name="categories">All possible values; null takes those that occur. Measures that divide by the number of categories depend
    /// on it.</param>
    /// <exception cref="ArgumentException">Rows differ in length, or a value is not among the categories.</exception>
    public static VoteTable OfNumbers(IEnumerable<IReadOnlyList<double>> units, IEnumerable<double>? categories = null)
    {
        IReadOnlyList<double>[] rows = [.. units];
        if (rows.Length > 0 && Array.Find(rows, row => row.Count != rows[0].Count) is { } other)
            throw new ArgumentException(
                $"a unit has {other.Count} cells and the first has {rows[0].Count}; every unit needs a cell for each annotator, NaN where there is no vote"
            );
        double[] values = [.. (categories ?? rows.SelectMany(row => row).Where(value => !double.IsNaN(value))).Distinct().Order()];
        return new([.. rows.Select(row => row.Select(value => IndexOf(value, values)).ToArray())], values);
    }

    /// <summary>
    /// A table with an anonymous column a vote: votes per unit that nobody's name is on, in any number. Enough for every measure that does
    /// not ask who voted.
    /// </summary>
    /// <param name="units">Each unit's votes as numbers.</param>
    /// <param name="categories">All possible values; null takes those that occur.</param>
    public static VoteTable OfVotes(IEnumerable<IReadOnlyList<double>> units, IEnumerable<double>? categories = null)
    {
        IReadOnlyList<double>[] rows = [.. units];
        var width = rows.Length == 0 ? 0 : rows.Max(row => row.Count);
        return OfNumbers(
            rows.Select(row => (IReadOnlyList<double>)[.. row, .. Enumerable.Repeat(double.NaN, width - row.Count)]),
            categories
        );
    }

    /// <summary>
    /// A table without columns, for the measures that do not ask who voted: what was said of a unit as counts, and how many units it was
    /// said of, so that the votes on ten million units are a small table.
    /// </summary>
    /// <param name="counts">[units][categories].</param>
    /// <param name="weights">[units]: above 0.</param>
    /// <param name="categories">The values of the categories, rising.</param>
    /// <exception cref="ArgumentException">The lists do not fit together.</exception>
    public static VoteTable OfCounts(IReadOnlyList<int[]> counts, IReadOnlyList<double> weights, IReadOnlyList<double> categories)
    {
        if (weights.Count != counts.Count)
            throw new ArgumentException($"there are {counts.Count} units and {weights.Count} weights", nameof(weights));
        if (counts.FirstOrDefault(unit => unit.Length != categories.Count) is { } other)
            throw new ArgumentException(
                $"a unit has {other.Length} counts, one for each of {categories.Count} categories was wanted",
                nameof(counts)
            );
        return new(counts, weights, [.. categories]);
    }

    /// <summary>The votes for one unit that are there.</summary>
    public IEnumerable<int> Votes(int unit) => _votes[unit].Where(vote => vote != Missing);

    private static int IndexOf(double value, double[] categories)
    {
        if (double.IsNaN(value))
            return Missing;
        var index = Array.BinarySearch(categories, value);
        return index >= 0
            ? index
            : throw new ArgumentException($"the vote {value} is none of the categories {string.Join(", ", categories)}");
    }
}
