namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// LLMBar (Zeng et al. 2024; princeton-nlp/LLMBar @ 900616b <c>LLMEvaluator/evaluate.py</c>), in per cent. Each pair is judged in both
/// orders; the winner of the swapped call is turned back to the first order. No verdict is wrong, but two missing verdicts agree. The
/// script's own kappa compares labels that are 1 and 2 with winners that are 1 and 0, so it measures nothing and is not offered.
/// </summary>
public sealed record LlmBar
{
    /// <summary>One pair: the label and both calls' winners, 1 or 2, null without a verdict.</summary>
    public sealed record Row(int Label, int? Winner, int? SwappedWinnerTurnedBack);

    /// <summary>The adversarial subsets.</summary>
    public static IReadOnlyList<string> AdversarialSubsets { get; } = ["Neighbor", "GPTInst", "GPTOut", "Manual"];

    /// <summary>The fifth subset.</summary>
    public const string NaturalSubset = "Natural";

    /// <summary>Rows of each subset.</summary>
    public static IReadOnlyList<(string Name, int Rows)> PublishedRows { get; } =
    [(NaturalSubset, 100), ("Neighbor", 134), ("GPTInst", 92), ("GPTOut", 47), ("Manual", 46)];

    public required double FirstOrderAccuracy { get; init; }

    public required double SwappedAccuracy { get; init; }

    /// <summary>Mean of the two orders.</summary>
    public double AverageAccuracy => (FirstOrderAccuracy + SwappedAccuracy) / 2;

    /// <summary>Pairs right in both orders.</summary>
    public required double BothAccuracy { get; init; }

    /// <summary>Pairs whose two calls agree.</summary>
    public required double PositionalAgreement { get; init; }

    /// <summary>Judges rows.</summary>
    /// <exception cref="EvaluationException">There are no rows, or a label is neither 1 nor 2.</exception>
    public static LlmBar Of(IReadOnlyCollection<Row> rows)
    {
        if (rows.Count == 0)
            throw new EvaluationException("there are no LLMBar rows to score");
        if (rows.FirstOrDefault(row => row.Label is not (1 or 2)) is { } bad)
            throw new EvaluationException($"an LLMBar row has label {bad.Label}, wanted 1 or 2");
        double Share(Func<Row, bool> holds) => 100.0 * rows.Count(holds) / rows.Count;
        return new LlmBar
        {
            FirstOrderAccuracy = Share(row => row.Winner == row.Label),
            SwappedAccuracy = Share(row => row.SwappedWinnerTurnedBack == row.Label),
            BothAccuracy = Share(row => row.Winner == row.Label && row.SwappedWinnerTurnedBack == row.Label),
            PositionalAgreement = Share(row => row.Winner == row.SwappedWinnerTurnedBack),
        };
    }

    /// <summary>
    /// A row of the rating evaluators, from two ratings or scores: the higher wins in both orders. Equal ones name place 2 in each order,
    /// and unreadable ones place 1, so such a row is half right and never agrees.
    /// </summary>
    public static Row OfRatings(double? first, double? second, int label) =>
        first is not { } a || second is not { } b ? new(label, 1, 2) : new(label, a > b ? 1 : 2, b > a ? 2 : 1);

    /// <summary>The benchmark's averages from subset accuracies: over the four adversarial subsets, and over all five.</summary>
    /// <exception cref="EvaluationException">A subset is missing.</exception>
    public static (double Adversarial, double All) Averages(IReadOnlyDictionary<string, double> accuracyBySubset)
    {
        double Of(string subset) =>
            accuracyBySubset.TryGetValue(subset, out var accuracy)
                ? accuracy
                : throw new EvaluationException($"LLMBar subset {subset} is missing: its averages need all five");
        var adversarial = AdversarialSubsets.Select(Of).ToArray();
        return (adversarial.Average(), adversarial.Append(Of(NaturalSubset)).Average());
    }
}
