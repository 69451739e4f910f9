using System.ClientModel;
using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Assay.Judges;

/// <summary>
/// Asks a chat client, with patience: so many calls at once and a minute, each attempt with a time limit, what may pass tried again (Polly,
/// exponential with jitter, <c>Retry-After</c> before it), every answer kept by its content. Two equal calls at once are one.
/// </summary>
public sealed class JudgeCaller : IDisposable
{
    /// <summary>So many calls in a row without an answer say that the endpoint is gone, not that a row is odd.</summary>
    private const int GivesUpAfter = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly IChatClient _client;
    private readonly CallCache? _cache;
    private readonly SemaphoreSlim _places;
    private readonly TokenBucketRateLimiter? _pace;
    private readonly ResiliencePipeline<ChatResponse> _attempts,
        _timeLimit;
    private readonly ConcurrentDictionary<string, Lazy<Task<JudgeAnswer>>> _underWay = new(StringComparer.Ordinal);
    private int _failedInARow,
        _asked,
        _answered,
        _retries;

    /// <param name="client">Who is asked.</param>
    /// <param name="identity">What the answers are of: address and model, or the file's hash. A part of every call's key.</param>
    /// <param name="limits">How the endpoint is treated.</param>
    /// <param name="cache">Where answers are kept; null keeps none.</param>
    /// <param name="time">The clock of waits and limits; null for the system's.</param>
    public JudgeCaller(IChatClient client, string identity, CallLimits limits, CallCache? cache = null, TimeProvider? time = null)
    {
        (_client, Identity, Limits, _cache) = (client, identity, limits, cache);
        _places = new SemaphoreSlim(limits.Concurrency);
        if (limits.RequestsPerMinute is { } perMinute)
            _pace = new TokenBucketRateLimiter(
                new()
                {
                    TokenLimit = 1,
                    TokensPerPeriod = 1,
                    ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
                    QueueLimit = int.MaxValue,
                    AutoReplenishment = true,
                }
            );
        var builder = new ResiliencePipelineBuilder<ChatResponse> { TimeProvider = time };
        if (limits.Retries > 0)
            builder.AddRetry(
                new RetryStrategyOptions<ChatResponse>
                {
                    MaxRetryAttempts = limits.Retries,
                    Delay = limits.FirstDelay,
                    MaxDelay = LongestDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = arguments =>
                        ValueTask.FromResult(
                            arguments.Outcome.Exception is { } error && MayPass(error) && !(_answered == 0 && IsUnreachable(error))
                        ),
                    DelayGenerator = arguments =>
                        ValueTask.FromResult(RetryAfter(arguments.Outcome.Exception, time ?? TimeProvider.System)),
                    OnRetry = _ =>
                    {
                        Interlocked.Increment(ref _retries);
                        return ValueTask.CompletedTask;
                    },
                }
            );
        _attempts = builder.Build();
        _timeLimit = new ResiliencePipelineBuilder<ChatResponse> { TimeProvider = time }
            .AddTimeout(limits.Timeout)
            .Build();
    }

    /// <summary>What the answers are of.</summary>
    public string Identity { get; }

    public CallLimits Limits { get; }

    /// <summary>Calls sent in this run, attempts not counted.</summary>
    public int Asked => _asked;

    /// <summary>Attempts after the first.</summary>
    public int Retries => _retries;

    /// <summary>Further settings of a request that only this client's library knows; null sets none.</summary>
    public Func<IChatClient, object?>? RawOptions { get; init; }

    /// <summary>The key of a call: endpoint, messages, settings and which sample it is.</summary>
    public string KeyOf(JudgePrompt prompt, string? system, string user, int sample, long seed) =>
        CallCache.KeyOf(
            Identity,
            system ?? "\0",
            user,
            string.Create(CultureInfo.InvariantCulture, $"{prompt.Temperature} {prompt.MaxTokens} {sample} {seed}")
        );

    /// <summary>Whether a call was answered before.</summary>
    public bool Knows(string key) => _cache?.Contains(key) == true;

