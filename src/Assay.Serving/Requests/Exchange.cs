using Assay.Ground.Numerics;
using Assay.Reward.Scoring;

namespace Assay.Serving.Requests;

/// <summary>One request while it is answered: its body, the model, and what the answer has to say of how it was made.</summary>
internal sealed class Exchange(
    string path,
    Body body,
    IReadOnlyList<string> names,
    ServedModel model,
    ServerOptions options,
    CancellationToken aborted
)
{
    /// <summary>The model's name in answers.</summary>
    public string Name => names[0];

    /// <summary>Where it came in.</summary>
    public string Path => path;

    public Body Body => body;

    public ServedModel Model => model;

    public ServerOptions Options => options;

    /// <summary>What the scores of the answer went through: none, unless the request asked for another.</summary>
    public Activation Activation { get; set; }

    /// <summary>Sequences that were cut.</summary>
    public int TruncatedCount { get; private set; }

    /// <summary>Of a composite the raw value of each component of each sequence; null for one model.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, float>>? Components { get; private set; }

    /// <summary>Sequences of the request.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Reads the name of the model that is wanted: one of those served, or none.</summary>
    public void CheckModel()
    {
        if (body.OptionalText("model") is { } wanted && !names.Contains(wanted) && wanted != model.Fingerprint)
            throw new ProblemException(
                404,
                "model_not_found",
                $"is not served here; wanted {string.Join(" or ", options.Names.Concat(options.FurtherNames))}",
                "model"
            );
    }

    /// <summary>Scores all of it, in order, by the model's queue.</summary>
    /// <param name="asked">What is scored.</param>
    /// <param name="maxLength">Most tokens that the request wants, or null.</param>
    /// <param name="truncates">Whether the request wants more cut.</param>
    public async Task<IReadOnlyList<Scored>> ScoreAsync(IReadOnlyList<Asked> asked, int? maxLength = null, bool truncates = false)
    {
        ItemCount = asked.Count;
        if (asked.Count > options.MaxItems)
            throw new ProblemException(
                413,
                "too_many_items",
                $"{asked.Count} sequences; at most {options.MaxItems} are taken in one request: send several",
                FieldOf(asked)
            );
        var limit = options.MaxLength is { } most ? Math.Min(most, maxLength ?? int.MaxValue) : maxLength;
        IReadOnlyList<Scored> scores;
        try
        {
            scores = model.Composite is { } composite
                ? await composite.ScoreAsync(asked, limit, truncates || options.Truncates, aborted).ConfigureAwait(false)
                : await ByModel(asked, limit, truncates || options.Truncates).ConfigureAwait(false);
        }
        catch (QueueFullException full)
        {
            throw new ProblemException(new Problem(429, "queue_full", full.Message) { RetryAfter = full.RetryAfter });
        }
        catch (ObjectDisposedException)
        {
            throw new ProblemException(Problems.Unavailable("this server is stopping"));
        }
        for (var i = 0; i < scores.Count; i++)
            if (!float.IsFinite(scores[i].Raw))
                throw new ProblemException(500, "score_not_finite", $"the model gave {scores[i].Raw}: it is broken", asked[i].Field);
        TruncatedCount = scores.Count(score => score.Input.Truncated);
        if (scores.Any(score => score.Components is not null))
            Components = [.. scores.Select(score => score.Components ?? new Dictionary<string, float>())];
        return scores;
    }

    private async Task<IReadOnlyList<Scored>> ByModel(IReadOnlyList<Asked> asked, int? limit, bool truncates)
    {
        var read = await Task.Run(() => Read(asked, limit, truncates), aborted).ConfigureAwait(false);
        var members = await model
            .Queue.ScoreMembersAsync([.. read.Select(input => input.Ids)], aborted, [.. read.Select(input => input.PromptLength)])
            .ConfigureAwait(false);
        return
        [
            .. read.Select(
                (input, i) =>
                {
                    var outcome = model.Model.OutcomeOf(members[i]);
                    return new Scored(outcome.Score, input, [.. outcome.Members ?? [outcome.Score]]) { Components = outcome.Components };
                }
            ),
        ];
    }

    private ReadInput[] Read(IReadOnlyList<Asked> asked, int? limit, bool truncates)
    {
        var read = new ReadInput[asked.Count];
        for (var i = 0; i < asked.Count; i++)
        {
            aborted.ThrowIfCancellationRequested();
            read[i] = model.Inputs.Read(asked[i], limit, truncates);
        }
        return read;
    }

    private static string FieldOf(IReadOnlyList<Asked> asked) =>
        asked[0].Field is var field && field.IndexOf('[') is > 0 and var bracket ? field[..bracket] : field;
}

/// <summary>A score and what it is the score of.</summary>
/// <param name="Raw">The logit.</param>
/// <param name="Input">The ids that were scored.</param>
/// <param name="Members">What the members of an ensemble gave; one number for a plain model.</param>
internal sealed record Scored(float Raw, ReadInput Input, float[] Members)
{
    /// <summary>Of a composite the raw value of each component; null for one model.</summary>
    public IReadOnlyDictionary<string, float>? Components { get; init; }

    public float Through(Activation activation) => activation == Activation.Sigmoid ? (float)Logistic.Sigmoid(Raw) : Raw;
}

/// <summary>What a raw score goes through on its way to the client.</summary>
internal enum Activation
{
    None,
    Sigmoid,
}
