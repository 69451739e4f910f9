using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// What the routes of Text Embeddings Inference share: <c>raw_scores</c>, <c>truncate</c>, and a problem as a sentence with its type.
/// </summary>
internal abstract class TeiShapes : Dialect
{
    public override JsonNode Error(Problem problem) =>
        new JsonObject
        {
            ["error"] = problem.Sentence,
            ["error_type"] = problem.Status switch
            {
                429 => "Overloaded",
                503 => "Unhealthy",
                >= 500 => "Backend",
                _ => problem.Code == "cannot_render" ? "Tokenizer" : "Validation",
            },
        };

    public override int StatusOf(Problem problem) => problem.Code == "over_length" ? 413 : problem.Status;

    protected static void ReadActivation(Exchange exchange) =>
        exchange.Activation = exchange.Body.Flag("raw_scores", otherwise: true) ? Activation.None : Activation.Sigmoid;

    protected static Task<IReadOnlyList<Scored>> Score(Exchange exchange, IReadOnlyList<Asked> asked)
    {
        var truncates = exchange.Body.Flag("truncate");
        if (exchange.Body.OptionalText("truncation_direction") is { } direction and not "Right" && truncates)
            throw new ProblemException(422, "wrong_value", "wanted Right: what is cut here is cut at the end", "truncation_direction");
        return exchange.ScoreAsync(asked, null, truncates);
    }
}
