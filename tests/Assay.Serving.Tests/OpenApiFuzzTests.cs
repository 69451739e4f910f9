using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Assay.Serving.Tests;

/// <summary>
/// Requests drawn from the server's own description of itself: bodies that fit a route's schema, bodies that nearly do, and any JSON at
/// all, by every method. CsCheck makes what fails as small as it can.
/// </summary>
public sealed class OpenApiFuzzTests
{
    private const int Requests = 1500;

    private static readonly Gen<JsonNode?> Scalar = Gen.OneOf(
        Gen.Const((JsonNode?)null),
        Gen.Bool.Select(value => (JsonNode?)value),
        Gen.Int[-3, 400].Select(value => (JsonNode?)value),
        Gen.Double.Where(double.IsFinite).Select(value => (JsonNode?)value),
        Gen.String.Select(value => (JsonNode?)Whole(value)),
        Pick("is", "water wet", "small-rm", "", "<|end|>", "user", "assistant", "none", "sigmoid", "float", "base64", "Right")
            .Select(value => (JsonNode?)value)
    );

    private static readonly Gen<string> Name = Pick(
        "messages",
        "role",
        "content",
        "text",
        "ids",
        "prompt",
        "answer",
        "answers",
        "input",
        "model",
        "query",
        "documents",
        "texts",
        "inputs",
        "max_length",
        "truncate",
        "tools",
        "a"
    );

    private static Gen<string> Pick(params string[] words) => Gen.Int[0, words.Length - 1].Select(at => words[at]);

    // At most three levels: what the server does with deeper ones is the parser's limit, and has its own test.
    private static readonly Gen<JsonNode?> AnyJson = Deeper(Deeper(Deeper(Scalar)));

    private static Gen<JsonNode?> Deeper(Gen<JsonNode?> inner) =>
        Gen.Frequency(
            (4, Scalar),
            (2, inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (
                2,
                Gen.Select(Name, inner)
                    .Array[0, 4]
                    .Select(fields =>
                        (JsonNode?)
                            new JsonObject(
                                fields
                                    .DistinctBy(field => field.Item1)
                                    .Select(field => KeyValuePair.Create(field.Item1, field.Item2?.DeepClone()))
                            )
                    )
            )
        );

    // A half of a surrogate pair is no JSON text of ours; the test of malformed bodies sends those.
    private static string Whole(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));

    /// <summary>A value of a schema; now and then any other.</summary>
    private static Gen<JsonNode?> Of(JsonNode? schema)
    {
        var fitting =
            schema is not JsonObject { Count: > 0 } described ? AnyJson
            : described["anyOf"] is JsonArray several ? Gen.OneOf([.. several.Select(Of)])
            : (string?)described["type"] switch
            {
                "string" => Gen.OneOf(
                    Gen.String.Select(value => (JsonNode?)Whole(value)),
                    Pick("is", "water", "yes <|end|> no", "small-rm").Select(value => (JsonNode?)value)
                ),
                "number" => Gen.Int[-2, 300].Select(value => (JsonNode?)value),
                "boolean" => Gen.Bool.Select(value => (JsonNode?)value),
                "array" => Of(described["items"])
                    .Array[0, 5]
                    .Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
                _ => Fields(described["properties"]?.AsObject() ?? []),
            };
        return Gen.Frequency((9, fitting), (1, AnyJson));
    }

    private static Gen<JsonNode?> Fields(JsonObject properties) =>
        properties.Aggregate(
            Gen.Const((JsonNode?)new JsonObject()),
            (all, property) =>
                Gen.Select(
                    all,
                    Of(property.Value),
                    Gen.Int[0, 9],
                    (whole, value, leave) =>
                    {
                        var next = whole!.DeepClone().AsObject();
                        if (leave > 0)
                            next[property.Key] = value?.DeepClone();
                        return (JsonNode?)next;
                    }
                )
        );

    [Fact]
    public async Task No_request_to_any_route_that_is_described_makes_the_server_fail()
    {
        await using var server = await RunningServer.Start();
        var (_, description) = await server.Get("/openapi.json");
        var routes = (
            from path in description["paths"]!.AsObject()
            from method in path.Value!.AsObject()
            select (Path: path.Key, Method: method.Key, Schema: method.Value!["requestBody"]?["content"]?["application/json"]?["schema"])
        ).ToArray();
        Assert.True(routes.Length > 20, $"{routes.Length} routes");
        int answered = 0,
            refused = 0;
        // Loading a model again is one thing at a time, and slow; its own tests do that.
        var request = Gen.OneOf([
            .. routes
                .Where(route => route.Path != "/v1/reload")
                .Select(route =>
                    Gen.Select(
                        route.Schema is null ? AnyJson : Of(route.Schema),
                        Pick(route.Method, route.Method, route.Method, "get", "put"),
                        (body, method) => (route.Path, Method: method, Body: body)
                    )
                ),
        ]);
        await request.SampleAsync(
            async one =>
            {
                using var message = new HttpRequestMessage(new HttpMethod(one.Method.ToUpperInvariant()), one.Path);
                if (one.Method != "get")
                    message.Content = new StringContent(one.Body?.ToJsonString() ?? "null", Encoding.UTF8, "application/json");
                using var response = await server.Client.SendAsync(message);
                var text = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                    Interlocked.Increment(ref answered);
                else
                    Interlocked.Increment(ref refused);
                if (response.Content.Headers.ContentType?.MediaType == "application/json")
                    JsonDocument.Parse(text).Dispose();
                return (int)response.StatusCode < 500;
            },
            iter: Requests,
            threads: 2
        );
        Assert.True(
            answered > Requests / 20 && refused > Requests / 20,
            $"{answered} answered, {refused} refused: the requests test nothing"
        );
        Assert.Equal(200, (await server.Get("/ready")).Status);
    }
}
