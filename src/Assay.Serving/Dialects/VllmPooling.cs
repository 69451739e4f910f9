using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>vLLM's <c>/pooling</c> of a sequence reward model: <c>data[i].data</c> is a list of the one raw score, or its base64.</summary>
internal sealed class VllmPooling : OpenAiShapes
{
    public override string Name => "vLLM pooling";

    public override IReadOnlyList<string> Paths { get; } = ["/pooling", "/v1/pooling"];

    private protected override string ExampleText => """{"input": ["Is water wet? Yes."]}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        if (exchange.Body.OptionalText("task") is { } task and not "classify" and not "reward")
            throw new ProblemException(
                422,
                "wrong_value",
                "wanted classify: this model has a score for a sequence, none for a token or an embedding",
                "task"
            );
        ReadActivation(exchange);
        var scores = await ScoreInput(exchange).ConfigureAwait(false);
        return new JsonObject
        {
            ["id"] = NewId("pooling"),
            ["object"] = "list",
            ["created"] = Now,
            ["model"] = exchange.Name,
            ["data"] = ListOf(
                scores,
                (score, i) =>
                    new JsonObject
                    {
                        ["index"] = i,
                        ["object"] = "pooling",
                        ["data"] = Encoded(exchange, score.Through(exchange.Activation)),
                    }
            ),
            ["usage"] = Usage(scores),
            ["assay"] = Provenance(exchange),
        };
    }
}
