using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>TEI's <c>/rerank</c>, told from the others by its <c>texts</c>: a list, best first.</summary>
internal sealed class TeiRerank : TeiShapes
{
    public override string Name => "TEI rerank";

    public override IReadOnlyList<string> Paths { get; } = ["/rerank"];

    private protected override string ExampleText => """{"query": "Is water wet?", "texts": ["Yes.", "No."], "raw_scores": true}""";

    public override bool Claims(Body body) => body.Has("texts");

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        ReadActivation(exchange);
        var query = JsonSerializer.SerializeToElement(exchange.Body.Text("query"));
        var texts = exchange.Body.Texts("texts");
        var scores = await Score(
                exchange,
                [.. texts.Select(text => Asked.OfPrompt(text.Field, query, "query", text.Text, exchange.Body.Root, exchange.Model.Inputs))]
            )
            .ConfigureAwait(false);
        var shows = exchange.Body.Flag("return_text");
        var answer = new JsonArray();
        foreach (var (score, i) in scores.Select((score, i) => (score, i)).OrderByDescending(item => item.score.Raw))
        {
            var result = new JsonObject { ["index"] = i, ["score"] = score.Through(exchange.Activation) };
            if (shows)
                result["text"] = texts[i].Text;
            answer.Add(result);
        }
        return answer;
    }
}
