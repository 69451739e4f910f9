using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// vLLM's <c>/score</c>: a first text is the prompt, a second the answer; one with one, one with each of many, or each with its own.
/// </summary>
internal sealed class VllmScore : OpenAiShapes
{
    private static readonly (string First, string Second)[] Names =
    [
        ("text_1", "text_2"),
        ("queries", "documents"),
        ("queries", "items"),
        ("data_1", "data_2"),
    ];

    public override string Name => "vLLM score";

    public override IReadOnlyList<string> Paths { get; } = ["/score", "/v1/score"];

    private protected override string ExampleText => """{"text_1": "Is water wet?", "text_2": ["Yes.", "No."]}""";

    public override async Task<JsonNode> Answer(Exchange exchange)
    {
        var body = exchange.Body;
        exchange.CheckModel();
        ReadActivation(exchange);
        if (body.Has("label_token_ids"))
            throw new ProblemException(
                422,
                "label_token_ids",
                "is for models that write; this one has a score of its own: leave it out",
                "label_token_ids"
            );
        var (first, second) = Names.FirstOrDefault(pair => body.Has(pair.First) && body.Has(pair.Second), Names[0]);
        var (prompts, answers) = (body.Texts(first), body.Texts(second));
        if (prompts.Count != 1 && prompts.Count != answers.Count)
            throw new ProblemException(
                422,
                "wrong_count",
                $"has {prompts.Count} texts and {second} {answers.Count}; wanted one, or as many",
                first
            );
        var cut = body.OptionalInteger("truncate_prompt_tokens", -1);
        var asked = answers.Select(
            (answer, i) =>
            {
                var prompt = prompts[prompts.Count == 1 ? 0 : i];
                return Asked.OfPrompt(
                    answer.Field,
                    JsonSerializer.SerializeToElement(prompt.Text),
                    prompt.Field,
                    answer.Text,
                    body.Root,
                    exchange.Model.Inputs
                );
            }
        );
        var scores = await exchange.ScoreAsync([.. asked], cut > 0 ? cut : null, cut is not null).ConfigureAwait(false);
        return new JsonObject
        {
            ["id"] = NewId("score"),
            ["object"] = "list",
            ["created"] = Now,
            ["model"] = exchange.Name,
            ["data"] = ListOf(
                scores,
                (score, i) =>
                    new JsonObject
                    {
                        ["index"] = i,
                        ["object"] = "score",
                        ["score"] = score.Through(exchange.Activation),
                    }
            ),
            ["usage"] = Usage(scores),
            ["assay"] = Provenance(exchange),
        };
    }
}
