namespace Assay.Data.Agreement;

/// <summary>One vote with names: the thing judged, who judged it, and what they said.</summary>
public readonly record struct NamedVote(string Unit, string Annotator, string Label);

/// <summary>
/// The model of Dawid and Skene (1979): each annotator has a table of what they say given what is true, fitted with the true labels by
/// expectation-maximisation. Conventions of Crowd-Kit 1.4.2: it starts from vote shares, priors are the mean posteriors, tables are clipped
/// at 1e-10 and normalised over what was observed, and it stops when the evidence lower bound per vote grows by less than a tolerance.
/// </summary>
public sealed record DawidSkene
{
    private const double Smallest = 1e-10;

    private DawidSkene() { }

    /// <summary>Labels in ordinal order; the order of every list by label.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    public required IReadOnlyList<string> Units { get; init; }

    public required IReadOnlyList<string> Annotators { get; init; }

    public required IReadOnlyList<double> Priors { get; init; }

    /// <summary>[units][labels]: the probability that the label is true. Clipped at 1e-10.</summary>
    public required IReadOnlyList<double[]> Posteriors { get; init; }

    /// <summary>
    /// [annotators][said, true]: probability of what is said given what is true. A label an annotator never used has a row of zeros.
    /// </summary>
    public required IReadOnlyList<double[,]> SaidGivenTrue { get; init; }

    /// <summary>The evidence lower bound per vote after each iteration.</summary>
    public required IReadOnlyList<double> EvidencePerVote { get; init; }

    /// <summary>The most probable label of each unit; of equal ones the first.</summary>
    public IEnumerable<string> Decided => Posteriors.Select(posterior => Labels[Array.IndexOf(posterior, posterior.Max())]);

