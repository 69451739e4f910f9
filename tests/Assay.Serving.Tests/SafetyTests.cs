using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Assay.Data;
using Microsoft.Extensions.Logging;

namespace Assay.Serving.Tests;

public sealed class SafetyTests
{
    private static readonly string LongText = SmallRewardModel.Text(new Random(1), 300);

    private static string Query(params string[] texts) => JsonSerializer.Serialize(new { query = texts });

    [Fact]
    public async Task Before_the_model_is_there_the_server_is_well_not_ready_and_gives_no_score()
    {
        await using var server = await RunningServer.Start(loads: false);
        Assert.Equal(200, (await server.Get("/health")).Status);
        Assert.Equal(503, (await server.Get("/ready")).Status);
        var (status, _, response) = await server.Post("/get_reward", Query("is water wet"));
        Assert.Equal(503, status);
        Assert.NotNull(response.Headers.RetryAfter);
        await server.Server.LoadAsync(server.Files.Folder);
        Assert.Equal(200, (await server.Get("/ready")).Status);
        Assert.Equal(200, (await server.Post("/get_reward", Query("is water wet"))).Status);
    }

    [Fact]
    public async Task A_model_that_no_longer_answers_as_it_did_is_never_ready()
    {
        await using var server = await RunningServer.Start(loads: false);
        var weights = Path.Combine(server.Files.Folder, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        for (var i = bytes.Length - 4000; i < bytes.Length; i += 4)
            bytes[i + 3] = 0x40; // numbers above 2
        File.WriteAllBytes(weights, bytes);
        await Assert.ThrowsAnyAsync<FormatException>(() => server.Server.LoadAsync(server.Files.Folder));
        Assert.Equal(503, (await server.Get("/ready")).Status);
    }

    [Fact]
    public async Task A_model_without_the_verdict_that_is_demanded_is_not_served()
    {
        await using var server = await RunningServer.Start(
            RunningServer.Options with
            {
                RequiresGate = true,
                RequiredUse = "rl",
            },
            loads: false
        );
        var refusal = await Assert.ThrowsAsync<GateRefusedException>(() => server.Server.LoadAsync(server.Files.Folder));
        Assert.Contains("no verdict", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(503, (await server.Get("/ready")).Status);
    }

    [Fact]
    public async Task Without_one_of_the_keys_nothing_but_health_is_answered()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { ApiKeys = ["first-key", "second-key"] });
        Assert.Equal(401, (await server.Post("/get_reward", Query("is"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(200, (await server.Get("/health")).Status);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "first-kez");
        Assert.Equal(401, (await server.Post("/get_reward", Query("is"))).Status);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "second-key");
        Assert.Equal(200, (await server.Post("/get_reward", Query("is"))).Status);
        server.Client.DefaultRequestHeaders.Authorization = null;
        server.Client.DefaultRequestHeaders.Add("X-API-Key", "first-key");
        Assert.Equal(200, (await server.Post("/get_reward", Query("is"))).Status);
    }

    [Fact]
    public void Another_address_than_loopback_needs_a_key_or_a_certificate()
    {
        var open = RunningServer.Options with { Address = IPAddress.Any };
        Assert.Throws<FormatException>(open.Check);
        (open with { ApiKeys = ["key"] }).Check();
        (open with { CertificatePath = "cert.pem" }).Check();
        (open with { Address = IPAddress.IPv6Loopback }).Check();
        Assert.Throws<FormatException>((open with { ApiKeys = [" "] }).Check);
        Assert.Throws<FormatException>((RunningServer.Options with { KeyPath = "key.pem" }).Check);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls()
    {
        using var files = new SmallRewardModel();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(files["cert.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(files["key.pem"], key.ExportPkcs8PrivateKeyPem());
        using var trusting = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == certificate.Thumbprint,
        };
        var options = RunningServer.Options with { CertificatePath = files["cert.pem"], KeyPath = files["key.pem"] };
        await using var server = await RunningServer.Start(options, handler: trusting);
        Assert.Equal("https", server.Server.Address.Scheme);
        Assert.Equal(200, (await server.Post("/get_reward", Query("is water wet"))).Status);
        Assert.Throws<FormatException>(() => RewardServer.Create(options with { KeyPath = null }));
    }

    [Fact]
    public async Task What_is_too_long_is_refused_by_its_field_and_cut_only_when_asked_and_then_said()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { MaxLength = 64 });
        var (status, body, _) = await server.Post("/get_reward", Query("is", LongText));
        Assert.Equal((422, "query[1]"), (status, body!["detail"]![0]!["loc"]![1]!.GetValue<string>()));
        Assert.Equal(413, (await server.Post("/predict", JsonSerializer.Serialize(new { inputs = LongText }))).Status);
        var cut = await server.Post("/v1/reward", JsonSerializer.Serialize(new { text = LongText, truncate = true }));
        Assert.True(cut.Body!["results"]![0]!["truncated"]!.GetValue<bool>());
        Assert.Equal("1", cut.Response.Headers.GetValues("X-Assay-Truncated").Single());
        server.Model.MaxLength = 64;
        server.Model.Truncation = Reward.Truncation.Right;
        Assert.Equal(server.ScoreOf(Conversation.OfText(LongText)), cut.Body["results"]![0]!["score"]!.GetValue<float>(), 2e-5f);
        Assert.Single((await server.Succeed("/predict", JsonSerializer.Serialize(new { inputs = LongText, truncate = true }))).AsArray());
        var vllm = await server.Succeed("/classify", JsonSerializer.Serialize(new { input = LongText, truncate_prompt_tokens = 10 }));
        Assert.Equal((10, 1), (vllm["usage"]!["prompt_tokens"]!.GetValue<int>(), vllm["assay"]!["truncated"]!.GetValue<int>()));
        Assert.Equal(400, (await server.Post("/classify", JsonSerializer.Serialize(new { input = LongText }))).Status);
    }

    [Fact]
    public async Task A_server_told_to_cut_says_so_in_every_answer()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { MaxLength = 64, Truncates = true });
        var (status, body, response) = await server.Post("/get_reward", Query("is", LongText));
        Assert.Equal((200, 1), (status, body!["assay"]!["truncated"]!.GetValue<int>()));
        Assert.Equal("1", response.Headers.GetValues("X-Assay-Truncated").Single());
    }

