using System.Text.Json.Serialization;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.RewardBench;

/// <summary>
/// RewardBench v1 as published: a row is right if chosen scores strictly higher (a tie is wrong, NaN is wrong), a section is the weighted
/// mean of its subsets, Prior Sets are the plain mean of four outside sets, and the overall score weighs the sections 2 and Prior Sets 1.
/// Source: allenai/reward-bench @ 05a9005, <c>scripts/run_rm.py</c>, <c>rewardbench/utils.py</c>, <c>analysis/get_benchmark_results.py</c>.
/// </summary>
public sealed record RewardBenchV1
{
    /// <summary>The scoring's name: the weights as they are since September 2024.</summary>
    public const string ScoringRevision = "rb1-2024-09";

    private const double SectionWeight = 2,
        PriorWeight = 1;

    /// <summary>See <see cref="ScoringRevision"/>.</summary>
    public string Revision => ScoringRevision;

    /// <summary>In the order of the tables; subsets without rows are left out.</summary>
    public required IReadOnlyList<SubsetResult> Subsets { get; init; }

    /// <summary>Section scores; 0 for a section without any row, as published.</summary>
    public required IReadOnlyDictionary<string, double> Sections { get; init; }

    /// <summary>Mean of the prior sets given; NaN without any.</summary>
    public required double PriorSets { get; init; }

    /// <summary>The leaderboard's score; NaN while a section has no row.</summary>
    public required double Overall { get; init; }

    /// <summary>Right rows over all rows: what the package's command line calls accuracy.</summary>
    public required double MicroAccuracy { get; init; }

    /// <summary>Subsets that are missing or have another number of rows than published: the figures are then not comparable.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The row rule.</summary>
    public static bool IsCorrect(double chosenScore, double rejectedScore) => chosenScore > rejectedScore;

    /// <summary>Judges scored rows.</summary>
    /// <exception cref="EvaluationException">There are no rows, or a subset is not one of the benchmark's.</exception>
    public static RewardBenchV1 Of(
        IEnumerable<(string Subset, double ChosenScore, double RejectedScore)> rows,
        IReadOnlyDictionary<string, double>? priorSetAccuracies = null
    )
    {
        var counts = new Dictionary<string, (int Rows, int Correct, int Ties)>(StringComparer.Ordinal);
        foreach (var (subset, chosen, rejected) in rows)
        {
            if (!RewardBenchTables.Weights.ContainsKey(subset))
                throw new EvaluationException(
                    $"'{subset}' is no subset of RewardBench v1 (names are case sensitive, such as llmbar-adver-GPTInst); wanted one of {string.Join(", ", RewardBenchTables.Weights.Keys)}"
                );
            var (rowCount, correct, ties) = counts.GetValueOrDefault(subset);
            counts[subset] = (rowCount + 1, correct + (IsCorrect(chosen, rejected) ? 1 : 0), ties + (chosen == rejected ? 1 : 0));
        }
        if (counts.Count == 0)
            throw new EvaluationException("there are no rows to score");
        SubsetResult[] subsets =
        [
            .. RewardBenchTables
                .Sections.SelectMany(section => section.Subsets)
                .Where(counts.ContainsKey)
                .Select(subset => new SubsetResult(subset, counts[subset].Rows, counts[subset].Correct, counts[subset].Ties)),
        ];
        var scores = subsets.ToDictionary(subset => subset.Subset, subset => subset.Accuracy);
        var prior = priorSetAccuracies is null ? double.NaN : PriorSetScore(priorSetAccuracies);
        return new RewardBenchV1
        {
            Subsets = subsets,
            Sections = SectionScores(scores),
            PriorSets = prior,
            Overall = RewardBenchTables.Sections.All(section => section.Subsets.Any(scores.ContainsKey))
                ? OverallScore(scores, prior)
                : double.NaN,
            MicroAccuracy = (double)subsets.Sum(subset => subset.Correct) / subsets.Sum(subset => subset.Rows),
            Warnings =
            [
                .. RewardBenchTables
                    .Weights.Keys.Where(subset => counts.GetValueOrDefault(subset).Rows != RewardBenchTables.RowCount(subset))
                    .Select(subset =>
                        $"{subset}: {counts.GetValueOrDefault(subset).Rows} rows, published are {RewardBenchTables.RowCount(subset)}"
                    ),
            ],
        };
    }

    /// <summary>
    /// Section scores from subset scores. Absent subsets leave numerator and denominator, a section with none is 0, names that are no
    /// subsets are passed over.
    /// </summary>
    public static IReadOnlyDictionary<string, double> SectionScores(IReadOnlyDictionary<string, double> subsetScores)
    {
        var sections = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (section, subsets) in RewardBenchTables.Sections)
        {
            double sum = 0,
                weight = 0;
            foreach (var subset in subsets)
            {
                if (!subsetScores.TryGetValue(subset, out var score))
                    continue;
                sum += RewardBenchTables.Weights[subset] * score;
                weight += RewardBenchTables.Weights[subset];
            }
            sections[section] = weight == 0 ? 0 : sum / weight;
        }
        return sections;
    }

    /// <summary>Plain mean of those of the four prior sets that are there and not NaN; NaN without any.</summary>
    public static double PriorSetScore(IReadOnlyDictionary<string, double> accuracies) =>
        RewardBenchTables
            .PriorSets.Where(accuracies.ContainsKey)
            .Select(set => accuracies[set])
            .Where(accuracy => !double.IsNaN(accuracy))
            .DefaultIfEmpty(double.NaN)
            .Average();

    /// <summary>Weighted mean of the sections (2 each) and Prior Sets (1); an entry that is NaN falls out with its weight.</summary>
    /// <exception cref="EvaluationException">A section has no subset at all: its 0 would not be a score.</exception>
    public static double OverallScore(IReadOnlyDictionary<string, double> subsetScores, double priorSetScore)
    {
        foreach (var (section, subsets) in RewardBenchTables.Sections)
        {
            if (!subsets.Any(subsetScores.ContainsKey))
                throw new EvaluationException($"section {section} has no subset: an overall score needs every section");
        }
        double sum = 0,
            weight = 0;
        foreach (
            var (score, share) in SectionScores(subsetScores)
                .Values.Select(score => (score, SectionWeight))
                .Append((priorSetScore, PriorWeight))
        )
        {
            if (!double.IsNaN(score))
                (sum, weight) = (sum + share * score, weight + share);
        }
        return sum / weight;
    }
}

/// <summary>
/// One subset: its rows, the right ones (strictly higher chosen score), ties (which are wrong, and explain differences to other tie rules),
/// and the share right.
/// </summary>
public sealed record SubsetResult(string Subset, int Rows, int Correct, int Ties)
{
    /// <summary>Right rows over rows.</summary>
    public double Accuracy => (double)Correct / Rows;

    /// <summary>95 % Wilson interval.</summary>
    [JsonIgnore]
    public Interval Interval => ProportionInterval.Wilson(Correct, Rows);
}
