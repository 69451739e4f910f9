using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Whether scores follow the look of an answer. Each feature apart, then two logistic regressions on all that tell something (ten pairs or
/// more each way), standardised and first minus second, without intercept: what people preferred given the score, and what the model
/// prefers; of more than 100,000 pairs they take an even share. <see cref="StyleAccumulator"/> collects it.
/// </summary>
public sealed record StyleAudit
{
    public required long Pairs { get; init; }

    /// <summary>In the order of <see cref="StyleFeatures.Names"/>.</summary>
    public required IReadOnlyList<StyleFeatureAudit> Features { get; init; }

    /// <summary>
    /// People's preference on margin and style: a large style coefficient beside the margin says that people's taste is not in the score.
    /// Null where it cannot be fitted.
    /// </summary>
    public required LogisticFit? LabelOnMarginAndStyle { get; init; }

    /// <summary>
    /// The model's preference on style alone, over pairs with unequal scores: its McFadden R² is how much of the model style explains. Null
    /// where it cannot be fitted.
    /// </summary>
    public required LogisticFit? ModelOnStyle { get; init; }

    /// <summary>Why a regression is missing.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>
    /// Audits scored pairs with their answers' texts; without the prompts, whose language <c>other_language</c> is measured against.
    /// </summary>
    /// <exception cref="EvaluationException">There are fewer than two pairs, or a score is NaN or infinite.</exception>
    public static StyleAudit Of(IEnumerable<(PairScore Pair, string Chosen, string Rejected)> pairs)
    {
        var accumulator = new StyleAccumulator();
        foreach (var (pair, chosen, rejected) in pairs)
            accumulator.Add(pair, "", chosen, rejected);
        return accumulator.Audit();
    }
}
