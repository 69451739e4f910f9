using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Reward;
using Assay.Serving;

namespace Assay.Bench;

/// <summary>
/// The scoring server on loopback, in a process of its own, beside scoring the same rows in batches: saturated for some minutes with mixed
/// lengths, broken bodies and clients that hang up, then at half that load. Every answer is compared with the batch's score and with the
/// hash of what was asked. <c>serve [minilm|smollm2|tiny] [MINUTES]</c>; tiny sends short requests to a model of two small layers, to look
/// at the memory over many.
/// </summary>
internal static class ServeBenchmark
{
    private const int Clients = 32;

    /// <summary>Rounding of batches, relative to the larger of 1 and the score.</summary>
    private const double Rounding = 1e-4;

    private static readonly string[] Broken =
    [
        "{\"text\": ",
        "[]",
        "{\"text\": 5}",
        "{\"prompt\": \"is\"}",
        "{\"ids\": [99999999]}",
        "\ud83d",
        "{\"text\": \"\\ud800\"}",
    ];

    public static int Run(string[] arguments)
    {
        if (arguments is ["step", "score", var of, var count, var to])
            return ScoreStep(of, int.Parse(count, CultureInfo.InvariantCulture), to);
        if (arguments is ["step", "server", var served])
            return ServerStep(served).GetAwaiter().GetResult();
        var model = arguments.FirstOrDefault(word => !char.IsAsciiDigit(word[0])) ?? "minilm";
        var minutes = double.Parse(arguments.FirstOrDefault(word => char.IsAsciiDigit(word[0])) ?? "1", CultureInfo.InvariantCulture);
        return Measure(model, TimeSpan.FromMinutes(minutes)).GetAwaiter().GetResult();
    }

