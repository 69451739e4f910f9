using System.Diagnostics;
using Assay.Data;

namespace Assay.Reward.Scoring;

/// <summary>
/// Scores for many callers at once: what they ask for is put in batches by a token budget and a deadline, in the order of arrival, and one
/// thread alone runs the network. Answers to one prompt that are asked for together share its prefix. A request that is cancelled leaves
/// the queue at once; what the network is working on is finished and thrown away. Safe for use by several threads. While it lives, nobody
/// else may score with the model.
/// </summary>
public sealed class ScoringQueue : IDisposable
{
    /// <summary>
    /// How long those that were just answered are waited for before a batch that is not full, as a share of the last batch's time: at most
    /// so much throughput is lost, and a full batch gains more.
    /// </summary>
    private const double ReturnShare = 0.02;

    private readonly RewardModel model;
    private readonly ScoringQueueOptions options;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly LinkedList<Request> waiting = [];
    private readonly Thread engine;
    private int waitingSequences,
        activeRequests;
    private long waitingTokens;
    private double tokensPerSecond = 1000; // until there is a batch to go by
    private TimeSpan grace;
    private long lastEnd;
    private bool isClosed;
    private TaskCompletionSource? drained;

    /// <param name="model">Stays the caller's, who disposes it after the queue.</param>
    /// <param name="options">Batches of <see cref="RewardModel.ScoringBatchTokens"/> unless said otherwise.</param>
    public ScoringQueue(RewardModel model, ScoringQueueOptions? options = null)
    {
        this.model = model;
        this.options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(this.options.MaxWaiting, 1);
        Metrics = new ScoringMetrics(this);
        engine = new Thread(Run) { IsBackground = true, Name = "assay scoring" };
        engine.Start();
    }

    /// <summary>Sequences that wait for the engine.</summary>
    public int WaitingSequences => Volatile.Read(ref waitingSequences);

    /// <summary>What is counted, for a listener of <see cref="System.Diagnostics.Metrics"/>.</summary>
    public ScoringMetrics Metrics { get; }

