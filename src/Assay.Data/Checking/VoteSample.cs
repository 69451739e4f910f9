using Assay.Data.Agreement;
using Assay.Data.Reading;

namespace Assay.Data.Checking;

/// <summary>
/// The voted rows with the smallest hashes, in whatever order they come, for what needs to know who said what on which row: Dawid and
/// Skene's model and the kappas of two annotators. Rows of more than <see cref="MaxVotes"/> votes are not taken.
/// </summary>
internal sealed class VoteSample
{
    public const int Capacity = 50_000;
    public const int MaxVotes = 50;
    private const int ReportedRows = 100;
    private const int MinShared = 10;
    private static readonly string[] Labels = ["first", "second", "tie"];

    /// <param name="Votes">All of them, in the row's order.</param>
    /// <param name="ChosenPosition">1, 2 or null.</param>
    /// <param name="HasWinner">The row's label is chosen, not a tie or nothing.</param>
    private sealed record Row(IReadOnlyList<AnnotatorVote> Votes, int? ChosenPosition, bool HasWinner, string File, long Line, int Part);

    private readonly PriorityQueue<Row, UInt128> _rows = new(Comparer<UInt128>.Create((one, other) => other.CompareTo(one)));

    public void Offer(PairRow row, bool hasWinner, UInt128 key)
    {
        if (row.Votes!.Count > MaxVotes)
            return;
        if (_rows.Count == Capacity && _rows.TryPeek(out _, out var largest) && key >= largest)
            return;
        var sampled = new Row(row.Votes, row.ChosenPosition, hasWinner, row.File, row.Line, row.Part);
        if (_rows.Count < Capacity)
            _rows.Enqueue(sampled, key);
        else
            _rows.EnqueueDequeue(sampled, key);
    }

    /// <param name="isNamed">Take the votes that carry a name; else the places of those that carry none.</param>
    public Fit? FitAnnotators(bool isNamed)
    {
        // Rows voted on alike by the same annotators are one unit of the model, with a weight. Without a known order a row stands in both,
        // half each.
        var units = new Dictionary<string, Unit>();
        var rows = new List<(Row Row, string Unit)>();
        foreach (var (row, _) in _rows.UnorderedItems.OrderBy(item => item.Priority))
        {
            (string Annotator, Vote Vote)[] votes = [.. VotesOf(row, isNamed).OrderBy(vote => vote.Annotator, StringComparer.Ordinal)];
            if (votes.Length == 0)
                continue;
            var key = $"{row.ChosenPosition} {string.Join('\u001f', votes.Select(vote => $"{(int)vote.Vote}{vote.Annotator}"))}";
            if (row.ChosenPosition != 2)
                AddUnit(units, key + "/1", votes, 1, row.ChosenPosition is null ? 0.5 : 1);
            if (row.ChosenPosition != 1)
                AddUnit(units, key + "/2", votes, 2, row.ChosenPosition is null ? 0.5 : 1);
            rows.Add((row, key + (row.ChosenPosition == 2 ? "/2" : "/1")));
        }
        if (!units.Values.Any(unit => unit.Votes.Length > 1))
            return null;
        var model = DawidSkene.Fit(
            [.. units.SelectMany(unit => unit.Value.Votes.Select(vote => new NamedVote(unit.Key, vote.Annotator, vote.Label)))],
            weights: units.ToDictionary(unit => unit.Key, unit => unit.Value.Weight)
        );
        return new Fit(Statistics(model, rows), Tables(model), Kappas(units.Values, model.Annotators));
    }

    /// <param name="Statistics">For the report.</param>
    /// <param name="Annotators">Error rate and table of each.</param>
    /// <param name="MeanKappas">Of each who has enough rows in common with another.</param>
    public sealed record Fit(
        DawidSkeneStatistics Statistics,
        IReadOnlyDictionary<
            string,
            (double ErrorRate, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> SaysWhenTrue)
        > Annotators,
        IReadOnlyDictionary<string, double> MeanKappas
    );

    private sealed class Unit((string Annotator, string Label)[] votes)
    {
        public (string Annotator, string Label)[] Votes => votes;

        public double Weight { get; set; }
    }

    private static IEnumerable<(string Annotator, Vote Vote)> VotesOf(Row row, bool isNamed)
    {
        for (var place = 0; place < row.Votes.Count; place++)
            if (
                row.Votes[place].Vote != Vote.Abstain
                && (isNamed ? row.Votes[place].Annotator : AnnotatorStyle.PlaceName(place)) is { } name
            )
                yield return (name, row.Votes[place].Vote);
    }

