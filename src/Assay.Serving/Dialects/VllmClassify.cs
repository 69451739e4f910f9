using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// vLLM's and SGLang's <c>/classify</c> of a reward model: the score is <c>data[i].probs[0]</c>. What verl's reward loop calls. Unlike
/// vLLM's, the default is the raw score; <c>use_activation</c> true gives its sigmoid.
/// </summary>
internal sealed class VllmClassify : OpenAiShapes
{
    public override string Name => "vLLM classify";

    public override IReadOnlyList<string> Paths { get; } = ["/classify", "/v1/classify"];

    private protected override string ExampleText => """{"input": "Is water wet? Yes.", "use_activation": false}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        ReadActivation(exchange);
        var scores = await ScoreInput(exchange).ConfigureAwait(false);
        return new JsonObject
        {
            ["id"] = NewId("classify"),
            ["object"] = "list",
            ["created"] = Now,
            ["model"] = exchange.Name,
            ["data"] = ListOf(
                scores,
                (score, i) =>
                    new JsonObject
                    {
                        ["index"] = i,
                        ["label"] = "LABEL_0",
                        ["probs"] = new JsonArray(score.Through(exchange.Activation)),
                        ["num_classes"] = 1,
                    }
            ),
            ["usage"] = Usage(scores),
            ["assay"] = Provenance(exchange),
        };
    }
}
