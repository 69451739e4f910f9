using Assay.Evaluation.Calibration;

namespace Assay.Evaluation.Composites;

/// <summary>One part of a composite reward: a model or a rule, and what becomes of its value.</summary>
public sealed record CompositeComponent
{
    /// <summary>By which it is named in answers and lines.</summary>
    public required string Name { get; init; }

    /// <summary>A model's folder, as an absolute path; null for a rule.</summary>
    public string? Model { get; init; }

    /// <summary>A rule's name, as <c>assay verify --using</c> has it; null for a model.</summary>
    public string? Rule { get; init; }

    /// <summary>The rule's regular expression, for <c>pattern</c>.</summary>
    public string? Pattern { get; init; }

    /// <summary>The rule's schema, an absolute path, for <c>json-schema</c>.</summary>
    public string? Schema { get; init; }

    /// <summary>What the value is turned into before it is clipped and weighted.</summary>
    public ComponentScale Scale { get; init; }

    /// <summary>The least and the largest value after scaling; null for no limit.</summary>
    public (double Low, double High)? Clip { get; init; }

    /// <summary>Finite, not 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Where the file names it, for messages.</summary>
    public string Where { get; init; } = "";

    /// <summary>What it adds to the reward.</summary>
    /// <param name="raw">The model's raw score, or the rule's 1 or 0.</param>
    /// <param name="reference">The model's reference scores; not null where <see cref="Scale"/> needs them.</param>
    public double Part(double raw, ReferenceScores? reference)
    {
        var scaled = Scale switch
        {
            ComponentScale.Raw => raw,
            ComponentScale.Centred => raw - reference!.Mean,
            ComponentScale.Standardised => reference!.Standardise(raw),
            _ => reference!.PercentileOf(raw) / 100,
        };
        return Weight * (Clip is var (low, high) ? Math.Clamp(scaled, low, high) : scaled);
    }
}

/// <summary>What a component's value is turned into.</summary>
public enum ComponentScale
{
    /// <summary>Nothing.</summary>
    Raw,

    /// <summary>Less the mean of the model's reference scores.</summary>
    Centred,

    /// <summary>And divided by their standard deviation.</summary>
    Standardised,

    /// <summary>The share of the reference scores below it, 0 to 1.</summary>
    Percentile,
}
