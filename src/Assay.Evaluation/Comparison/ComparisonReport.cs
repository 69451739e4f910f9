using System.Text.Json.Serialization;
using Assay.Data.Digests;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Comparison;

/// <summary>
/// <c>compare.json</c>: models ranked by accuracy (ties half) on the pairs all of them scored, and which differences are noise. Rank,
/// accuracy, intervals and raw p-values of two models do not change when a further model is added, unless it lacks some of the pairs;
/// adjusted p-values can only grow.
/// </summary>
public sealed record ComparisonReport
{
    public const string FileName = "compare.json",
        Kind = "assay.compare/1";

    private const long Seed = 1; // the same for every pair of models: a further model changes no draw

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    /// <summary>The file of digests of these pairs; null where the score files do not hold them.</summary>
    public EvidenceInput? Rows { get; init; }

    /// <summary>By which each pair is found again.</summary>
    [JsonIgnore]
    public IReadOnlyList<RowDigest?> Digests { get; private init; } = [];

    /// <summary>Pairs that all models scored.</summary>
    public required int Pairs { get; init; }

    /// <summary>Prompt groups among them.</summary>
    public required int Prompts { get; init; }

    /// <summary>Best first; equal accuracies in the order of their names.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>Every two models, in the order of their ranks.</summary>
    public required IReadOnlyList<ModelDifference> Differences { get; init; }

    /// <summary>Compares models on the pairs they have in common.</summary>
    /// <exception cref="ArgumentException">There are fewer than two models, or two of the same name.</exception>
    /// <exception cref="EvaluationException">The pairs do not fit together: see <see cref="PairedScores.Of"/>.</exception>
    public static ComparisonReport Of(IReadOnlyList<ScoredModel> models)
    {
        if (models.Count < 2 || models.DistinctBy(model => model.Name).Count() < models.Count)
            throw new ArgumentException("wanted two or more models of different names", nameof(models));
        var paired = PairedScores.Of(models);
        var judged = models
            .Select((model, i) => (Index: i, model.Name, Margins: paired.Margins(i), Figures: Figures(paired, i)))
            .OrderByDescending(model => model.Figures.Accuracy)
            .ThenBy(model => model.Name, StringComparer.Ordinal)
            .ToArray();
        var couples = Enumerable
            .Range(0, judged.Length)
            .SelectMany(first =>
                Enumerable.Range(first + 1, judged.Length - first - 1).Select(second => (First: judged[first], Second: judged[second]))
            )
            .ToArray();
        var comparisons = Array.ConvertAll(
            couples,
            couple =>
                ModelComparison.Of(
                    couple.First.Margins,
                    couple.Second.Margins,
                    paired.GroupOf,
                    paired.GroupCount,
                    Seed,
                    Resamples.DefaultCount
                )
        );
        var adjusted = HolmCorrection.Adjust(Array.ConvertAll(comparisons, comparison => comparison.Permutation.PValue));
        ModelDifference[] differences =
        [
            .. couples.Select(
                (couple, i) =>
                    new ModelDifference
                    {
                        First = couple.First.Name,
                        Second = couple.Second.Name,
                        Difference = comparisons[i].Difference,
                        Interval = comparisons[i].DifferenceInterval,
                        McNemar = comparisons[i].McNemar,
                        PermutationPValue = comparisons[i].Permutation.PValue,
                        AdjustedPValue = adjusted[i],
                        Agreement =
                            couple.First.Margins.Zip(couple.Second.Margins).Count(pair => Math.Sign(pair.First) == Math.Sign(pair.Second))
                            / (double)paired.Count,
                    }
            ),
        ];
        var rows = paired.Digests.All(digest => digest is not null) ? RowDigests.Of(paired.Digests.Select(digest => digest!.Value)) : null;
        return new ComparisonReport
        {
            Digests = paired.Digests,
            Pairs = paired.Count,
            Prompts = paired.GroupCount,
            Models =
            [
                .. judged.Select(
                    (model, place) =>
                        new ComparedModel
                        {
                            Rank = 1 + judged.Count(other => other.Figures.Accuracy > model.Figures.Accuracy),
                            Name = model.Name,
                            Scores = models[model.Index].Scores,
                            Fingerprint = models[model.Index].Fingerprint,
                            Pairs = paired.PairCounts[model.Index],
                            Gate = models[model.Index].Gate,
                            TrainedOn = models[model.Index].TrainedOn is { } trained ? rows?.SharedWith(trained).Shared : null,
                            LeftOut = paired.PairCounts[model.Index] - paired.Count,
                            Figures = model.Figures,
                            IntervalByPrompt =
                                paired.GroupCount < 2 ? null : Accuracy(model.Margins, paired).Interval(Seed, Resamples.DefaultCount),
                            // The differences begin with those of the first-ranked model to the others, in their order.
                            IsTiedWithBest = place == 0 || differences[place - 1].IsNoise,
                        }
                ),
            ],
            Differences = differences,
        };
    }

    private static PairFigures Figures(PairedScores paired, int model)
    {
        var figures = new FigureAccumulator();
        var (chosen, rejected) = (paired.Chosen(model), paired.Rejected(model));
        for (var i = 0; i < paired.Count; i++)
            figures.Add(
                new PairScore
                {
                    Row = i,
                    ChosenScore = chosen[i],
                    RejectedScore = rejected[i],
                }
            );
        return figures.Figures();
    }

    private static GroupedRatio Accuracy(double[] margins, PairedScores paired)
    {
        var (credits, counts) = (new double[paired.GroupCount], new double[paired.GroupCount]);
        for (var i = 0; i < margins.Length; i++)
        {
            credits[paired.GroupOf[i]] +=
                margins[i] > 0 ? 1
                : margins[i] == 0 ? 0.5
                : 0;
            counts[paired.GroupOf[i]]++;
        }
        return new(credits, counts);
    }
}
