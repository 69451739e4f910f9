using Assay.Data;
using Assay.Evaluation.Calibration;

namespace Assay.Evaluation.Composites;

/// <summary>
/// Scores by several models and rules: the sum over components of weight × clip(scale(value)). A conversation that a component refuses is
/// refused.
/// </summary>
public sealed class CompositeScorer : IScorer, IDisposable
{
    private readonly IReadOnlyList<(CompositeComponent Component, IScorer Scorer, ReferenceScores? Reference)> _parts;

    /// <param name="parts">The components with what gives their values, and a model's reference scores where there are some. The scorer
    /// disposes what can be.</param>
    /// <exception cref="EvaluationException">A component wants reference scores, and there are none.</exception>
    public CompositeScorer(IReadOnlyList<(CompositeComponent Component, IScorer Scorer, ReferenceScores? Reference)> parts)
    {
        _parts = parts;
        foreach (var (component, _, reference) in parts)
        {
            if (component.Scale != ComponentScale.Raw && reference is null)
                throw new EvaluationException(
                    $"{component.Where}: {component.Name} has scale {component.Scale.ToString().ToLowerInvariant()}, and its model has no reference scores: make them with assay eval --model {component.Model} --data … --store-reference"
                );
        }
        Variance = new VarianceShares([.. parts.Select(part => part.Component.Name)]);
    }

    /// <summary>The components with what gives their values, in the file's order.</summary>
    public IReadOnlyList<(CompositeComponent Component, IScorer Scorer, ReferenceScores? Reference)> Parts => _parts;

    /// <summary>How much each component moved the scores that were given so far.</summary>
    public VarianceShares Variance { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ScoreOutcome>[] all = [.. _parts.Select(part => part.Scorer.Score(conversations, cancellationToken))];
        return [.. Enumerable.Range(0, conversations.Count).Select(i => Combine([.. all.Select(outcomes => outcomes[i])]))];
    }

    /// <summary>One outcome of those of all components, in their order.</summary>
    public ScoreOutcome Combine(IReadOnlyList<ScoreOutcome> outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
            if (outcomes[i].Problem is { } problem)
                return new Refusal(
                    outcomes[i].Refusal?.Code ?? "score_not_finite",
                    $"{_parts[i].Component.Name}: {outcomes[i].Refusal?.Detail ?? problem}"
                );
        double[] parts = [.. outcomes.Select((outcome, i) => _parts[i].Component.Part(outcome.Score, _parts[i].Reference))];
        Variance.Add(parts);
        ScoreOutcome whole = (float)parts.Sum();
        return whole with
        {
            Components = outcomes.Select((outcome, i) => KeyValuePair.Create(_parts[i].Component.Name, outcome.Score)).ToDictionary(),
        };
    }

    public void Dispose()
    {
        foreach (var (_, scorer, _) in _parts)
            (scorer as IDisposable)?.Dispose();
    }
}
