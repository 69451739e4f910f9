using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Ground.Tracking;

/// <summary>
/// A tracking server of MLflow, by its REST API 2.0 (mlflow.org/docs/latest/rest-api.html). Batches are cut to the server's limits.
/// </summary>
/// <param name="client">Asks; its time limit and its credentials hold.</param>
/// <param name="address">Of the server, such as <c>http://localhost:5000</c>.</param>
public sealed class MlflowServer(HttpClient client, Uri address)
{
    /// <summary>The experiment that every server has.</summary>
    public const string DefaultExperiment = "0";

    // The API's own: metrics of one batch, parameters or tags of one, characters of a parameter, and of an answer as much as an error
    // needs.
    private const int MostMetrics = 1000,
        MostOthers = 100,
        MostOfValue = 6000,
        MostOfAnswer = 300;

    /// <summary>The id of an experiment, which is made where there is none of that name.</summary>
    /// <exception cref="IOException">The server cannot be reached, or says no; so it is for every call.</exception>
    public async Task<string> ExperimentOf(string name, CancellationToken stop) =>
        await Ask(HttpMethod.Get, $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", null, stop, missing: true)
            is { } known
            ? Text(known, "experiment", "experiment_id")
            : Text(await Ask(HttpMethod.Post, "experiments/create", new() { ["name"] = name }, stop), "experiment_id");

    /// <summary>Makes a run.</summary>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="name">What the server shows.</param>
    /// <param name="time">Milliseconds since 1970; so are all times here.</param>
    /// <param name="stop">Ends the call.</param>
    /// <returns>The run's id.</returns>
    public async Task<string> CreateRun(string experiment, string name, long time, CancellationToken stop) =>
        Text(
            await Ask(
                HttpMethod.Post,
                "runs/create",
                new()
                {
                    ["experiment_id"] = experiment,
                    ["start_time"] = time,
                    ["run_name"] = name,
                },
                stop
            ),
            "run",
            "info",
            "run_id"
        );

    public async Task LogMetrics(string run, IEnumerable<(string Key, double Value, long Step)> metrics, long time, CancellationToken stop)
    {
        foreach (var part in metrics.Chunk(MostMetrics))
            await Log(
                run,
                "metrics",
                part.Select(point =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["key"] = point.Key,
                            ["value"] = point.Value,
                            ["timestamp"] = time,
                            ["step"] = point.Step,
                        }
                ),
                stop
            );
    }

    /// <summary>Parameters, which a run keeps as they are first given; what is longer than the server takes is cut.</summary>
    public Task LogParameters(string run, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken stop) =>
        LogEntries(
            run,
            "params",
            parameters.Select(entry =>
                KeyValuePair.Create(entry.Key, entry.Value.Length <= MostOfValue ? entry.Value : entry.Value[..MostOfValue])
            ),
            stop
        );

    public Task LogTags(string run, IEnumerable<KeyValuePair<string, string>> tags, CancellationToken stop) =>
        LogEntries(run, "tags", tags, stop);

    /// <param name="run">The run's id.</param>
    /// <param name="status">RUNNING, FINISHED, FAILED or KILLED.</param>
    /// <param name="end">When it ended; null where it goes on.</param>
    /// <param name="stop">Ends the call.</param>
    public Task Update(string run, string status, long? end, CancellationToken stop)
    {
        var body = new JsonObject { ["run_id"] = run, ["status"] = status };
        if (end is { } time)
            body["end_time"] = time;
        return Ask(HttpMethod.Post, "runs/update", body, stop);
    }

    private async Task LogEntries(string run, string kind, IEnumerable<KeyValuePair<string, string>> entries, CancellationToken stop)
    {
        foreach (var part in entries.Chunk(MostOthers))
            await Log(run, kind, part.Select(entry => (JsonNode)new JsonObject { ["key"] = entry.Key, ["value"] = entry.Value }), stop);
    }

    private Task Log(string run, string kind, IEnumerable<JsonNode> entries, CancellationToken stop) =>
        Ask(HttpMethod.Post, "runs/log-batch", new() { ["run_id"] = run, [kind] = new JsonArray([.. entries]) }, stop);

    private async Task<JsonNode?> Ask(HttpMethod method, string path, JsonObject? body, CancellationToken stop, bool missing = false)
    {
        var target = new Uri(address.AbsoluteUri.TrimEnd('/') + "/api/2.0/mlflow/" + path);
        try
        {
            using var request = new HttpRequestMessage(method, target)
            {
                Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            };
            using var answer = await client.SendAsync(request, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            if (missing && answer.StatusCode == HttpStatusCode.NotFound)
                return null;
            if (!answer.IsSuccessStatusCode)
                throw new IOException(
                    $"{target}: the server answered {(int)answer.StatusCode}: {(text.Length > MostOfAnswer ? text[..MostOfAnswer] + "…" : text)}"
                );
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException || (error is TaskCanceledException && !stop.IsCancellationRequested))
        {
            throw new IOException($"{target}: no tracking server of MLflow answers there: {error.Message}", error);
        }
    }

    private string Text(JsonNode? answer, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            answer = answer is JsonObject ? answer[name] : null;
        return answer is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : throw new IOException($"{address}: answers as no tracking server of MLflow does: without {path[^1]}");
    }
}
