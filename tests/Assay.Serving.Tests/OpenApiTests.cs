using System.Text.Json.Nodes;
using Assay.Serving.Dialects;

namespace Assay.Serving.Tests;

public sealed class OpenApiTests : IAsyncLifetime
{
    private RunningServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await RunningServer.Start(RunningServer.Options with { Names = ["small-rm", "model"] });

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private static IEnumerable<(string Path, string Dialect, JsonNode Body)> Examples(JsonNode description) =>
        from path in description["paths"]!.AsObject()
        where path.Value!["post"] is not null
        from example in path.Value["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]?.AsObject() ?? []
        select (path.Key, example.Key, example.Value!["value"]!);

    [Fact]
    public async Task Every_example_is_answered_as_it_stands_and_every_dialect_has_one_on_each_of_its_paths()
    {
        var (status, description) = await server.Get("/openapi.json");
        Assert.Equal((200, "3.1.0"), (status, (string)description["openapi"]!));
        var examples = Examples(description).ToList();
        Assert.Equal(Dialect.All.Sum(dialect => dialect.Paths.Count), examples.Count);
        foreach (var (path, dialect, body) in examples)
        {
            var answer = await server.Post(path, body.ToJsonString());
            Assert.True(answer.Status == 200, $"{dialect} on {path}: {answer.Status} {answer.Body}");
        }
    }

    [Fact]
    public async Task Every_route_that_is_described_is_there_and_a_body_with_any_field_left_out_or_of_another_type_is_no_fault()
    {
        var (_, description) = await server.Get("/openapi.json");
        foreach (var (path, methods) in description["paths"]!.AsObject())
            if (methods!["get"] is not null)
                Assert.Equal(200, (int)(await server.Client.GetAsync(path)).StatusCode);
        JsonNode?[] others =
        [
            null,
            1,
            "x",
            true,
            new JsonArray(),
            new JsonObject(),
            new JsonArray(new JsonArray(1.5)),
            new JsonObject { ["text"] = 1 },
        ];
        var asked = 0;
        foreach (var (path, dialect, body) in Examples(description))
        {
            foreach (var field in body.AsObject().Select(entry => entry.Key).ToList())
            {
                var without = body.DeepClone().AsObject();
                without.Remove(field);
                foreach (var changed in others.Select(other => With(body, field, other)).Append(without))
                {
                    asked++;
                    var answer = await server.Post(path, changed.ToJsonString());
                    Assert.True(
                        answer.Status is 200 or (>= 400 and < 500),
                        $"{dialect} on {path}: {changed.ToJsonString()} gives {answer.Status}"
                    );
                    Assert.NotNull(answer.Body);
                }
            }
        }
        Assert.True(asked > 300, $"{asked}");
    }

    [Fact]
    public void Each_problem_is_there_in_its_dialect_s_shape_and_a_server_with_keys_says_so()
    {
        var open = OpenApi.Description(asksKeys: false);
        Assert.Null(open["security"]);
        var native = open["paths"]!["/v1/reward"]!["post"]!["responses"]!;
        Assert.Equal(
            "over_length",
            (string)native["422"]!["content"]!["application/json"]!["examples"]!["Assay: over_length"]!["value"]!["error"]!["code"]!
        );
        Assert.Equal(["200", "400", "401", "404", "413", "415", "422", "429", "503"], native.AsObject().Select(entry => entry.Key).Order());
        Assert.NotNull(OpenApi.Description(asksKeys: true)["components"]!["securitySchemes"]!["key"]);
    }

    private static JsonNode With(JsonNode body, string field, JsonNode? value)
    {
        var changed = body.DeepClone();
        changed[field] = value?.DeepClone();
        return changed;
    }
}