    /// <param name="votes">The votes.</param>
    /// <param name="iterations">At most so many.</param>
    /// <param name="tolerance">It stops when the evidence per vote grows by less.</param>
    /// <param name="weights">How many units a unit stands for that were all voted on alike, by its name; null says one each.</param>
    /// <exception cref="ArgumentException">There is no vote.</exception>
    public static DawidSkene Fit(
        IReadOnlyCollection<NamedVote> votes,
        int iterations = 100,
        double tolerance = 1e-5,
        IReadOnlyDictionary<string, double>? weights = null
    )
    {
        if (votes.Count == 0)
            throw new ArgumentException("there is no vote to fit annotators on", nameof(votes));
        string[] units = Sorted(votes.Select(vote => vote.Unit)),
            annotators = Sorted(votes.Select(vote => vote.Annotator)),
            labels = Sorted(votes.Select(vote => vote.Label));
        (int Unit, int Annotator, int Label)[] coded =
        [
            .. votes.Select(vote =>
                (
                    Array.BinarySearch(units, vote.Unit, StringComparer.Ordinal),
                    Array.BinarySearch(annotators, vote.Annotator, StringComparer.Ordinal),
                    Array.BinarySearch(labels, vote.Label, StringComparer.Ordinal)
                )
            ),
        ];
        double[] unitWeights = [.. units.Select(unit => weights?[unit] ?? 1)];
        var voteCount = coded.Sum(vote => unitWeights[vote.Unit]);
        double[][] posteriors = [.. units.Select(_ => new double[labels.Length])];
        foreach (var vote in coded)
            posteriors[vote.Unit][vote.Label]++;
        foreach (var posterior in posteriors)
            Normalise(posterior);
        var priors = MeanOf(posteriors, unitWeights, labels.Length);
        var tables = TablesOf(coded, posteriors, unitWeights, annotators.Length, labels.Length);
        var evidence = new List<double>();
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            Expect(coded, posteriors, priors, tables);
            priors = MeanOf(posteriors, unitWeights, labels.Length);
            tables = TablesOf(coded, posteriors, unitWeights, annotators.Length, labels.Length);
            evidence.Add(Evidence(coded, posteriors, unitWeights, priors, tables) / voteCount);
            if (evidence.Count > 1 && evidence[^1] - evidence[^2] < tolerance)
                break;
        }
        return new()
        {
            Labels = labels,
            Units = units,
            Annotators = annotators,
            Priors = priors,
            Posteriors = posteriors,
            SaidGivenTrue = tables,
            EvidencePerVote = evidence,
        };
    }

    private static string[] Sorted(IEnumerable<string> names)
    {
        var sorted = names.Distinct().ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static double[] MeanOf(double[][] posteriors, double[] weights, int labels)
    {
        var all = weights.Sum();
        return
        [
            .. Enumerable
                .Range(0, labels)
                .Select(label => posteriors.Zip(weights, (posterior, weight) => weight * posterior[label]).Sum() / all),
        ];
    }

    private static void Normalise(double[] values)
    {
        var sum = values.Sum();
        for (var index = 0; index < values.Length; index++)
            values[index] /= sum;
    }

    private static double[][,] TablesOf(
        (int Unit, int Annotator, int Label)[] votes,
        double[][] posteriors,
        double[] weights,
        int annotators,
        int labels
    )
    {
        double[][,] tables = [.. Enumerable.Range(0, annotators).Select(_ => new double[labels, labels])];
        var used = new bool[annotators, labels];
        foreach (var vote in votes)
        {
            used[vote.Annotator, vote.Label] = true;
            for (var label = 0; label < labels; label++)
                tables[vote.Annotator][vote.Label, label] += weights[vote.Unit] * posteriors[vote.Unit][label];
        }
        for (var annotator = 0; annotator < annotators; annotator++)
        {
            var table = tables[annotator];
            for (var truth = 0; truth < labels; truth++)
            {
                var sum = 0.0;
                for (var said = 0; said < labels; said++)
                    if (used[annotator, said])
                        sum += table[said, truth] = Math.Max(table[said, truth], Smallest);
                for (var said = 0; said < labels; said++)
                    table[said, truth] /= sum;
            }
        }
        return tables;
    }

    private static void Expect((int Unit, int Annotator, int Label)[] votes, double[][] posteriors, double[] priors, double[][,] tables)
    {
        var logs = posteriors.Select(_ => priors.Select(prior => Math.Log(Math.Max(prior, Smallest))).ToArray()).ToArray();
        foreach (var vote in votes)
            for (var label = 0; label < priors.Length; label++)
                logs[vote.Unit][label] += Math.Log(tables[vote.Annotator][vote.Label, label]);
        for (var unit = 0; unit < logs.Length; unit++)
        {
            var largest = logs[unit].Max();
            for (var label = 0; label < priors.Length; label++)
                posteriors[unit][label] = Math.Exp(logs[unit][label] - largest);
            Normalise(posteriors[unit]);
        }
    }

    /// <summary>
    /// Expected log-likelihood plus the posteriors' entropy as Crowd-Kit counts them, since it decides when to stop: the log prior once a
    /// vote, not once a unit, and the posteriors clipped in place for the entropy.
    /// </summary>
    private static double Evidence(
        (int Unit, int Annotator, int Label)[] votes,
        double[][] posteriors,
        double[] weights,
        double[] priors,
        double[][,] tables
    )
    {
        var evidence = 0.0;
        foreach (var vote in votes)
            for (var label = 0; label < priors.Length; label++)
                evidence +=
                    weights[vote.Unit]
                    * posteriors[vote.Unit][label]
                    * (
                        Math.Log(Math.Max(tables[vote.Annotator][vote.Label, label], Smallest))
                        + Math.Log(Math.Max(priors[label], Smallest))
                    );
        foreach (var (posterior, weight) in posteriors.Zip(weights))
        {
            for (var label = 0; label < posterior.Length; label++)
            {
                posterior[label] = Math.Max(posterior[label], Smallest);
                evidence -= weight * posterior[label] * Math.Log(posterior[label]);
            }
        }
        return evidence;
    }
}
