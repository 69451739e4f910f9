using Assay.Testing;

namespace Assay.Judges.Tests;

/// <summary>Calls over HTTP to an endpoint on this machine, and answers that are kept.</summary>
public sealed class CallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-judges-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Cache => Path.Combine(_folder, "calls");

    private static JudgeCaller Caller(ChatStandIn endpoint, CallLimits? limits = null, CallCache? cache = null) =>
        new(
            EndpointClient.Create(new Uri(endpoint.Endpoint), "m", "secret"),
            "test m",
            limits ?? new CallLimits { FirstDelay = TimeSpan.FromMilliseconds(1) },
            cache
        )
        {
            RawOptions = EndpointClient.RawOptions(new Uri(endpoint.Endpoint), 64),
        };

    private static Task<JudgeAnswer> Ask(JudgeCaller caller, string user = "hello", int sample = 0) =>
        caller.Ask(
            Some.Pairwise with
            {
                MaxTokens = 64,
            },
            "be fair",
            user,
            sample,
            5,
            new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token
        );

    [Fact]
    public async Task A_request_has_what_the_prompt_says()
    {
        using var endpoint = new ChatStandIn(_ => "[[A]]");
        using var caller = Caller(endpoint);
        var answer = await Ask(caller, sample: 2);
        Assert.Equal(new JudgeAnswer("[[A]]", false, 100, 10), answer);
        var request = Assert.Single(endpoint.Requests);
        Assert.Equal(
            ("/v1/chat/completions", "Bearer secret", "be fair", "hello"),
            (request.Path, request.Key, request.System, request.User)
        );
        Assert.Equal(
            ("m", 0.0, 7, 64, 64),
            (
                (string)request.Body["model"]!,
                (double)request.Body["temperature"]!,
                (int)request.Body["seed"]!,
                (int)request.Body["max_tokens"]!,
                (int)request.Body["max_completion_tokens"]!
            )
        );
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task What_may_pass_is_asked_again(int status)
    {
        using var endpoint = new ChatStandIn(request => request.Number < 3 ? new ChatStandIn.Reply("later", status) : "[[B]]");
        using var caller = Caller(endpoint);
        Assert.Equal("[[B]]", (await Ask(caller)).Text);
        Assert.Equal((3, 2, 1), (endpoint.Requests.Count, caller.Retries, caller.Asked));
    }

    [Fact]
    public async Task Retry_After_goes_before_the_wait_of_ones_own()
    {
        using var endpoint = new ChatStandIn(request =>
            request.Number == 1 ? new ChatStandIn.Reply("later", 429, RetryAfter: "0") : "[[A]]"
        );
        // A minute of one's own would be past the test's patience.
        using var caller = Caller(endpoint, new CallLimits { FirstDelay = TimeSpan.FromSeconds(59) });
        Assert.Equal("[[A]]", (await Ask(caller)).Text);
    }

    [Fact]
    public async Task A_call_that_never_comes_through_is_counted_and_not_kept()
    {
        using var endpoint = new ChatStandIn(request => request.User == "bad" ? new ChatStandIn.Reply("broken", 500) : "[[A]]");
        using var cache = new CallCache(Cache);
        using var caller = Caller(endpoint, new CallLimits { Retries = 1, FirstDelay = TimeSpan.FromMilliseconds(1) }, cache);
        await Ask(caller);
        Assert.Equal(NoVerdict.CallFailed, (await Ask(caller, "bad")).NoVerdict);
        Assert.Equal((3, 1), (endpoint.Requests.Count, cache.Count));
    }

    [Fact]
    public async Task A_request_that_is_refused_is_no_verdict_and_not_asked_again()
    {
        using var endpoint = new ChatStandIn(_ => new("maximum context length exceeded", 400));
        using var caller = Caller(endpoint);
        var answer = await Ask(caller);
        Assert.Equal(NoVerdict.Refused, answer.NoVerdict);
        Assert.Contains("maximum context length", answer.Text, StringComparison.Ordinal);
        Assert.Single(endpoint.Requests);
    }

    [Theory]
    [InlineData(401, "--api-key-env")]
    [InlineData(404, "is the model's name right")]
    public async Task A_wrong_key_or_model_ends_the_run(int status, string advice)
    {
        using var endpoint = new ChatStandIn(_ => new("no", status));
        using var caller = Caller(endpoint);
        Assert.Contains(advice, (await Assert.ThrowsAsync<JudgeException>(() => Ask(caller))).Message, StringComparison.Ordinal);
        Assert.Single(endpoint.Requests);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_said_at_once()
    {
        string address;
        using (var endpoint = new ChatStandIn(_ => ""))
            address = endpoint.Endpoint;
        using var caller = new JudgeCaller(
            EndpointClient.Create(new Uri(address), "m", null),
            "test m",
            new CallLimits { FirstDelay = TimeSpan.FromSeconds(50) }
        );
        Assert.Contains(
            "is the server running",
            (await Assert.ThrowsAsync<JudgeException>(() => Ask(caller))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_ends_the_run_after_ten_calls()
    {
        using var endpoint = new ChatStandIn(request => request.Number == 1 ? "[[A]]" : new ChatStandIn.Reply("down", 502));
        using var caller = Caller(endpoint, new CallLimits { Retries = 0 });
        await Ask(caller);
        for (var i = 0; i < 9; i++)
            Assert.Equal(NoVerdict.CallFailed, (await Ask(caller, $"q{i}")).NoVerdict);
        Assert.Contains(
            "10 calls in a row",
            (await Assert.ThrowsAsync<JudgeException>(() => Ask(caller, "last"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_attempt_has_its_time_and_no_more()
    {
        using var held = new ManualResetEventSlim();
        using var endpoint = new ChatStandIn(request =>
        {
            if (request.Number == 1)
                held.Wait(TimeSpan.FromSeconds(30));
            return "[[A]]";
        });
        using var caller = Caller(
            endpoint,
            new CallLimits { Timeout = TimeSpan.FromSeconds(3), FirstDelay = TimeSpan.FromMilliseconds(1) }
        );
        Assert.Equal("[[A]]", (await Ask(caller)).Text);
        Assert.InRange(caller.Retries, 1, 5);
        held.Set();
    }

    [Fact]
    public async Task No_more_calls_are_under_way_at_once_than_was_said()
    {
        int underWay = 0,
            most = 0;
        using var endpoint = new ChatStandIn(_ =>
        {
            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            Thread.Sleep(20);
            Interlocked.Decrement(ref underWay);
            return "[[A]]";
        });
        using var caller = Caller(endpoint, new CallLimits { Concurrency = 3 });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Ask(caller, $"q{i}")));
        Assert.Equal((20, true), (endpoint.Requests.Count, most <= 3));
    }

    [Fact]
    public async Task No_more_requests_a_minute_than_was_said()
    {
        var client = new ScriptedClient((_, _) => "[[A]]");
        using var caller = new JudgeCaller(client, "test", new CallLimits { RequestsPerMinute = 1 });
        await Ask(caller);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.Ask(Some.Pairwise, null, "second", 0, 5, patience.Token));
        Assert.Equal(1, client.Asked);
    }

    [Fact]
    public async Task A_stopped_run_goes_on_without_asking_twice_even_from_half_a_line()
    {
        var client = new ScriptedClient((_, _) => "[[A]]");
        using (var cache = new CallCache(Cache))
            await Some.Judged(client, Some.Pairwise, Some.Pairs(5), cache: cache);
        Assert.Equal(10, client.Asked);
        var whole = File.ReadAllLines(Cache);
        File.AppendAllText(Cache, "{\"key\":\"half a li");
        List<JudgedPair> judged;
        using (var cache = new CallCache(Cache))
            judged = (await Some.Judged(client, Some.Pairwise, Some.Pairs(8), cache: cache)).Pairs;
        Assert.Equal((16, 8), (client.Asked, judged.Count));
        Assert.Equal(whole, File.ReadAllLines(Cache)[..whole.Length]);
        Assert.Equal(1 + 16, File.ReadAllLines(Cache).Length);
        Assert.Equal("[[A]]", judged[0].Votes[0].Answer);
    }

    [Fact]
    public async Task Another_prompt_sample_temperature_or_endpoint_is_another_call()
    {
        var client = new ScriptedClient((_, _) => "[[A]]");
        using var cache = new CallCache(Cache);
        using JudgeCaller one = new(client, "one", new CallLimits(), cache),
            two = new(client, "two", new CallLimits(), cache);
        foreach (var caller in (JudgeCaller[])[one, two])
            for (var time = 0; time < 2; time++)
                await Ask(caller);
        await Ask(one, sample: 1);
        await Ask(one, "other");
        await one.Ask(Some.Pairwise with { MaxTokens = 64, Temperature = 1 }, "be fair", "hello", 0, 5, default);
        Assert.Equal(5, client.Asked);
    }

    [Fact]
    public void A_file_that_is_no_cache_is_left_as_it_is()
    {
        foreach (var content in (string[])["{\"id\": 1}\n", "hello", "\n"])
        {
            File.WriteAllText(Cache, content);
            Assert.Throws<JudgeException>(() => new CallCache(Cache));
            Assert.Equal(content, File.ReadAllText(Cache));
        }
    }

    [Fact]
    public void What_calls_cost_is_counted_by_their_tokens()
    {
        var use = new TokenUse(4, 0, 400_000, 10_000);
        Assert.Equal(400_000 * 0.5 / 1e6 + 10_000 * 2.0 / 1e6, use.Cost(0.5, 2), 1e-12);
        Assert.True(double.IsNaN(use.Cost(null, null)));
    }

    [Theory]
    [InlineData("http://h:1", "http://h:1/v1")]
    [InlineData("http://h:1/", "http://h:1/v1")]
    [InlineData("https://h/api/v3/", "https://h/api/v3")]
    [InlineData("http://h:1/v1/chat/completions", "http://h:1/v1")]
    public void An_address_is_taken_as_people_write_it(string given, string asked) =>
        Assert.Equal(asked, EndpointClient.BaseOf(new Uri(given)).ToString().TrimEnd('/'));

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = target) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
    }
}
