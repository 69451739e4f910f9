namespace Assay.Evaluation.FreshPolicy;

/// <summary>How pairs are picked for labelling.</summary>
public sealed record LabelSamplerOptions
{
    public const double DefaultRandomShare = 0.3;
    public const int DefaultPerPrompt = 2;

    /// <summary>How many pairs people can label, 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// Share of <see cref="Count"/> drawn at random, above 0 and at most 1; never less than one pair. With 0 no accuracy could be estimated
    /// from the labels.
    /// </summary>
    public double RandomShare { get; init; } = DefaultRandomShare;

    /// <summary>
    /// Most pairs of one prompt among those picked for a reason. Random ones are not held back: that would bend their probabilities.
    /// </summary>
    public int PerPrompt { get; init; } = DefaultPerPrompt;

    /// <summary>The first model's temperature: P(win) = σ(margin / temperature). Above 0.</summary>
    public double Temperature { get; init; } = 1;

    public long Seed { get; init; }
}