    /// <summary>Rows of HH-RLHF as messages, both sides of a pair; of tiny some short ones.</summary>
    private static List<Conversation> Rows(string model, int count) =>
        model == "tiny"
            ?
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        Conversation.OfMessages(
                            new Message("user", $"is it {i}"),
                            new Message("assistant", string.Join(' ', Enumerable.Repeat("yes", 1 + (i % 7))))
                        )
                    ),
            ]
            :
            [
                .. RealText
                    .Pairs()
                    .SelectMany(pair => new[] { pair.Chosen, pair.Rejected })
                    .Where(conversation => conversation.Messages!.Sum(message => message.Content.Length) < 1500)
                    .Take(count),
            ];

    private static RewardModel Load(string model) =>
        model == "tiny"
            ? RewardModel.Load(Path.Combine(RealText.Shared, "goldens", "training", "checkpoints", "llama-rm"))
            : RewardModel.LoadForTraining(RealText.PathOf(model), 0);

    private static int ScoreStep(string name, int count, string to)
    {
        using var model = Load(name);
        var rows = Rows(name, count);
        model.Score([.. rows.Take(32)]);
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        float[] scores =
        [
            .. rows.Chunk(256)
                .SelectMany(chunk => model.Score(chunk))
                .Select(outcome => outcome.Refusal is null ? outcome.Score : float.NaN),
        ];
        var seconds = clock.Elapsed.TotalSeconds;
        File.WriteAllText(
            to,
            JsonSerializer.Serialize(
                new
                {
                    Seconds = seconds,
                    Processor = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
                    Scores = scores.Select(score => float.IsNaN(score) ? (float?)null : score),
                }
            )
        );
        return 0;
    }

    private static async Task<int> ServerStep(string name)
    {
        await using var server = RewardServer.Create(new ServerOptions { Port = 0, Names = [name] });
        await server.StartAsync();
        await server.LoadAsync(
            name == "tiny" ? Path.Combine(RealText.Shared, "goldens", "training", "checkpoints", "llama-rm") : RealText.PathOf(name),
            () => Load(name)
        );
        Console.WriteLine(server.Address);
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static ProcessStartInfo Self(params string[] arguments)
    {
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return new ProcessStartInfo(Environment.ProcessPath!, [.. self, "serve", "step", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
    }

    private static async Task<int> Measure(string model, TimeSpan time)
    {
        var count = model == "smollm2" ? 128 : 512;
        JsonNode scored;
        var file = Path.Combine(Path.GetTempPath(), $"assay-bench-{Guid.NewGuid():N}.json");
        try
        {
            using var scoring = Process.Start(Self("score", model, count.ToString(CultureInfo.InvariantCulture), file))!;
            await scoring.WaitForExitAsync();
            if (scoring.ExitCode != 0)
                return scoring.ExitCode;
            scored = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        }
        finally
        {
            File.Delete(file);
        }
        float?[] expected = [.. scored["Scores"]!.AsArray().Select(score => (float?)score)];
        var batchRate = count / (double)scored["Seconds"]!;
        Say(
            $"{model}, {count} rows in batches: {batchRate:0.00} rows/s, {(double)scored["Processor"]! / count:0.0000} processor seconds a row"
        );

        using var server = Process.Start(Self("server", model))!;
        var address = await server.StandardOutput.ReadLineAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4 * Clients })
        {
            BaseAddress = new Uri(address!),
            Timeout = TimeSpan.FromMinutes(5),
        };
        var load = new ServeLoad(client, [.. Rows(model, count)], expected, Rounding);
        try
        {
            await load.Saturate(8, TimeSpan.FromSeconds(model == "tiny" ? 5 : 15), [], null); // warm
            load.Reset();
            var before = await Metrics(client);
            var memory = new List<double>();
            var (clock, cpu) = (Stopwatch.StartNew(), server.TotalProcessorTime);
            await load.Saturate(Clients, time, Broken, () => memory.Add(MiB(server)));
            var seconds = clock.Elapsed.TotalSeconds;
            server.Refresh();
            var processor = (server.TotalProcessorTime - cpu).TotalSeconds / Math.Max(1, load.Answered);
            var rate = load.Answered / seconds;
            Say(
                $"saturated for {seconds:0} s, {Clients} clients: {load.Answered:N0} answers, {rate:0.00}/s, {rate / batchRate:0.00} of the batch's rate; {load.Wrong} wrong, {load.Lost} lost, {load.Foreign} of another request, {load.BadlyRefused} broken bodies without a refusal; {load.HungUp:N0} hung up, {load.Refused:N0} broken bodies refused"
            );
            var (p50, p99) = load.Latencies();
            Say($"  {processor:0.0000} processor seconds of the server an answer");
            Say(
                $"  p50 {p50:0.000} s, p99 {p99:0.000} s; memory of the server in MiB: {string.Join(" ", Quartiles(memory).Select(value => value.ToString("0", CultureInfo.InvariantCulture)))} (largest of each quarter)"
            );
            var after = await Metrics(client);
            double batches = after["assay_scoring_batches_total"] - before.GetValueOrDefault("assay_scoring_batches_total"),
                busy =
                    after["assay_scoring_batch_duration_seconds_sum"]
                    - before.GetValueOrDefault("assay_scoring_batch_duration_seconds_sum"),
                tokens = after["assay_scoring_tokens_total"] - before.GetValueOrDefault("assay_scoring_tokens_total");
            Say(
                $"  {batches:0} batches of {tokens / batches:0} tokens; the network was at work {busy / seconds:0.0 %} of the time, {tokens / busy:0} tokens/s of it"
            );
            load.Reset();
            await load.AtRate(rate / 2, TimeSpan.FromTicks(Math.Min(time.Ticks, TimeSpan.FromMinutes(1).Ticks)));
            (p50, p99) = load.Latencies();
            Say(
                $"half load, {rate / 2:0.00}/s: p50 {p50 * 1000:0} ms, p99 {p99 * 1000:0} ms of {load.Answered:N0}; {load.Wrong} wrong, {load.Lost} lost"
            );
            return load.Wrong + load.Lost + load.Foreign + load.BadlyRefused == 0 ? 0 : 1;
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(30_000))
                server.Kill();
        }
    }

    private static double MiB(Process server)
    {
        server.Refresh();
        return server.WorkingSet64 / (double)(1 << 20);
    }

    private static IEnumerable<double> Quartiles(List<double> values) =>
        Enumerable
            .Range(0, 4)
            .Where(_ => values.Count >= 4)
            .Select(quarter => values.Skip(quarter * values.Count / 4).Take(Math.Max(1, values.Count / 4)).Max());

    private static async Task<Dictionary<string, double>> Metrics(HttpClient client) =>
        (await client.GetStringAsync("/metrics"))
            .Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' '))
            .GroupBy(parts => parts[0].Split('{')[0])
            .ToDictionary(group => group.Key, group => group.Sum(parts => double.Parse(parts[^1], CultureInfo.InvariantCulture)));

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
