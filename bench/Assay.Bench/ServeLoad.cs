using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Data;

namespace Assay.Bench;

/// <summary>
/// Clients of a scoring server: they ask for rows in turn, each by itself, and compare every answer with the row's score and with the hash
/// of what they sent.
/// </summary>
internal sealed class ServeLoad(HttpClient client, Conversation[] rows, float?[] expected, double rounding)
{
    private readonly byte[][] bodies =
    [
        .. rows.Select(row =>
            Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["messages"] = new JsonArray([
                        .. row.Messages!.Select(message =>
                            (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content }
                        ),
                    ]),
                }.ToJsonString()
            )
        ),
    ];
    private ConcurrentBag<float> times = [];
    private long next,
        answered,
        wrong,
        lost,
        foreign,
        hungUp,
        refused,
        badlyRefused;

    public long Answered => answered;

    /// <summary>Answers with another score than the row's.</summary>
    public long Wrong => wrong;

    /// <summary>Requests that got no answer, or another status than 200.</summary>
    public long Lost => lost;

    /// <summary>Answers to something that was not asked here: the hash of the request differs.</summary>
    public long Foreign => foreign;

    /// <summary>Requests whose client left before the answer, on purpose.</summary>
    public long HungUp => hungUp;

    /// <summary>Broken bodies that were refused.</summary>
    public long Refused => refused;

    /// <summary>Broken bodies that were answered otherwise than by 400 or 422.</summary>
    public long BadlyRefused => badlyRefused;

    public void Reset() => (times, answered, wrong, lost, foreign, hungUp, refused, badlyRefused) = ([], 0, 0, 0, 0, 0, 0, 0);

    /// <summary>
    /// So many clients for so long, each with one request under way; beside them one that sends broken bodies and one that hangs up, where
    /// there are broken bodies.
    /// </summary>
    public async Task Saturate(int clients, TimeSpan time, string[] broken, Action? everyTwoSeconds)
    {
        var clock = Stopwatch.StartNew();
        List<Task> all = [.. Enumerable.Range(0, clients).Select(_ => Repeat(() => Ask(Stopwatch.GetTimestamp())))];
        if (broken.Length > 0)
            all.AddRange([Repeat(() => SendBroken(broken)), Repeat(HangUp)]);
        if (everyTwoSeconds is not null)
            all.Add(
                Repeat(async () =>
                {
                    everyTwoSeconds();
                    await Task.Delay(Math.Max(100, Math.Min(2000, (int)(time.TotalMilliseconds / 16))));
                })
            );
        await Task.WhenAll(all);

        Task Repeat(Func<Task> one) =>
            Task.Run(async () =>
            {
                while (clock.Elapsed < time)
                    await one();
            });
    }

    /// <summary>Requests at a rate, whatever becomes of those before; times count from when a request was due.</summary>
    public async Task AtRate(double perSecond, TimeSpan time)
    {
        var since = Stopwatch.GetTimestamp();
        List<Task> all = [];
        for (var i = 0; i / perSecond < time.TotalSeconds; i++)
        {
            var due = since + (long)(i / perSecond * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            all.Add(Task.Run(() => Ask(due)));
        }
        await Task.WhenAll(all);
    }

    /// <summary>Seconds: the median, and what 99 of 100 answers were within.</summary>
    public (double P50, double P99) Latencies()
    {
        float[] sorted = [.. times.Order()];
        return sorted.Length == 0 ? (double.NaN, double.NaN) : (sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);
    }

    private async Task Ask(long since)
    {
        var at = (int)(Interlocked.Increment(ref next) % rows.Length);
        while (expected[at] is null)
            at = (at + 1) % rows.Length;
        try
        {
            using var response = await client.PostAsync("/v1/reward", Content(bodies[at]));
            var text = await response.Content.ReadAsByteArrayAsync();
            if (!response.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref lost);
                return;
            }
            if (response.Headers.GetValues("X-Assay-Request-Sha256").Single() != Convert.ToHexStringLower(SHA256.HashData(bodies[at])))
                Interlocked.Increment(ref foreign);
            var score = (double)JsonNode.Parse(text)!["results"]!.AsArray().Single()!["score"]!;
            if (!(Math.Abs(score - expected[at]!.Value) <= rounding * Math.Max(1, Math.Abs(expected[at]!.Value))))
                Interlocked.Increment(ref wrong);
            Interlocked.Increment(ref answered);
            times.Add((float)Stopwatch.GetElapsedTime(since).TotalSeconds);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException)
        {
            Interlocked.Increment(ref lost);
        }
    }

    private async Task SendBroken(string[] broken)
    {
        using var response = await client.PostAsync(
            "/v1/reward",
            Content(Encoding.UTF8.GetBytes(broken[Random.Shared.Next(broken.Length)]))
        );
        if ((int)response.StatusCode is 400 or 422)
            Interlocked.Increment(ref refused);
        else
            Interlocked.Increment(ref badlyRefused);
        await Task.Delay(50);
    }

    private async Task HangUp()
    {
        using var leaves = new CancellationTokenSource(Random.Shared.Next(1, 40));
        try
        {
            using var response = await client.PostAsync("/v1/reward", Content(bodies[Random.Shared.Next(bodies.Length)]), leaves.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException)
        {
            Interlocked.Increment(ref hungUp);
        }
        await Task.Delay(50);
    }

    private static ByteArrayContent Content(byte[] body) => new(body) { Headers = { ContentType = new("application/json") } };
}
