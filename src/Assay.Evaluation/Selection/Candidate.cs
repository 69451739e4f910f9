using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;

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

/// <summary>How a candidate orders the user's own pairs.</summary>
/// <param name="Figures">Accuracy with its interval.</param>
/// <param name="Inputs">The data: candidates are compared only on the same.</param>
/// <param name="Scores">The pair scores, where they are at hand: then two candidates are compared pair by pair.</param>
public sealed record OwnValidation(PairFigures Figures, IReadOnlyList<EvidenceInput> Inputs, ScoredModel? Scores);

/// <summary>The checkpoint a model was trained from.</summary>
/// <param name="Name">Its folder or hub name, such as <c>Qwen/Qwen3-8B</c>.</param>
/// <param name="Sha256">Of its weight files; empty when not known.</param>
public sealed record ModelBase(string Name, IReadOnlyList<string> Sha256)
{
    /// <summary>
    /// Whether two models come from one checkpoint: by the hashes of the weights where both are known (a folder may be called anything),
    /// else by the last part of the name, in any case.
    /// </summary>
    public bool IsSame(ModelBase other) =>
        Sha256.Count > 0 && other.Sha256.Count > 0
            ? Sha256.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other.Sha256)
            : string.Equals(LastPart(Name), LastPart(other.Name), StringComparison.OrdinalIgnoreCase);

    private static string LastPart(string name)
    {
        var trimmed = name.TrimEnd('/', '\\');
        return trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..];
    }
}
