using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// The rerank request of Cohere and Jina, which vLLM takes too: the query is the prompt, a document an answer to it; best first. Problems
/// have the words where each of the three looks for them.
/// </summary>
internal sealed class Rerank : OpenAiShapes
{
    public override string Name => "Cohere, Jina and vLLM rerank";

    public override IReadOnlyList<string> Paths { get; } = ["/rerank", "/v1/rerank", "/v2/rerank"];

    private protected override string ExampleText => """{"query": "Is water wet?", "documents": ["Yes.", "No."], "top_n": 2}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        exchange.CheckModel();
        ReadActivation(exchange);
        var query = JsonSerializer.SerializeToElement(body.Text("query"));
        var documents = Documents(body);
        var most = body.OptionalInteger("top_n", 0) is > 0 and var top ? top : int.MaxValue; // vLLM: 0 is all
        var cut = body.OptionalInteger("truncate_prompt_tokens", -1);
        var scores = await exchange
            .ScoreAsync(
                [
                    .. documents.Select(document =>
                        Asked.OfPrompt(document.Field, query, "query", document.Text, body.Root, exchange.Model.Inputs)
                    ),
                ],
                cut > 0 ? cut : null,
                cut is not null
            )
            .ConfigureAwait(false);
        var shows = body.Flag("return_documents", otherwise: true);
        var results = new JsonArray();
        foreach (var (score, i) in scores.Select((score, i) => (score, i)).OrderByDescending(item => item.score.Raw).Take(most))
        {
            var result = new JsonObject { ["index"] = i };
            if (shows)
                result["document"] = new JsonObject { ["text"] = documents[i].Text };
            result["relevance_score"] = score.Through(exchange.Activation);
            results.Add(result);
        }
        return new JsonObject
        {
            ["id"] = NewId("rerank"),
            ["model"] = exchange.Name,
            ["usage"] = new JsonObject
            {
                ["total_tokens"] = scores.Sum(score => (long)score.Input.Ids.Length),
                ["prompt_tokens"] = scores.Sum(score => (long)score.Input.Ids.Length),
            },
            ["results"] = results,
            ["meta"] = new JsonObject
            {
                ["api_version"] = new JsonObject { ["version"] = exchange.Path.StartsWith("/v1", StringComparison.Ordinal) ? "1" : "2" },
            },
            ["assay"] = Provenance(exchange),
        };
    }

    public override JsonNode Error(Problem problem)
    {
        var error = base.Error(problem);
        error["message"] = problem.Sentence; // Cohere
        error["detail"] = problem.Sentence; // Jina
        return error;
    }

    private static IReadOnlyList<(string Field, string Text)> Documents(Body body)
    {
        var list = body.Get("documents", "a list of strings");
        if (list.ValueKind != JsonValueKind.Array)
            throw Body.Wrong("documents", list, "a list of strings");
        return
        [
            .. list.EnumerateArray()
                .Select(
                    (item, i) =>
                        (
                            $"documents[{i}]",
                            item.ValueKind == JsonValueKind.Object && item.TryGetProperty("text", out var text)
                                ? Body.TextOf(text, $"documents[{i}].text")
                                : Body.TextOf(item, $"documents[{i}]", "a string, or an object with text")
                        )
                ),
        ];
    }
}
