using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// One way in which clients ask for scores: which paths and bodies are its own, how a body is read, how scores and problems are put. To add
/// one, add its file and its line in <see cref="All"/>. The raw score is the default everywhere; an activation is applied only where a
/// request asks for it.
/// </summary>
internal abstract class Dialect
{
    /// <summary>All of them. Of several with one path the first that claims the body answers, else the last.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        new NativeReward(),
        new OpenRlhfGetReward(),
        new SglangClassify(),
        new VllmClassify(),
        new VllmPooling(),
        new VllmScore(),
        new OpenAiEmbeddings(),
        new TeiPredict(),
        new TeiRerank(),
        new Rerank(),
        new LlamaFactoryScore(),
        new SlimeReward(),
    ];

    /// <summary>Whose it is, for people.</summary>
    public abstract string Name { get; }

    public abstract IReadOnlyList<string> Paths { get; }

    /// <summary>A request as its client sends it, for <c>/openapi.json</c>; a new copy each time.</summary>
    public JsonNode Example => JsonNode.Parse(ExampleText)!;

    private protected abstract string ExampleText { get; }

    /// <summary>Whether a body on a path that several dialects share is this one's.</summary>
    public virtual bool Claims(Body body) => false;

    /// <summary>The answer's body.</summary>
    public abstract Task<JsonNode> Answer(Exchange exchange);

    /// <summary>A problem in this dialect's shape.</summary>
    public abstract JsonNode Error(Problem problem);

    /// <summary>The status by which this dialect says it.</summary>
    public virtual int StatusOf(Problem problem) => problem.Status;

    /// <summary>What every answer says that has a place for it: whose score this is and what it went through.</summary>
    protected static JsonObject Provenance(Exchange exchange)
    {
        var provenance = new JsonObject
        {
            ["fingerprint"] = exchange.Model.Fingerprint,
            ["activation"] = NameOf(exchange.Activation),
            ["request_sha256"] = exchange.Body.Sha256,
            ["truncated"] = exchange.TruncatedCount,
        };
        if (exchange.Components is { } components)
            provenance["components"] = ListOf(components, (parts, _) => ObjectOf(parts));
        return provenance;
    }

    /// <summary>A composite's raw values by the names of its components.</summary>
    protected static JsonObject ObjectOf(IReadOnlyDictionary<string, float> components) =>
        new(components.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value)));

    public static string NameOf(Activation activation) => activation == Activation.None ? "none" : "sigmoid";

    protected static JsonObject Usage(IReadOnlyList<Scored> scores)
    {
        var tokens = scores.Sum(score => (long)score.Input.Ids.Length);
        return new JsonObject
        {
            ["prompt_tokens"] = tokens,
            ["total_tokens"] = tokens,
            ["completion_tokens"] = 0,
            ["prompt_tokens_details"] = null,
        };
    }

    /// <summary>An id that no other answer of this server has.</summary>
    protected static string NewId(string kind) => $"{kind}-{Guid.NewGuid():N}";

    protected static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    protected static JsonArray ListOf<T>(IEnumerable<T> items, Func<T, int, JsonNode?> node) => [.. items.Select(node)];
}
