using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;
using Assay.Data;
using Assay.Reward;
using Assay.Testing;

namespace Assay.Cli.Tests.Serving;

/// <summary>A server's process is killed and started again while clients ask.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const double Rounding = 1e-4;

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public async Task Clients_see_refusals_and_never_a_wrong_score()
    {
        string[] words = ["is", "water", "wet", "yes", "no", "it"];
        TinyCheckpoint.Write(_workplace["start"], words, 1);
        (Conversation Asked, float Score)[] rows;
        using (var model = RewardModel.LoadForTraining(_workplace["start"], headSeed: 1))
        {
            model.Save(_workplace["rm"]);
            Conversation[] asked =
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i =>
                        Conversation.OfMessages(
                            new Message("user", $"is water {words[i % 5]}"),
                            new Message("assistant", string.Join(' ', Enumerable.Repeat("yes it is no", 1 + (i % 9))))
                        )
                    ),
            ];
            rows = [.. asked.Zip(model.Score(asked).Select(outcome => outcome.Score))];
        }
        Assert.True(rows.DistinctBy(row => row.Score).Count() > 20);
        var port = LocalListener.FreePort();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
        var seen = new ConcurrentQueue<(int Life, string Outcome)>();
        var life = 0;
        using var stop = new CancellationTokenSource();
        Task[] clients =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(which =>
                    Task.Run(async () =>
                    {
                        for (var at = which; !stop.IsCancellationRequested; at++)
                        {
                            seen.Enqueue((life, await Ask(client, rows[at % rows.Length])));
                            await Task.Delay(5);
                        }
                    })
                ),
        ];
        for (life = 1; life <= 3; life++)
        {
            using var server = Workplace.Start("serve", "--model", _workplace["rm"], "--port", $"{port}");
            Assert.StartsWith("serving", await server.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            while (seen.Count(one => one.Life == life && one.Outcome == "right") < 50)
                await Task.Delay(20);
            server.Kill(); // with requests under way
            await server.WaitForExitAsync();
            await Task.Delay(200);
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        string[] outcomes = [.. seen.Select(one => one.Outcome).Distinct()];
        Assert.Contains("no answer", outcomes); // the kill was felt
        Assert.All(outcomes, outcome => Assert.True(outcome is "right" or "no answer" or "503", outcome), throwIfEmpty: true);
    }

    private static async Task<string> Ask(HttpClient client, (Conversation Asked, float Score) row)
    {
        var body = new JsonObject
        {
            ["messages"] = new JsonArray([
                .. row.Asked.Messages!.Select(message =>
                    (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content }
                ),
            ]),
        };
        try
        {
            using var response = await client.PostAsync(
                "/v1/reward",
                new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json")
            );
            var text = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
                return $"{(int)response.StatusCode}";
            var score = (double)JsonNode.Parse(text)!["results"]![0]!["score"]!;
            return Math.Abs(score - row.Score) <= Rounding * Math.Max(1, Math.Abs(row.Score)) ? "right" : $"{score} for {row.Score}";
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException)
        {
            return "no answer";
        }
    }
}
