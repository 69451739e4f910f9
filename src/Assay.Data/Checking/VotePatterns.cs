using System.Runtime.InteropServices;
using System.Text.Json;
using Assay.Data.Agreement;

namespace Assay.Data.Checking;

/// <summary>
/// How many rows were voted on in which way. Ten million rows of three votes are a few dozen patterns; there are never more than
/// <see cref="MaxPatterns"/>.
/// </summary>
internal sealed class VotePatterns
{
    public const int MaxPatterns = 1 << 16;
    private const int ReportedPatterns = 100;

    /// <summary>0 where it is not known which answer was shown first.</summary>
    private readonly record struct Pattern(int Chosen, int Rejected, int Tie, int Abstain, int ChosenPosition);

    private readonly Dictionary<Pattern, long> _rows = [];

    /// <summary>Rows with a pattern beyond the most that are kept.</summary>
    public long UncountedRowCount { get; private set; }

    /// <param name="counts">Votes by <see cref="Vote"/>.</param>
    /// <param name="chosenPosition">1, 2 or null.</param>
    public void Add(ReadOnlySpan<int> counts, int? chosenPosition)
    {
        var pattern = new Pattern(
            counts[(int)Vote.Chosen],
            counts[(int)Vote.Rejected],
            counts[(int)Vote.Tie],
            counts[(int)Vote.Abstain],
            chosenPosition ?? 0
        );
        ref var rows = ref CollectionsMarshal.GetValueRefOrNullRef(_rows, pattern);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref rows))
            rows++;
        else if (_rows.Count < MaxPatterns)
            _rows.Add(pattern, 1);
        else
            UncountedRowCount++;
    }

    public long ShownOrderRowCount => _rows.Where(entry => entry.Key.ChosenPosition != 0).Sum(entry => entry.Value);

    /// <summary>
    /// The votes in the order in which the answers were shown, a weighted row a pattern; without an order a pattern stands in both, half
    /// each. The categories are 1 first, 2 second and, where somebody said so, 0 tie: nobody can be reckoned to say by chance what nobody
    /// ever said.
    /// </summary>
    public VoteTable InShownOrder()
    {
        var isTie = _rows.Keys.Any(pattern => pattern.Tie > 0);
        var units = new List<int[]>();
        var weights = new List<double>();
        foreach (var ((chosen, rejected, tie, _, position), rows) in _rows)
        {
            if (position != 2)
                Add(chosen, rejected, tie, position == 0 ? rows / 2.0 : rows);
            if (position != 1)
                Add(rejected, chosen, tie, position == 0 ? rows / 2.0 : rows);
        }
        return VoteTable.OfCounts(units, weights, isTie ? [0, 1, 2] : [1, 2]);

        void Add(int first, int second, int tie, double weight)
        {
            units.Add(isTie ? [tie, first, second] : [first, second]);
            weights.Add(weight);
        }
    }

    public IReadOnlyList<VotePattern> MostFrequent(double trainShare) =>
        [
            .. _rows
                .GroupBy(entry => entry.Key with { ChosenPosition = 0 }, entry => entry.Value)
                .Select(group => (Votes: group.Key, Rows: group.Sum()))
                .OrderByDescending(entry => entry.Rows)
                .ThenByDescending(entry => entry.Votes.Chosen)
                .ThenBy(entry => entry.Votes.Rejected)
                .ThenBy(entry => entry.Votes.Tie)
                .ThenBy(entry => entry.Votes.Abstain)
                .Take(ReportedPatterns)
                .Select(entry =>
                {
                    var (chosen, rejected, tie, abstain, _) = entry.Votes;
                    var share = VoteShare.Of(chosen, rejected, chosen + rejected + tie + abstain, trainShare);
                    return new VotePattern(
                        chosen,
                        rejected,
                        tie,
                        abstain,
                        share.Share,
                        JsonNamingPolicy.SnakeCaseLower.ConvertName(share.Status.ToString()),
                        entry.Rows
                    );
                }),
        ];
}
