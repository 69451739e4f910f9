using Assay.Evaluation.OverOptimisation;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Laboratory;

/// <summary>What optimising against proxies came to in worlds whose true reward is known.</summary>
public sealed record LaboratoryReport
{
    public const string FileName = "laboratory.json",
        Kind = "assay.laboratory/1",
        PageName = "laboratory.html";

    public string Format { get; } = Kind;

    public required long Seed { get; init; }

    public required int Prompts { get; init; }

    /// <summary>Answers to each prompt, and the largest n.</summary>
    public required int Answers { get; init; }

    public required IReadOnlyList<LaboratoryWorldReport> Worlds { get; init; }

    /// <summary>Whether each world did what it must.</summary>
    public bool Holds => Worlds.All(world => world.Holds);
}

/// <summary>One world.</summary>
public sealed record LaboratoryWorldReport
{
    public required string World { get; init; }

    public required string Meaning { get; init; }

    public required bool MustTurn { get; init; }

    /// <summary>A proxy for each number of training pairs, smallest first.</summary>
    public required IReadOnlyList<LaboratoryProxy> Proxies { get; init; }

    /// <summary>Rules over several proxies of noisy labels.</summary>
    public required LaboratoryEnsemble Ensemble { get; init; }

    /// <summary>The test that needs no gold.</summary>
    public required TwoHalves Halves { get; init; }

    /// <summary>Where gold must turn, that it does for each proxy under best-of-n; where it must not, that it does for none.</summary>
    public bool Holds => Proxies.All(proxy => proxy.BestOfN.Turns == MustTurn);
}

/// <summary>A proxy and what optimising it came to.</summary>
public sealed record LaboratoryProxy
{
    /// <summary>Pairs that it was trained on.</summary>
    public required int Pairs { get; init; }

    /// <summary>Share of new pairs of training's kind that it orders as they are labelled.</summary>
    public required double HeldOutAccuracy { get; init; }

    /// <summary>Pearson's with gold over the policy's answers, mean over prompts.</summary>
    public required double Correlation { get; init; }

    /// <summary>
    /// Standard deviation of its scores among a prompt's answers, mean over prompts (Razin et al. 2025): what a policy's first steps go by.
    /// </summary>
    public required double Spread { get; init; }

    public required OptimisationCurve BestOfN { get; init; }

    public required OptimisationCurve Policy { get; init; }

    /// <summary>The fitted form put to the test beyond what it was fitted to.</summary>
    public required FormTest? Form { get; init; }
}

/// <summary>Gao et al.'s form, fitted to best-of-n up to some n and asked for the largest.</summary>
/// <param name="FittedTo">The largest n that it was fitted to.</param>
/// <param name="Predicted">Gold's rise at the largest n, by the fit.</param>
/// <param name="Measured">Gold's rise there.</param>
/// <param name="Interval">95 % of what was measured, by resampling prompts.</param>
public sealed record FormTest(long FittedTo, double Predicted, double Measured, Interval Interval)
{
    /// <summary>Whether what it says lies outside of what was measured.</summary>
    public bool Fails => Predicted < Interval.Low || Predicted > Interval.High;
}

/// <summary>Several proxies, trained on the same pairs in another order and drawn anew, with a share of the labels turned.</summary>
public sealed record LaboratoryEnsemble
{
    public required int Pairs { get; init; }

    public required int Members { get; init; }

    /// <summary>Share of labels that were turned.</summary>
    public required double LabelNoise { get; init; }

    /// <summary>λ of mean − λ·variance.</summary>
    public required double UncertaintyPenalty { get; init; }

    /// <summary>Best-of-n by one member, their mean, the worst, mean − λ·variance, and the model of their mean weights.</summary>
    public required IReadOnlyList<OptimisationCurve> Curves { get; init; }

    /// <summary>Of each, gold at the largest n minus the single member's, with its interval over prompts.</summary>
    public required IReadOnlyDictionary<string, MeanOf> Gain { get; init; }
}

/// <summary>A mean with its 95 % interval over prompts.</summary>
public sealed record MeanOf(double Mean, Interval Interval);

/// <summary>
/// Two proxies on halves of the pairs, one optimised, the other watched (Bai et al. 2022): the other's score falls behind where the first
/// one's gain is its own error.
/// </summary>
public sealed record TwoHalves
{
    public required int Pairs { get; init; }

    /// <summary>The first half's score, and as gold the other half's, each in standard deviations over the policy's answers.</summary>
    public required OptimisationCurve Watched { get; init; }

    /// <summary>Share of the first half's gain at the largest n that the other half shows too.</summary>
    public required double Shared { get; init; }

    /// <summary>Whether gold itself turned under the same optimisation.</summary>
    public required bool GoldTurned { get; init; }

    /// <summary>Whether the test says what gold says.</summary>
    public bool Agrees => Watched.Turns == GoldTurned;
}
