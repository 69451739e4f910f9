using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// OpenAI's <c>/v1/embeddings</c> as SGLang serves a reward model by it, and as verl asks it: an embedding of one number, the raw score, as
/// a list or as base64.
/// </summary>
internal sealed class OpenAiEmbeddings : OpenAiShapes
{
    public override string Name => "SGLang embeddings";

    public override IReadOnlyList<string> Paths { get; } = ["/v1/embeddings"];

    private protected override string ExampleText => """{"input": "Is water wet? Yes."}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        if (exchange.Body.OptionalInteger("dimensions", 1) is not null and not 1)
            throw new ProblemException(422, "wrong_value", "wanted 1: the score is one number", "dimensions");
        var scores = await ScoreInput(exchange).ConfigureAwait(false);
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = ListOf(
                scores,
                (score, i) =>
                    new JsonObject
                    {
                        ["object"] = "embedding",
                        ["embedding"] = Encoded(exchange, score.Raw),
                        ["index"] = i,
                    }
            ),
            ["model"] = exchange.Name,
            ["usage"] = Usage(scores),
            ["assay"] = Provenance(exchange),
        };
    }
}
