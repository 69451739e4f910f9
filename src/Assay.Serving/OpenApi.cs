using System.Reflection;
using System.Text.Json.Nodes;
using Assay.Serving.Dialects;
using Assay.Serving.Requests;

namespace Assay.Serving;

/// <summary>
/// <c>/openapi.json</c>: every route, with a request of each dialect as its client sends it, the schema that this request shows, and each
/// problem in its dialect's shape. Dialects read their bodies field by field, so a generator of descriptions finds no types in them; a test
/// sends every example.
/// </summary>
internal static class OpenApi
{
    private static readonly Problem[] Problems =
    [
        new(400, "malformed_json", "the body is not JSON that can be read"),
        Requests.Problems.Unauthorized,
        new(404, "model_not_found", "is not served here", "model"),
        Requests.Problems.TooLarge(0) with
        {
            Message = "the body has more bytes, sequences or tokens than are taken",
        },
        new(415, "not_json", "the body is to be sent as Content-Type: application/json"),
        new(422, "over_length", "has more tokens than are taken", "input"),
        new(429, "queue_full", "too much waits; ask again"),
        Requests.Problems.Unavailable("the model is being loaded"),
    ];

    /// <param name="asksKeys">Whether the server wants an API key.</param>
    public static JsonObject Description(bool asksKeys)
    {
        var paths = new JsonObject();
        foreach (var path in Dialect.All.SelectMany(dialect => dialect.Paths).Distinct())
            paths[path] = new JsonObject { ["post"] = Scoring([.. Dialect.All.Where(dialect => dialect.Paths.Contains(path))]) };
        paths["/v1/reload"] = new JsonObject
        {
            ["post"] = Plain(
                "Load the model again from its folder. The old one answers until the new one has passed its self-test, and where it does not. Where several models are served, \"model\" names the one.",
                "what is served now; 409 where the new one was refused",
                takesBody: true
            ),
        };
        paths["/v1/models"] = new JsonObject
        {
            ["get"] = Plain("The models that are served, by their names, with their fingerprints.", "a list, as OpenAI's"),
        };
        paths["/"]!["get"] = Plain("A page to score answers by hand.", "HTML");
        paths["/health"] = new JsonObject { ["get"] = Plain("Whether the server lives.", "it does") };
        paths["/ready"] = new JsonObject { ["get"] = Plain("Whether a model is served that passed its self-test.", "it is; 503 before") };
        paths["/metrics"] = new JsonObject { ["get"] = Plain("Counters and times in Prometheus' text format.", "text") };
        paths["/openapi.json"] = new JsonObject { ["get"] = Plain("This description.", "OpenAPI 3.1") };
        var description = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "assay serve",
                ["version"] =
                    typeof(OpenApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
                ["description"] =
                    "Scores of a reward model, in the shapes that its clients already speak. Scores are raw logits unless a request asks for an activation; every answer has X-Assay-Fingerprint, X-Assay-Activation, X-Assay-Truncated and X-Assay-Request-Sha256.",
            },
            ["paths"] = paths,
        };
        if (!asksKeys)
            return description;
        description["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
            },
        };
        description["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() });
        return description;
    }

    private static JsonObject Scoring(Dialect[] dialects)
    {
        var examples = new JsonObject();
        foreach (var dialect in dialects)
            examples[dialect.Name] = new JsonObject { ["value"] = dialect.Example };
        JsonNode[] schemas = [.. dialects.Select(dialect => SchemaOf(dialect.Example))];
        var responses = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = $"the scores, as {string.Join(" or ", dialects.Select(dialect => dialect.Name))} gives them",
                ["content"] = Json([]),
            },
        };
        foreach (var problem in Problems)
        {
            // Two problems of one status are two examples of it.
            foreach (var dialect in dialects)
            {
                var status = $"{dialect.StatusOf(problem)}";
                var response = (JsonObject)(
                    responses[status] ??= new JsonObject
                    {
                        ["description"] = problem.Code,
                        ["content"] = Json(new JsonObject { ["examples"] = new JsonObject() }),
                    }
                );
                response["content"]!["application/json"]!["examples"]![$"{dialect.Name}: {problem.Code}"] = new JsonObject
                {
                    ["value"] = dialect.Error(problem),
                };
            }
        }
        return new JsonObject
        {
            ["summary"] = string.Join("; ", dialects.Select(dialect => dialect.Name)),
            ["parameters"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "model",
                    ["in"] = "query",
                    ["description"] =
                        "The model, for dialects whose body has no such field; the first that is served where nobody names one.",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                }
            ),
            ["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Json(
                    new JsonObject
                    {
                        ["schema"] = schemas is [var only] ? only : new JsonObject { ["anyOf"] = new JsonArray(schemas) },
                        ["examples"] = examples,
                    }
                ),
            },
            ["responses"] = responses,
        };
    }

    private static JsonObject Plain(string summary, string answer, bool takesBody = false)
    {
        var operation = new JsonObject
        {
            ["summary"] = summary,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = answer } },
        };
        if (takesBody)
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Json(new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } }),
            };
        return operation;
    }

    private static JsonObject Json(JsonObject media) => new() { ["application/json"] = media };

    /// <summary>The types that an example shows. Further fields may be there: dialects have more than one request can show.</summary>
    private static JsonObject SchemaOf(JsonNode? example) =>
        example switch
        {
            JsonObject all => new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(all.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)SchemaOf(field.Value)))),
            },
            JsonArray { Count: > 0 } items => new JsonObject { ["type"] = "array", ["items"] = SchemaOf(items[0]) },
            JsonArray => new JsonObject { ["type"] = "array" },
            JsonValue value => new JsonObject
            {
                ["type"] = value.GetValueKind() switch
                {
                    System.Text.Json.JsonValueKind.String => "string",
                    System.Text.Json.JsonValueKind.Number => "number",
                    _ => "boolean",
                },
            },
            _ => [],
        };
}
