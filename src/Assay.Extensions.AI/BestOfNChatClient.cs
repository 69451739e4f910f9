using System.Runtime.CompilerServices;
using Assay.Data;
using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI;

/// <summary>
/// Asks the client below for several answers and returns the one that a reward model scores highest; of equal ones the first. Its usage is
/// that of all. Where an answer fails or cannot be scored the others stand; <see cref="BestOfNResult"/> in the response's properties says
/// what became of each.
/// </summary>
/// <remarks>
/// The answers differ only where the client samples: a temperature of 0 gives N equal ones. A <see cref="ChatOptions.Seed"/> is raised by 1
/// for each further answer. Best-of-N uses up a reward model as optimisation does: <c>assay overopt</c> tells from which N on a better
/// score is no better answer, and a model whose gate refused <c>best-of-n</c> is not for this.
/// </remarks>
public sealed class BestOfNChatClient : DelegatingChatClient
{
    private readonly AsyncScorer scorer;
    private readonly BestOfNOptions options;

    /// <param name="innerClient">Gives the answers; it must take calls at once, as clients do.</param>
    /// <param name="scorer">Scores them: a <c>RewardModel</c>, which stays its owner's, or another scorer.</param>
    /// <param name="options">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count below 1.</exception>
    public BestOfNChatClient(IChatClient innerClient, IScorer scorer, BestOfNOptions? options = null)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        this.options = options ?? new BestOfNOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.Count, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.MaxConcurrency ?? 1, 1, nameof(options));
        this.scorer = new AsyncScorer(scorer);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No answer could be scored; the message has each one's reason.</exception>
    /// <exception cref="NotSupportedException">The messages hold what is no text.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ChatMessage[] asked = [.. messages];
        _ = ChatConversation.Of(asked, new ChatResponse(), options); // what cannot be read is said before anything is paid for
        var (answers, errors) = await AskAsync(asked, options, cancellationToken).ConfigureAwait(false);
        int[] given = [.. Enumerable.Range(0, answers.Length).Where(i => answers[i] is not null)];
        if (given.Length == 0)
            throw new InvalidOperationException($"none of {answers.Length} answers came: {errors[0]!.Message}", errors[0]);
        var outcomes = await scorer
            .ScoreAsync([.. given.Select(i => ChatConversation.Of(asked, answers[i]!, options))], cancellationToken)
            .ConfigureAwait(false);
        var scores = given.Zip(outcomes).ToDictionary(pair => pair.First, pair => pair.Second);
        BestOfNCandidate[] candidates =
        [
            .. Enumerable
                .Range(0, answers.Length)
                .Select(i =>
                    !scores.TryGetValue(i, out var outcome) ? new BestOfNCandidate(null, null, errors[i]!.Message)
                    : outcome.Problem is { } problem ? new BestOfNCandidate(answers[i], null, problem)
                    : new BestOfNCandidate(answers[i], outcome.Score, null)
                ),
        ];
        if (candidates.All(candidate => candidate.Score is null))
            throw new InvalidOperationException(
                $"none of {answers.Length} answers could be scored: {string.Join("; ", candidates.Select(candidate => candidate.Problem).Distinct())}"
            );
        var chosen = Enumerable.Range(0, candidates.Length).MaxBy(i => candidates[i].Score ?? float.NegativeInfinity);
        return Marked(answers, new BestOfNResult(chosen, candidates));
    }

    /// <summary>The best answer, in pieces, once all are there: which one it is shows only then.</summary>
    /// <inheritdoc cref="GetResponseAsync"/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var best = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (var update in best.ToChatResponseUpdates())
            yield return update;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            scorer.Dispose();
        base.Dispose(disposing);
    }

    private async Task<(ChatResponse?[] Answers, Exception?[] Errors)> AskAsync(
        ChatMessage[] messages,
        ChatOptions? asked,
        CancellationToken cancellationToken
    )
    {
        var (answers, errors) = (new ChatResponse?[options.Count], new Exception?[options.Count]);
        var limits = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.MaxConcurrency ?? options.Count,
            CancellationToken = cancellationToken,
        };
        await Parallel
            .ForEachAsync(
                Enumerable.Range(0, options.Count),
                limits,
                async (i, token) =>
                {
                    try
                    {
                        answers[i] = await base.GetResponseAsync(messages, Nth(asked, i), token).ConfigureAwait(false);
                    }
                    catch (Exception error) when (error is not OperationCanceledException || !token.IsCancellationRequested)
                    {
                        errors[i] = error;
                    }
                }
            )
            .ConfigureAwait(false);
        return (answers, errors);
    }

    private static ChatOptions? Nth(ChatOptions? asked, int i)
    {
        if (asked?.Seed is not { } seed)
            return asked;
        var own = asked.Clone();
        own.Seed = seed + i;
        return own;
    }

    // The chosen answer with what all of them used; the client's own object stays as it came.
    private static ChatResponse Marked(ChatResponse?[] answers, BestOfNResult result)
    {
        var best = answers[result.Chosen]!;
        UsageDetails? usage = null;
        foreach (var used in answers.Select(answer => answer?.Usage).OfType<UsageDetails>())
            (usage ??= new UsageDetails()).Add(used);
        return new ChatResponse(best.Messages)
        {
            ResponseId = best.ResponseId,
            ConversationId = best.ConversationId,
            ModelId = best.ModelId,
            CreatedAt = best.CreatedAt,
            FinishReason = best.FinishReason,
            RawRepresentation = best.RawRepresentation,
            Usage = usage,
            AdditionalProperties = new AdditionalPropertiesDictionary(best.AdditionalProperties ?? []) { [BestOfNResult.Key] = result },
        };
    }
}
