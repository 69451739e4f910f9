using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// SGLang's own <c>/classify</c>, told from vLLM's by its <c>text</c> or <c>input_ids</c>: the score is <c>embedding[0]</c>; one text gets
/// an object, a list a list.
/// </summary>
internal sealed class SglangClassify : OpenAiShapes
{
    public override string Name => "SGLang classify";

    public override IReadOnlyList<string> Paths { get; } = ["/classify"];

    private protected override string ExampleText => """{"text": "Is water wet? Yes."}""";

    public override bool Claims(Body body) => body.Has("text") || body.Has("input_ids");

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        exchange.CheckModel();
        var field = body.Has("text") ? "text" : "input_ids";
        var input = body.Get(field, "a string or a list of strings");
        var asked =
            field == "text"
                ? [.. Body.TextsOf(input, field).Select(text => (Asked)new Asked.PlainText(text.Field, text.Text))]
                : Asked.OfInput(field, input);
        var scores = await exchange.ScoreAsync(asked).ConfigureAwait(false);
        var answers = ListOf(
            scores,
            (score, _) =>
                new JsonObject
                {
                    ["embedding"] = new JsonArray(score.Raw),
                    ["meta_info"] = new JsonObject
                    {
                        ["id"] = Guid.NewGuid().ToString("N"),
                        ["prompt_tokens"] = score.Input.Ids.Length,
                        ["assay"] = Provenance(exchange),
                    },
                }
        );
        var isOne = input.ValueKind != System.Text.Json.JsonValueKind.Array || asked is [Asked.Ids { Field: "input_ids" }];
        return isOne ? answers[0]!.DeepClone() : answers;
    }
}