    /// <summary>An outcome for each conversation, in their order: its raw score, or why the model does not take it.</summary>
    /// <exception cref="QueueFullException">Too much waits.</exception>
    /// <exception cref="ObjectDisposedException">It takes no more: it was drained or disposed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IReadOnlyList<ScoreOutcome>> ScoreAsync(
        IReadOnlyList<Conversation> conversations,
        CancellationToken cancellationToken = default
    )
    {
        var read = await Task.Run(
                () => InParallel.Map(conversations.Count, i => model.Encode(conversations[i]), cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
        int[] kept = [.. Enumerable.Range(0, read.Length).Where(i => read[i].Refused is null)];
        var members = await ScoreMembersAsync(
                [.. kept.Select(i => read[i].Ids)],
                cancellationToken,
                [.. kept.Select(i => model.PromptLengthOf(conversations[i], read[i].Ids))]
            )
            .ConfigureAwait(false);
        return model.Outcomes(read, members);
    }

    /// <summary>Raw scores of sequences of ids, in their order.</summary>
    /// <exception cref="ArgumentException">A sequence is empty, too long for the network, or holds an id outside its
    /// vocabulary.</exception>
    /// <inheritdoc cref="ScoreAsync"/>
    public async Task<float[]> ScoreIdsAsync(IReadOnlyList<int[]> sequences, CancellationToken cancellationToken = default) =>
        Array.ConvertAll(await ScoreMembersAsync(sequences, cancellationToken).ConfigureAwait(false), model.ScoreOf);

    /// <summary>What each member of an ensemble gives to each sequence, [sequences][members]; of a plain model its score.</summary>
    /// <param name="sequences">Ids.</param>
    /// <param name="cancellationToken">Takes the request out of the queue.</param>
    /// <param name="promptLengths">How many ids of each come before its answer: an implicit reward is the answer's alone. Null for none,
    /// and of no meaning to a model with a score head.</param>
    /// <inheritdoc cref="ScoreIdsAsync"/>
    public async Task<float[][]> ScoreMembersAsync(
        IReadOnlyList<int[]> sequences,
        CancellationToken cancellationToken = default,
        IReadOnlyList<int>? promptLengths = null
    )
    {
        using var activity = ScoringMetrics.Begin(
            "assay.scoring.request",
            sequences.Count,
            sequences.Sum(sequence => (long)sequence.Length)
        );
        return await Ask(sequences, promptLengths, cancellationToken).ConfigureAwait(false);
    }

    private Task<float[][]> Ask(IReadOnlyList<int[]> sequences, IReadOnlyList<int>? promptLengths, CancellationToken cancellationToken)
    {
        // A sequence that the network refuses must not fail those that share its batch.
        foreach (var sequence in sequences)
        {
            if (sequence.Length == 0)
                throw new ArgumentException("a sequence without tokens cannot be scored", nameof(sequences));
            if (model.Network.LongestSequence is { } longest && sequence.Length > longest)
                throw new ArgumentException($"a sequence has {sequence.Length} tokens; the network takes {longest}", nameof(sequences));
            foreach (var id in sequence)
                if ((uint)id >= (uint)model.Network.VocabularySize)
                    throw new ArgumentException(
                        $"token id {id} is outside the model's vocabulary of {model.Network.VocabularySize}",
                        nameof(sequences)
                    );
        }
        if (sequences.Count == 0)
            return Task.FromResult(Array.Empty<float[]>());
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<float[][]>(cancellationToken);
        var request = new Request(sequences, promptLengths, CostsOf(sequences));
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (waiting.Count > 0 && waitingSequences + sequences.Count > options.MaxWaiting)
            {
                Metrics.Refused();
                throw new QueueFullException(TimeSpan.FromSeconds(Math.Clamp(waitingTokens / tokensPerSecond, 1, 600)), waitingSequences);
            }
            waiting.AddLast(request.Place);
            activeRequests++;
            waitingSequences += sequences.Count;
            waitingTokens += request.TokensLeft;
        }
        changed.Release();
        // The source's own completion ends the registration.
        var registration = cancellationToken.UnsafeRegister((asked, token) => Cancel((Request)asked!, token), request);
        _ = request.Answer.Task.ContinueWith(
            static (_, state) => ((CancellationTokenRegistration)state!).Unregister(),
            registration,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return request.Answer.Task;
    }

    /// <summary>Scores the fixed conversations, together and each alone, after the known answers that loading checked.</summary>
    /// <returns>What was found, in a sentence.</returns>
    /// <exception cref="RewardException">The model does not answer as it must.</exception>
    public Task<string> SelfTestAsync() => SelfTest.Run(model, this, options.Rounding);

    /// <summary>Takes no more requests and ends when all that were taken are answered.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            isClosed = true;
            drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (activeRequests == 0)
                drained.TrySetResult();
        }
        changed.Release();
        return drained.Task;
    }

    /// <summary>Stops: what waits is cancelled, what the network works on is finished.</summary>
    public void Dispose()
    {
        Request[] left;
        lock (gate)
        {
            isClosed = true;
            left = [.. waiting];
        }
        foreach (var request in left)
            Cancel(request, new CancellationToken(canceled: true));
        changed.Release();
        if (Thread.CurrentThread != engine)
            engine.Join();
        Metrics.Dispose();
    }

    // Tokens that each adds to a batch in which it follows the one before it.
    private int[] CostsOf(IReadOnlyList<int[]> sequences)
    {
        var shares = options.Rounding == BatchRounding.Tolerated && model.Network.Packing.SharedPrefixLimit > 0;
        return
        [
            .. sequences.Select(
                (sequence, i) =>
                    i == 0 || !shares ? sequence.Length : sequence.Length - sequence.AsSpan().CommonPrefixLength(sequences[i - 1])
            ),
        ];
    }

    private void Cancel(Request request, CancellationToken token)
    {
        lock (gate)
        {
            if (request.Answer.Task.IsCompleted)
                return;
            End(request);
        }
        Metrics.Cancelled();
        request.Answer.TrySetCanceled(token);
    }

    // Inside the lock. Takes what is left of the request out of the queue.
    private void End(Request request)
    {
        if (request.IsEnded)
            return;
        if (request.Place.List is not null)
        {
            waiting.Remove(request.Place);
            waitingSequences -= request.Sequences.Count - request.Next;
            waitingTokens -= request.TokensLeft;
        }
        request.IsEnded = true;
        if (--activeRequests == 0 && isClosed)
            drained?.TrySetResult();
    }

    private void Run()
    {
        while (true)
        {
            List<Part> batch;
            while (!IsRipe(out var wait))
            {
                if (wait is null)
                    return;
                changed.Wait(wait.Value);
            }
            lock (gate)
                batch = Take();
            if (batch.Count > 0)
                Score(batch);
        }
    }

    /// <summary>Whether a batch is to be made now; else how long to wait, or null when all is over.</summary>
    private bool IsRipe(out TimeSpan? wait)
    {
        lock (gate)
        {
            if (waiting.First is not { } first)
            {
                wait = isClosed ? null : Timeout.InfiniteTimeSpan;
                return false;
            }
            var (left, returning) = (
                options.MaxDelay - Stopwatch.GetElapsedTime(first.Value.Since),
                grace - Stopwatch.GetElapsedTime(lastEnd)
            );
            if (returning > left)
                left = returning;
            wait = left;
            return isClosed || left <= TimeSpan.Zero || waitingTokens >= options.BatchTokens;
        }
    }

    // Inside the lock.
    private List<Part> Take()
    {
        List<Part> batch = [];
        long tokens = 0;
        while (waiting.First is { } first)
        {
            var request = first.Value;
            var from = request.Next;
            while (request.Next < request.Sequences.Count)
            {
                // The first of a part has no neighbour to share with.
                var cost = request.Next == from ? request.Sequences[request.Next].Length : request.Costs[request.Next];
                if (tokens > 0 && tokens + cost > options.BatchTokens)
                    break;
                tokens += cost;
                waitingTokens -= request.Costs[request.Next];
                request.TokensLeft -= request.Costs[request.Next];
                request.Next++;
            }
            if (request.Next > from)
            {
                batch.Add(new Part(request, from, request.Next));
                waitingSequences -= request.Next - from;
            }
            if (request.Next < request.Sequences.Count)
                break;
            waiting.RemoveFirst();
        }
        return batch;
    }

    private void Score(List<Part> batch)
    {
        var since = Stopwatch.GetTimestamp();
        (int[] Ids, int PromptLength)[] sequences =
        [
            .. batch.SelectMany(part =>
                Enumerable
                    .Range(part.From, part.To - part.From)
                    .Select(i => (part.Request.Sequences[i], part.Request.PromptLengths?[i] ?? 0))
            ),
        ];
        var tokens = sequences.Sum(sequence => (long)sequence.Ids.Length);
        using var activity = ScoringMetrics.Begin(
            "assay.scoring.batch",
            sequences.Length,
            tokens,
            batch.Where(part => part.Request.Caller != default).Select(part => new ActivityLink(part.Request.Caller))
        );
        try
        {
            // With a budget of one token every sequence goes alone.
            var scores = model.AnswerScores(
                sequences,
                options.Rounding == BatchRounding.Excluded
                    ? 1
                    : Math.Max(options.BatchTokens, sequences.Max(sequence => sequence.Ids.Length))
            );
            var elapsed = Stopwatch.GetElapsedTime(since);
            Metrics.Scored(sequences.Length, tokens, elapsed, batch.Select(part => Stopwatch.GetElapsedTime(part.Request.Since, since)));
            lock (gate)
            {
                // Whoever was just answered is about to ask again; going on at once with the few that were left over would make every other
                // batch a small one.
                (grace, lastEnd) = (
                    options.MaxDelay == TimeSpan.Zero || options.Rounding == BatchRounding.Excluded ? TimeSpan.Zero : elapsed * ReturnShare,
                    Stopwatch.GetTimestamp()
                );
                tokensPerSecond = (0.8 * tokensPerSecond) + (0.2 * tokens / Math.Max(elapsed.TotalSeconds, 1e-6));
            }
            var at = 0;
            foreach (var part in batch)
            {
                scores.AsSpan(at, part.To - part.From).CopyTo(part.Request.Scores.AsSpan(part.From));
                at += part.To - part.From;
                if (part.To == part.Request.Sequences.Count)
                    Finish(part.Request, null);
            }
        }
        catch (Exception error)
        {
            foreach (var part in batch)
                Finish(part.Request, error);
        }
    }

    private void Finish(Request request, Exception? error)
    {
        if (error is null)
            request.Answer.TrySetResult(request.Scores);
        else
            request.Answer.TrySetException(error);
        lock (gate)
        {
            End(request);
        }
    }

    private readonly record struct Part(Request Request, int From, int To);

    private sealed class Request
    {
        public Request(IReadOnlyList<int[]> sequences, IReadOnlyList<int>? promptLengths, int[] costs)
        {
            (Sequences, PromptLengths, Costs, Scores) = (sequences, promptLengths, costs, new float[sequences.Count][]);
            TokensLeft = costs.Sum(cost => (long)cost);
            Place = new LinkedListNode<Request>(this);
        }

        public IReadOnlyList<int[]> Sequences { get; }

        public IReadOnlyList<int>? PromptLengths { get; }

        public int[] Costs { get; }

        public float[][] Scores { get; }

        public LinkedListNode<Request> Place { get; }

        public long Since { get; } = Stopwatch.GetTimestamp();

        /// <summary>The activity in which it was asked for, for a batch's links.</summary>
        public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

        public TaskCompletionSource<float[][]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The first sequence that was not handed to the network.</summary>
        public int Next { get; set; }

        public long TokensLeft { get; set; }

        public bool IsEnded { get; set; }
    }
}
