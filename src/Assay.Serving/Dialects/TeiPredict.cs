using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// TEI's <c>/predict</c>. A flat list of two strings is one pair, here a prompt and its answer; a list of lists is a batch. TEI's default
/// is the sigmoid; here it is the raw score, and <c>raw_scores</c> false gives the sigmoid.
/// </summary>
internal sealed class TeiPredict : TeiShapes
{
    public override string Name => "TEI predict";

    public override IReadOnlyList<string> Paths { get; } = ["/predict"];

    private protected override string ExampleText => """{"inputs": "Is water wet? Yes.", "raw_scores": true}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        ReadActivation(exchange);
        var inputs = exchange.Body.Get("inputs", "a string, a pair of strings, or a list of lists of one or two strings");
        var isBatch =
            inputs.ValueKind == JsonValueKind.Array && (inputs.GetArrayLength() == 0 || inputs[0].ValueKind == JsonValueKind.Array);
        IReadOnlyList<Asked> asked = isBatch
            ? [.. inputs.EnumerateArray().Select((item, i) => Sequence(exchange, item, $"inputs[{i}]"))]
            : [Sequence(exchange, inputs, "inputs")];
        var scores = await Score(exchange, asked).ConfigureAwait(false);
        var answers = ListOf(
            scores,
            (score, _) => new JsonArray(new JsonObject { ["score"] = score.Through(exchange.Activation), ["label"] = "LABEL_0" })
        );
        return isBatch ? answers : answers[0]!.DeepClone();
    }

    private static Asked Sequence(Exchange exchange, JsonElement item, string field)
    {
        if (item.ValueKind == JsonValueKind.String)
            return new Asked.PlainText(field, item.GetString()!);
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() is not (1 or 2))
            throw Body.Wrong(field, item, "a string, or a list of one or two strings; several texts are a list of lists");
        var first = Body.TextOf(item[0], field + "[0]");
        return item.GetArrayLength() == 1
            ? new Asked.PlainText(field, first)
            : Asked.OfPrompt(field, item[0], field + "[0]", Body.TextOf(item[1], field + "[1]"), exchange.Body.Root, exchange.Model.Inputs);
    }
}