    /// <summary>The answer to one call, kept or fresh.</summary>
    /// <exception cref="JudgeException">The endpoint cannot be reached, knows no such model or key, or has stopped answering.</exception>
    public async Task<JudgeAnswer> Ask(
        JudgePrompt prompt,
        string? system,
        string user,
        int sample,
        long seed,
        CancellationToken cancellationToken
    )
    {
        var key = KeyOf(prompt, system, user, sample, seed);
        if (_cache?.Find(key) is { } kept)
            return kept;
        var call = _underWay.GetOrAdd(key, _ => new(() => Send(key, prompt, system, user, seed + sample, cancellationToken)));
        try
        {
            return await call.Value;
        }
        finally
        {
            if (_cache is not null)
                _underWay.TryRemove(key, out _);
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _pace?.Dispose();
        _client.Dispose();
    }

    private async Task<JudgeAnswer> Send(
        string key,
        JudgePrompt prompt,
        string? system,
        string user,
        long seed,
        CancellationToken cancellationToken
    )
    {
        List<ChatMessage> messages = system is null ? [] : [new(ChatRole.System, system)];
        messages.Add(new(ChatRole.User, user));
        var options = new ChatOptions
        {
            Temperature = (float?)prompt.Temperature,
            MaxOutputTokens = prompt.MaxTokens,
            Seed = seed,
            RawRepresentationFactory = RawOptions,
        };
        await _places.WaitAsync(cancellationToken);
        try
        {
            Interlocked.Increment(ref _asked);
            var response = await _attempts.ExecuteAsync(
                async stop =>
                {
                    // Waiting for its turn is no part of an attempt's time.
                    if (_pace is not null)
                        using (await _pace.AcquireAsync(1, stop)) { }
                    return await _timeLimit.ExecuteAsync(async limited => await _client.GetResponseAsync(messages, options, limited), stop);
                },
                cancellationToken
            );
            var answer = new JudgeAnswer(
                response.Text,
                response.FinishReason == ChatFinishReason.Length,
                response.Usage?.InputTokenCount,
                response.Usage?.OutputTokenCount,
                response.FinishReason == ChatFinishReason.ContentFilter ? NoVerdict.Filtered : null
            );
            Interlocked.Increment(ref _answered);
            Interlocked.Exchange(ref _failedInARow, 0);
            _cache?.Add(key, answer);
            return answer;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failed(error);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>What an error is of: this call alone, or the whole run.</summary>
    private JudgeAnswer Failed(Exception error)
    {
        var status = StatusOf(error);
        if (error is JudgeException)
            throw error;
        if (_answered == 0 && IsUnreachable(error))
            throw new JudgeException($"{Identity}: no answer ({Said(error)}); is the server running, and is this its address?", error);
        if (status is 401 or 403)
            throw new JudgeException(
                $"{Identity}: status {status}: {Said(error)}; the key is missing or not good for this (--api-key-env VAR names the variable that holds it)",
                error
            );
        var isRefused = error is RequestRefusedException || status is 400 or 413 or 422;
        if (!isRefused && !MayPass(error))
            throw new JudgeException(
                $"{Identity}: {(status > 0 ? $"status {status}: " : "")}{Said(error)}{(status == 404 ? "; is the model's name right, and the address (up to /v1)?" : "")}",
                error
            );
        if (Interlocked.Increment(ref _failedInARow) >= GivesUpAfter && (!isRefused || _answered == 0))
            throw new JudgeException(
                $"{Identity}: {GivesUpAfter} calls in a row failed, the last with: {Said(error)}. What was answered is kept; the same command goes on from there",
                error
            );
        return new JudgeAnswer(Said(error), NoVerdict: isRefused ? NoVerdict.Refused : NoVerdict.CallFailed);
    }

    private static bool MayPass(Exception error) =>
        error is TimeoutRejectedException or HttpRequestException or IOException or OperationCanceledException
        || error is ClientResultException && StatusOf(error) is 0 or 408 or 409 or 425 or 429 or >= 500;

    private static bool IsUnreachable(Exception error) =>
        Causes(error)
            .OfType<HttpRequestException>()
            .Any(cause =>
                cause.HttpRequestError
                    is HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError
            );

    private static int StatusOf(Exception error) =>
        error switch
        {
            ClientResultException result => result.Status,
            HttpRequestException { StatusCode: { } status } => (int)status,
            _ => 0,
        };

    private static IEnumerable<Exception> Causes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error;
    }

    private static TimeSpan? RetryAfter(Exception? error, TimeProvider time)
    {
        if (error is not ClientResultException result || result.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var value) != true)
            return null;
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(Math.Min(seconds, 3600));
        return
            DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var until) && until - time.GetUtcNow() is { Ticks: > 0 } wait
            ? wait
            : null;
    }

    private static string Said(Exception error)
    {
        var text = error is TimeoutRejectedException timeout
            ? $"no answer within {timeout.Timeout.TotalSeconds:0} s"
            : string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 300 ? text : text[..300] + "…";
    }
}
