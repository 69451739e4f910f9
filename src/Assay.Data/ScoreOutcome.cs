using Assay.Data.Contract;

namespace Assay.Data;

/// <summary>
/// What a scorer makes of one conversation: a raw score, or a refusal. A refusal is an answer, not an error: whoever asked sets the row
/// aside and counts it by its code.
/// </summary>
public readonly record struct ScoreOutcome
{
    private readonly float _score;

    private ScoreOutcome(float score, Refusal? refusal) => (_score, Refusal) = (score, refusal);

    /// <summary>Why there is no score; null where there is one.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The raw logit, no activation. It may be NaN or infinite: a model can be broken.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public float Score =>
        Refusal is null ? _score : throw new InvalidOperationException($"there is no score: {Refusal.Code}: {Refusal.Detail}");

    /// <summary>
    /// The scores of an ensemble's members, of which <see cref="Score"/> was made; null where one model with one head gave it.
    /// </summary>
    public IReadOnlyList<float>? Members { get; init; }

    /// <summary>
    /// What a composite reward was made of, by the names of its components: their raw values; of a model of ratings the ratings. Null where
    /// there is nothing but the score.
    /// </summary>
    public IReadOnlyDictionary<string, float>? Components { get; init; }

    /// <summary>Why it is of no use, with its code first: refused, or no finite number; null for a score.</summary>
    public string? Problem =>
        Refusal is { } refusal ? $"{refusal.Code}: {refusal.Detail}"
        : float.IsFinite(_score) ? null
        : $"score_not_finite: the model gave {_score}";

    public static implicit operator ScoreOutcome(float score) => new(score, null);

    public static implicit operator ScoreOutcome(Refusal refusal) => new(0, refusal);
}

/// <summary>Why a conversation has no score: by what it is counted, and what was found.</summary>
/// <param name="Code">A code of <see cref="Reasons"/>, or the scorer's own, such as <c>endpoint_refused</c>.</param>
/// <param name="Detail">What was found and what was wanted, in words.</param>
public sealed record Refusal(string Code, string Detail);
