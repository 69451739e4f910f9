using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Models.Heads;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// <c>POST /v1/reward</c>, our own: one of <c>messages</c>, <c>prompt</c> with <c>answers</c>, <c>text</c>, <c>ids</c>, or a list of such
/// objects under <c>conversations</c>; of each its raw score and all that is known of it.
/// </summary>
internal sealed class NativeReward : Dialect
{
    public override string Name => "Assay";

    public override IReadOnlyList<string> Paths { get; } = ["/v1/reward"];

    private protected override string ExampleText => """{"prompt": "Is water wet?", "answers": ["Yes.", "No."]}""";

    public override JsonNode Error(Problem problem) =>
        new JsonObject
        {
            ["format"] = "assay.error/1",
            ["error"] = new JsonObject
            {
                ["code"] = problem.Code,
                ["message"] = problem.Message,
                ["field"] = problem.Field,
            },
        };

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        exchange.CheckModel();
        exchange.Activation = body.OptionalText("activation") switch
        {
            null or "none" => Activation.None,
            "sigmoid" => Activation.Sigmoid,
            _ => throw new ProblemException(422, "wrong_value", "wanted none or sigmoid", "activation"),
        };
        var asked = AskedIn(exchange);
        var scores = await exchange.ScoreAsync(asked, body.OptionalInteger("max_length", 1), body.Flag("truncate")).ConfigureAwait(false);
        var reference = exchange.Model.Reference;
        var results = ListOf(scores, (score, i) => Result(exchange, score, i));
        if (body.Has("answers") && scores.Count > 0)
            Rank(results, scores, reference);
        return new JsonObject
        {
            ["format"] = "assay.reward/1",
            ["id"] = NewId("reward"),
            ["model"] = exchange.Name,
            ["fingerprint"] = exchange.Model.Fingerprint,
            ["text_fingerprint"] = exchange.Model.Model.Encoder.Fingerprint,
            ["activation"] = NameOf(exchange.Activation),
            ["batch_invariant"] = exchange.Options.Queue.Rounding == Reward.Scoring.BatchRounding.Excluded,
            ["request_sha256"] = body.Sha256,
            ["results"] = results,
            ["usage"] = new JsonObject { ["tokens"] = scores.Sum(score => (long)score.Input.Ids.Length) },
        };
    }

    private static IReadOnlyList<Asked> AskedIn(Exchange exchange)
    {
        string[] ways = [.. ((string[])["messages", "prompt", "text", "ids", "conversations"]).Where(exchange.Body.Has)];
        if (ways.Length != 1)
            throw new ProblemException(
                422,
                ways.Length == 0 ? "missing_field" : "two_inputs",
                "wanted exactly one of messages, prompt (with answers), text, ids and conversations",
                ways.Length == 0 ? "messages" : ways[1]
            );
        if (ways[0] != "conversations")
            return Of(exchange, exchange.Body.Root, "");
        var list = exchange.Body.Root.GetProperty("conversations");
        if (list.ValueKind != JsonValueKind.Array)
            throw Body.Wrong("conversations", list, "a list of objects with messages, prompt and answer, text or ids");
        var all = new List<Asked>();
        foreach (var (item, i) in list.EnumerateArray().Select((item, i) => (item, i)))
        {
            var field = $"conversations[{i}]";
            if (item.ValueKind != JsonValueKind.Object)
                throw Body.Wrong(field, item, "an object with messages, prompt and answer, text or ids");
            var read = Of(exchange, item, field + ".");
            all.Add(
                read.Count == 1
                    ? read[0]
                    : throw new ProblemException(422, "several_items", "is several; in this list each object is one conversation", field)
            );
        }
        return all;
    }

    private static IReadOnlyList<Asked> Of(Exchange exchange, JsonElement item, string before)
    {
        if (Find(item, "messages") is { } messages)
            return [Asked.OfMessages(before + "messages", messages, item)];
        if (Find(item, "ids") is { } ids)
            return IdsIn(ids, before + "ids");
        if (Find(item, "text") is { } text)
            return [.. Body.TextsOf(text, before + "text").Select(one => new Asked.PlainText(one.Field, one.Text))];
        if (Find(item, "prompt") is not { } prompt)
            throw Body.Missing(before + "messages", "messages, prompt and answer, text or ids");
        var name = Find(item, "answers") is not null ? "answers" : "answer";
        if (Find(item, name) is not { } answers)
            throw Body.Missing(before + "answers", "a list of answers to the prompt");
        return
        [
            .. Body.TextsOf(answers, before + name)
                .Select(answer => Asked.OfPrompt(answer.Field, prompt, before + "prompt", answer.Text, item, exchange.Model.Inputs)),
        ];
    }

    private static IReadOnlyList<Asked> IdsIn(JsonElement ids, string field) =>
        ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() > 0 && ids[0].ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select((one, i) => Asked.OfIds($"{field}[{i}]", one))]
            : [Asked.OfIds(field, ids)];

    private static JsonElement? Find(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonObject Result(Exchange exchange, Scored score, int index)
    {
        var result = new JsonObject { ["index"] = index, ["score"] = score.Raw };
        if (exchange.Activation != Activation.None)
            result["activated"] = score.Through(exchange.Activation);
        if (score.Components is { } components)
            result["components"] = ObjectOf(components);
        if (score.Members.Length > 1)
        {
            // How far the members of an ensemble lie apart, and the bound below which a policy should not be paid.
            result["score_std"] = ScoreAggregate.Spread(score.Members);
            result["lcb"] = ScoreAggregate
                .LowerBound(exchange.Model.Model.Aggregate is { Name: "lcb", K: var k } ? k : 1)
                .Of(score.Members);
        }
        if (exchange.Model.Reference is { } reference)
        {
            result["percentile"] = Math.Round(reference.Scores.PercentileOf(score.Raw), 2);
            result["standardised"] = Math.Round(reference.Scores.Standardise(score.Raw), 4);
        }
        result["tokens"] = score.Input.Ids.Length;
        result["truncated"] = score.Input.Truncated;
        if (exchange.Body.Flag("return_tokens"))
            result["token_texts"] = ListOf(score.Input.Ids, (id, _) => exchange.Model.Model.Encoder.Tokenizer.IdToToken(id) ?? "");
        result["scored_token"] = score.Input.ScoredPosition is { } at
            ? new JsonObject { ["position"] = at, ["id"] = score.Input.Ids[at] }
            : null;
        return result;
    }

    // Answers to one prompt: place from 1, ties share it; and the mean chance of winning against the others, where a temperature is stored.
    private static void Rank(JsonArray results, IReadOnlyList<Scored> scores, Evaluation.Calibration.StoredReference? reference)
    {
        for (var i = 0; i < scores.Count; i++)
        {
            results[i]!["rank"] = 1 + scores.Count(other => other.Raw > scores[i].Raw);
            double?[] wins = [.. scores.Where((_, j) => j != i).Select(other => reference?.Probability((double)scores[i].Raw - other.Raw))];
            if (wins.Length > 0 && wins[0] is not null)
                results[i]!["win_probability"] = wins.Average();
        }
    }
}
