using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Gates;

namespace Assay.Evaluation.Selection;

/// <summary>A reward model one might use, and what is known of it.</summary>
public sealed record Candidate
{
    /// <summary>Unique among the candidates.</summary>
    public required string Name { get; init; }

    /// <summary>Results of benchmarks, at most one of a kind.</summary>
    public IReadOnlyList<BenchmarkReport> Benchmarks { get; init; } = [];

    /// <summary>What it was trained from; null when not known.</summary>
    public ModelBase? Base { get; init; }

    /// <summary>What its gate said; null without a verdict. One that is not ready is refused.</summary>
    public KnownVerdict? Gate { get; init; }

    /// <summary>On pairs that the user's current policy wrote (<c>fresh.json</c>); the human-reviewed ones where there are any.</summary>
    public OwnValidation? Fresh { get; init; }

    /// <summary>On a static set of the user's own (<c>eval.json</c>).</summary>
    public OwnValidation? Static { get; init; }
}
