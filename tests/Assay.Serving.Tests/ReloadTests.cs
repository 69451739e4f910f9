using System.Collections.Concurrent;
using Assay.Reward;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

public sealed class ReloadTests
{
    private const float BatchRounding = 2e-5f;
    private const string Asked =
        """{"messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "yes of course"}]}""";

    [Fact]
    public async Task Under_load_every_answer_is_of_the_model_that_it_names_and_none_is_lost()
    {
        await using var server = await RunningServer.Start();
        using var other = new SmallRewardModel(seed: 2);
        using var second = RewardModel.Load(other.Folder);
        var expected = new Dictionary<string, float>
        {
            [ModelFingerprint.Of(server.Files.Folder)] = server.ScoreOf(Turns("is water wet", "yes of course")),
            [ModelFingerprint.Of(other.Folder)] = second.Score([Turns("is water wet", "yes of course")])[0].Score,
        };
        Assert.True(Math.Abs(expected.Values.First() - expected.Values.Last()) > 100 * BatchRounding);

        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentBag<(int Status, string? Fingerprint, float Score)>();
        Task[] clients =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!stop.IsCancellationRequested)
                        {
                            var (status, body, _) = await server.Post("/v1/reward", Asked);
                            answers.Add((status, (string?)body!["fingerprint"], status == 200 ? (float)body["results"]![0]!["score"]! : 0));
                        }
                    })
                ),
        ];
        while (answers.Count < 20)
            await Task.Delay(5);
        foreach (var file in Directory.GetFiles(other.Folder))
            File.Copy(file, Path.Combine(server.Files.Folder, Path.GetFileName(file)), overwrite: true);
        var answer = await server.Succeed("/v1/reload", "{}");
        Assert.Equal(
            (expected.Keys.First(), expected.Keys.Last(), true),
            ((string)answer["before"]!, (string)answer["fingerprint"]!, (bool)answer["changed"]!)
        );
        var after = answers.Count;
        while (answers.Count < after + 20)
            await Task.Delay(5);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.All(
            answers,
            one => Assert.Equal((200, true), (one.Status, Math.Abs(expected[one.Fingerprint!] - one.Score) <= BatchRounding)),
            throwIfEmpty: true
        );
        Assert.Equal(2, answers.Select(one => one.Fingerprint).Distinct().Count());
        Assert.Equal(expected.Keys.Last(), (string)(await server.Succeed("/v1/reward", Asked))["fingerprint"]!);
        Assert.Equal(expected.Keys.Last(), server.Server.Fingerprint);
    }

    [Fact]
    public async Task A_model_that_does_not_pass_is_refused_and_the_old_one_serves_on()
    {
        await using var server = await RunningServer.Start();
        var score = server.ScoreOf(Turns("is water wet", "yes of course"));
        var config = Path.Combine(server.Files.Folder, "config.json");
        var whole = File.ReadAllText(config);
        File.WriteAllText(config, whole[..(whole.Length / 2)]);
        var (status, body, _) = await server.Post("/v1/reload", "{}");
        Assert.Equal((409, "reload_refused"), (status, (string)body!["error"]!["code"]!));
        Assert.Contains("config.json", (string)body["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(score, (float)(await server.Succeed("/v1/reward", Asked))["results"]![0]!["score"]!, BatchRounding);
        Assert.Equal(404, (await server.Post("/v1/reload", """{"model": "another"}""")).Status);
        // The same folder, whole again, is taken and is no other model.
        File.WriteAllText(config, whole);
        Assert.False((bool)(await server.Succeed("/v1/reload", "{}"))["changed"]!);
    }

    [Fact]
    public async Task It_takes_a_key_where_keys_are_asked_for_and_a_body_that_a_page_of_another_site_cannot_send()
    {
        await using var server = await RunningServer.Start(RunningServer.Options with { ApiKeys = ["secret"] });
        Assert.Equal(401, (await server.Post("/v1/reload", "{}")).Status);
        server.Client.DefaultRequestHeaders.Add("X-API-Key", "secret");
        Assert.Equal(415, (int)(await server.Client.PostAsync("/v1/reload", new StringContent("{}"))).StatusCode);
        Assert.Equal(200, (await server.Post("/v1/reload", "{}")).Status);
    }

    [Fact]
    public async Task Before_there_is_a_model_there_is_nothing_to_load_again()
    {
        await using var server = await RunningServer.Start(loads: false);
        Assert.Equal(503, (await server.Post("/v1/reload", "{}")).Status);
    }
}
