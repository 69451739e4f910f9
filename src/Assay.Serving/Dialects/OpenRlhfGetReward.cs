using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// OpenRLHF's remote reward model: <c>query</c> holds whole rendered texts; <c>rewards</c> and <c>scores</c> are the raw scores, as its own
/// server gives them. Prompts and labels are not read.
/// </summary>
internal sealed class OpenRlhfGetReward : FastApiShapes
{
    public override string Name => "OpenRLHF";

    public override IReadOnlyList<string> Paths { get; } = ["/get_reward"];

    private protected override string ExampleText => """{"query": ["Is water wet? Yes."], "prompts": ["Is water wet?"], "labels": [""]}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var scores = await exchange
            .ScoreAsync([.. exchange.Body.Texts("query").Select(query => new Asked.PlainText(query.Field, query.Text))])
            .ConfigureAwait(false);
        var logs = new JsonObject { ["reward_model_tokens"] = ListOf(scores, (score, _) => score.Input.Ids.Length) };
        if (exchange.Model.Reference is { } reference)
            logs["reward_percentile"] = ListOf(scores, (score, _) => Math.Round(reference.Scores.PercentileOf(score.Raw), 2));
        foreach (var name in exchange.Components is [var known, ..] ? known.Keys : [])
            logs[$"reward_{name}"] = ListOf(exchange.Components!, (parts, _) => parts[name]);
        return new JsonObject
        {
            ["rewards"] = ListOf(scores, (score, _) => score.Raw),
            ["scores"] = ListOf(scores, (score, _) => score.Raw),
            ["extra_logs"] = logs,
            ["assay"] = Provenance(exchange),
        };
    }
}
