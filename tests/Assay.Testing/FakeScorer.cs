using Assay.Data;

namespace Assay.Testing;

/// <summary>
/// An <see cref="IScorer"/> that scores, or refuses, by a function, so that what judges scores is tested without a model.
/// </summary>
public sealed class FakeScorer(Func<Conversation, ScoreOutcome> score) : IScorer
{
    /// <summary>One that refuses nothing.</summary>
    public FakeScorer(Func<Conversation, float> score)
        : this(conversation => (ScoreOutcome)score(conversation)) { }

    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default) =>
        [.. conversations.Select(score)];
}
