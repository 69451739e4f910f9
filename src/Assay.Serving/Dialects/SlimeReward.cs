using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// slime's remote reward model: <c>{prompt, response, label}</c> gets the raw score as a bare number. The prompt is turns, a rendered text
/// or the user's one turn; the label is not read.
/// </summary>
internal sealed class SlimeReward : FastApiShapes
{
    public override string Name => "slime";

    public override IReadOnlyList<string> Paths { get; } = ["/slime", "/"];

    private protected override string ExampleText => """{"prompt": "Is water wet?", "response": "Yes.", "label": ""}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        var prompt = body.Get("prompt", "a string or a list of messages");
        var scores = await exchange
            .ScoreAsync([Asked.OfPrompt("response", prompt, "prompt", body.Text("response"), body.Root, exchange.Model.Inputs)])
            .ConfigureAwait(false);
        return JsonValue.Create(scores[0].Raw);
    }
}