    [Fact]
    public async Task Bodies_and_batches_beyond_the_limits_get_413()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { MaxBodyBytes = 2000, MaxItems = 2 });
        var large = await server.Post("/get_reward", Query(LongText + LongText));
        Assert.Equal(413, large.Status);
        Assert.Contains("2000 bytes", large.Body!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        var many = await server.Post("/v1/reward", JsonSerializer.Serialize(new { text = new[] { "is", "is", "is" } }));
        Assert.Equal((413, "text"), (many.Status, many.Body!["error"]!["field"]!.GetValue<string>()));
        Assert.Equal(200, (await server.Post("/get_reward", Query("is", "water"))).Status);
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType,
            (await server.Client.PostAsync("/get_reward", new StringContent(Query("is")))).StatusCode
        );
    }

    [Fact]
    public async Task A_full_queue_gets_429_with_a_time_to_come_back_and_what_waits_is_answered_when_the_server_stops()
    {
        await using var server = await RunningServer.Start(
            RunningServer.Options with
            {
                Queue = new()
                {
                    MaxDelay = TimeSpan.FromMinutes(1),
                    BatchTokens = 8,
                    MaxWaiting = 2,
                },
            }
        );
        var waits = server.Post("/get_reward", Query("is", "yes"));
        await Until(async () => Waiting(await server.Client.GetStringAsync("/metrics")) == 2);
        var refused = await server.Post("/v1/classify", """{"input": "no"}""");
        Assert.Equal((429, "RateLimitError"), (refused.Status, refused.Body!["error"]!["type"]!.GetValue<string>()));
        Assert.NotNull(refused.Response.Headers.RetryAfter?.Delta);
        await server.Server.StopAsync();
        var answered = await waits;
        Assert.Equal(200, answered.Status);
        Assert.Equal(server.ScoreOf(Conversation.OfText("yes")), answered.Body!["rewards"]![1]!.GetValue<float>(), 2e-5f);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Post("/get_reward", Query("is")));
    }

    [Fact]
    public async Task A_client_that_hangs_up_takes_its_sequences_out_of_the_queue()
    {
        await using var impatient = await RunningServer.Start(
            RunningServer.Options with
            {
                Queue = new() { MaxDelay = TimeSpan.FromSeconds(20), BatchTokens = 4 },
            }
        );
        using var leaves = new CancellationTokenSource();
        // Four tokens are a batch; two wait.
        var asked = impatient.Client.PostAsync(
            "/classify",
            new StringContent("""{"input": [[6, 7]]}""", System.Text.Encoding.UTF8, "application/json"),
            leaves.Token
        );
        await Until(async () => Waiting(await impatient.Client.GetStringAsync("/metrics")) == 1);
        leaves.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Until(async () => Waiting(await impatient.Client.GetStringAsync("/metrics")) == 0);
        Assert.Equal(200, (await impatient.Post("/classify", """{"input": [[6, 7, 8, 9]]}""")).Status);
    }

    [Fact]
    public async Task The_log_holds_no_text_of_a_client()
    {
        const string Secret = "tangerine";
        using var log = new Recorder();
        await using (var server = await RunningServer.Start(logging: logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace)))
        {
            Assert.Equal(200, (await server.Post("/get_reward", Query("is " + Secret))).Status);
            Assert.Equal(
                422,
                (await server.Post("/v1/reward", $$"""{"messages": [{"role": "{{Secret}}", "content": "{{Secret}}"}]}""")).Status
            );
            Assert.Equal(400, (await server.Post("/v1/reward", $"{{{Secret}")).Status);
        }
        // Only now nobody writes to it any more: a server still logs after it has answered.
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("/get_reward 200, 1 sequences", StringComparison.Ordinal));
    }

    private static double Waiting(string metrics) =>
        metrics
            .Split('\n')
            .Where(line => line.StartsWith("assay_scoring_waiting", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))
            .FirstOrDefault(-1);

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var attempt = 0; attempt < 400; attempt++)
        {
            if (await holds())
                return;
            await Task.Delay(25);
        }
        Assert.Fail("it did not come about");
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (Lines)
                Lines.Add(formatter(state, exception) + exception);
        }

        public void Dispose() { }
    }
}
