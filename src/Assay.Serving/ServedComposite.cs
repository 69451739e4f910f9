using Assay.Data;
using Assay.Evaluation.Composites;
using Assay.Reward;
using Assay.Reward.Scoring;
using Assay.Serving.Requests;

namespace Assay.Serving;

/// <summary>
/// A composite reward behind HTTP: each of its models reads a request by its own text rules and scores by its own queue, its rules judge
/// the last turn.
/// </summary>
internal sealed class ServedComposite
{
    private readonly CompositeScorer scorer;
    private readonly (ScoringQueue Queue, InputReader Inputs, RewardModel Model)?[] models;

    public ServedComposite(CompositeScorer scorer, ScoringQueueOptions options)
    {
        this.scorer = scorer;
        models =
        [
            .. scorer.Parts.Select(part =>
                part.Scorer is RewardModel model
                    ? (new ScoringQueue(model, options), new InputReader(model), model)
                    : ((ScoringQueue, InputReader, RewardModel)?)null
            ),
        ];
    }

    /// <summary>The models, in the file's order.</summary>
    public IEnumerable<(ScoringQueue Queue, InputReader Inputs, RewardModel Model)> Models =>
        models.OfType<(ScoringQueue, InputReader, RewardModel)>();

    /// <summary>The composite's scores, with what the first model read.</summary>
    /// <exception cref="ProblemException">A model refuses an input, or a rule is asked for what has no last turn.</exception>
    public async Task<IReadOnlyList<Scored>> ScoreAsync(IReadOnlyList<Asked> asked, int? limit, bool truncates, CancellationToken aborted)
    {
        var parts = await Task.WhenAll(
                models.Select(
                    (model, i) =>
                        model is { } known
                            ? OfModel(known, asked, limit, truncates, aborted)
                            : Task.FromResult(OfRule(scorer.Parts[i], asked))
                )
            )
            .ConfigureAwait(false);
        var first = Array.Find(parts, part => part.Read.Length > 0).Read;
        return
        [
            .. asked.Select(
                (one, i) =>
                {
                    var whole = scorer.Combine([.. parts.Select(part => part.Outcomes[i])]);
                    if (whole.Refusal is { } refusal)
                        throw new ProblemException(422, refusal.Code, refusal.Detail, one.Field);
                    return new Scored(whole.Score, first[i], [whole.Score]) { Components = whole.Components };
                }
            ),
        ];
    }

    private static async Task<(ReadInput[] Read, ScoreOutcome[] Outcomes)> OfModel(
        (ScoringQueue Queue, InputReader Inputs, RewardModel Model) part,
        IReadOnlyList<Asked> asked,
        int? limit,
        bool truncates,
        CancellationToken aborted
    )
    {
        var read = await Task.Run(() => asked.Select(one => part.Inputs.Read(one, limit, truncates)).ToArray(), aborted)
            .ConfigureAwait(false);
        var scores = await part.Queue.ScoreIdsAsync([.. read.Select(input => input.Ids)], aborted).ConfigureAwait(false);
        return (read, [.. scores.Select(score => (ScoreOutcome)score)]);
    }

    private static (ReadInput[] Read, ScoreOutcome[] Outcomes) OfRule(
        (CompositeComponent Component, IScorer Scorer, Evaluation.Calibration.ReferenceScores?) part,
        IReadOnlyList<Asked> asked
    )
    {
        Conversation[] turns =
        [
            .. asked.Select(one =>
                one is Asked.Turns { Conversation: var conversation }
                    ? conversation
                    : throw new ProblemException(
                        422,
                        "no_answer",
                        $"the rule {part.Component.Name} judges the last turn, and in a rendered text or ids nobody knows where it begins: send messages, or a prompt and answers",
                        one.Field
                    )
            ),
        ];
        return ([], [.. part.Scorer.Score(turns)]);
    }
}