    private static void AddUnit(
        Dictionary<string, Unit> units,
        string key,
        (string Annotator, Vote Vote)[] votes,
        int chosenPosition,
        double weight
    )
    {
        if (!units.TryGetValue(key, out var unit))
            units.Add(key, unit = new Unit([.. votes.Select(vote => (vote.Annotator, LabelOf(vote.Vote, chosenPosition)))]));
        unit.Weight += weight;
    }

    private static string LabelOf(Vote vote, int chosenPosition) =>
        vote == Vote.Tie ? "tie"
        : vote == Vote.Chosen == (chosenPosition == 1) ? "first"
        : "second";

    private static DawidSkeneStatistics Statistics(DawidSkene model, List<(Row Row, string Unit)> rows)
    {
        var unitIndex = model.Units.Index().ToDictionary(unit => unit.Item, unit => unit.Index);
        var labelIndex = model.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
        var contradicted = new List<ContradictedRow>();
        foreach (var (row, unit) in rows)
        {
            if (!row.HasWinner)
                continue;
            var posterior = model.Posteriors[unitIndex[unit]];
            var most = Array.IndexOf(posterior, posterior.Max());
            var own = LabelOf(Vote.Chosen, row.ChosenPosition ?? 1);
            // A label that nobody ever voted for has no index, and no probability.
            var probability = labelIndex.TryGetValue(own, out var index) ? posterior[index] : 0;
            if (probability == posterior[most])
                continue;
            contradicted.Add(
                new(row.File, row.Line, row.Part, model.Labels[most] == "tie" ? "tie" : "rejected", posterior[most], probability)
            );
        }
        return new(
            rows.Count,
            model.EvidencePerVote.Count,
            model.Labels.Zip(model.Priors).ToDictionary(label => label.First, label => label.Second),
            contradicted.Count,
            [
                .. contradicted
                    .OrderByDescending(row => row.Probability)
                    .ThenBy(row => row.File, StringComparer.Ordinal)
                    .ThenBy(row => row.Line)
                    .Take(ReportedRows),
            ]
        );
    }

    private static Dictionary<string, (double, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>)> Tables(DawidSkene model)
    {
        var tables = new Dictionary<string, (double, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>)>();
        foreach (var (index, annotator) in model.Annotators.Index())
        {
            var said = model.SaidGivenTrue[index];
            var error = 0.0;
            var byTruth = new Dictionary<string, IReadOnlyDictionary<string, double>>();
            foreach (var (truth, label) in model.Labels.Index())
            {
                error += model.Priors[truth] * (1 - said[truth, truth]);
                byTruth[label] = model.Labels.Index().ToDictionary(other => other.Item, other => said[other.Index, truth]);
            }
            tables[annotator] = (error, byTruth);
        }
        return tables;
    }

    /// <summary>
    /// The mean of Cohen's kappa with each other annotator; none for more annotators than names are counted for, whose pairs would be too
    /// many.
    /// </summary>
    private static Dictionary<string, double> Kappas(IEnumerable<Unit> units, IReadOnlyList<string> annotators)
    {
        var kappas = new Dictionary<string, List<double>>();
        if (annotators.Count > CheckStatistics.MaxNames)
            return [];
        var counts = new Dictionary<(string, string), double[,]>();
        foreach (var unit in units)
        {
            for (var first = 0; first < unit.Votes.Length; first++)
            {
                for (var second = first + 1; second < unit.Votes.Length; second++)
                {
                    var (one, other) = (unit.Votes[first], unit.Votes[second]);
                    if (one.Annotator == other.Annotator)
                        continue;
                    if (!counts.TryGetValue((one.Annotator, other.Annotator), out var table))
                        counts.Add((one.Annotator, other.Annotator), table = new double[Labels.Length, Labels.Length]);
                    table[Array.IndexOf(Labels, one.Label), Array.IndexOf(Labels, other.Label)] += unit.Weight;
                }
            }
        }
        foreach (var ((one, other), table) in counts)
        {
            if (table.Cast<double>().Sum() < MinShared || CohenKappa.Of(table).Kappa.Value is not (double kappa and not double.NaN))
                continue;
            foreach (var annotator in (ReadOnlySpan<string>)[one, other])
            {
                if (!kappas.TryGetValue(annotator, out var list))
                    kappas.Add(annotator, list = []);
                list.Add(kappa);
            }
        }
        return kappas.ToDictionary(entry => entry.Key, entry => entry.Value.Average());
    }
}
