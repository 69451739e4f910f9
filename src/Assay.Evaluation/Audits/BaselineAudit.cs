using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// What can be had without understanding, on the same pairs: the data's baselines (<see cref="Assay.Data.Checking.Baselines"/>) beside the
/// model. Intervals are Wilson's at 95 %.
/// </summary>
/// <param name="Pairs">Pairs, at most ten thousand: those with the smallest hashes.</param>
/// <param name="LengthOnly">Choosing by length alone, the direction learned on other prompts.</param>
/// <param name="LengthOnlyInterval">Its interval.</param>
/// <param name="BagOfWords">Logistic regression on which words only one side has, learned on other prompts.</param>
/// <param name="BagOfWordsInterval">Its interval.</param>
/// <param name="Model">The model's accuracy on these pairs, ties half.</param>
/// <param name="ModelInterval">Its interval.</param>
public sealed record BaselineAudit(
    int Pairs,
    double LengthOnly,
    Interval LengthOnlyInterval,
    double BagOfWords,
    Interval BagOfWordsInterval,
    double Model,
    Interval ModelInterval
);
