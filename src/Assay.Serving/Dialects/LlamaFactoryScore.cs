using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// LLaMA-Factory's <c>/v1/score/evaluation</c>, which its PPO calls: <c>messages</c> are rendered texts. Its <c>model</c> is a word without
/// meaning there, so no model is refused.
/// </summary>
internal sealed class LlamaFactoryScore : FastApiShapes
{
    public override string Name => "LLaMA-Factory";

    public override IReadOnlyList<string> Paths { get; } = ["/v1/score/evaluation"];

    private protected override string ExampleText => """{"model": "model", "messages": ["Is water wet? Yes."]}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        var messages = body.Get("messages", "a list of rendered texts");
        if (messages.ValueKind != JsonValueKind.Array)
            throw Body.Wrong("messages", messages, "a list of rendered texts");
        if (messages.GetArrayLength() == 0)
            throw new ProblemException(400, "empty", "Invalid request: messages is empty");
        var maxLength = body.OptionalInteger("max_length", 1);
        var scores = await exchange
            .ScoreAsync(
                [.. Body.TextsOf(messages, "messages").Select(text => new Asked.PlainText(text.Field, text.Text))],
                maxLength,
                maxLength is not null
            )
            .ConfigureAwait(false);
        return new JsonObject
        {
            ["id"] = NewId("scoreval"),
            ["object"] = "score.evaluation",
            ["model"] = body.OptionalText("model") ?? exchange.Name,
            ["scores"] = ListOf(scores, (score, _) => score.Raw),
            ["assay"] = Provenance(exchange),
        };
    }
}
