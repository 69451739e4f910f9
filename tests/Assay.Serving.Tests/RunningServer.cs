using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Reward;
using Microsoft.Extensions.Logging;

namespace Assay.Serving.Tests;

/// <summary>A server on a free port of loopback, its client, and the same model loaded beside it, to say what is right.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(SmallRewardModel files, RewardServer server, RewardModel model, HttpClient client) =>
        (Files, Server, Model, Client) = (files, server, model, client);

    public SmallRewardModel Files { get; }

    public RewardServer Server { get; }

    public RewardModel Model { get; }

    public HttpClient Client { get; }

    public static ServerOptions Options { get; } = new() { Port = 0, Names = ["small-rm", "other/name"] };

    public static async Task<RunningServer> Start(
        ServerOptions? options = null,
        Action<ILoggingBuilder>? logging = null,
        bool loads = true,
        HttpMessageHandler? handler = null
    )
    {
        var files = new SmallRewardModel();
        var server = RewardServer.Create(options ?? Options, logging);
        await server.StartAsync();
        if (loads)
            await server.LoadAsync(files.Folder);
        var client = handler is null ? new HttpClient() : new HttpClient(handler);
        client.BaseAddress = server.Address;
        return new RunningServer(files, server, RewardModel.Load(files.Folder), client);
    }

    /// <summary>What <c>assay score</c> gives for it.</summary>
    public float ScoreOf(Conversation conversation) => Model.Score([conversation])[0].Score;

    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> Post(string path, string json)
    {
        var response = await Client.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    public async Task<JsonNode> Succeed(string path, string json)
    {
        var (status, body, _) = await Post(path, json);
        Assert.True(status == 200, $"{path}: {status} {body}");
        return body!;
    }

    public async Task<(int Status, JsonNode Body)> Get(string path)
    {
        var response = await Client.GetAsync(path);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Model.Dispose();
        Files.Dispose();
    }
}
