using System.Text.Json.Nodes;
using Assay.Serving.Requests;

namespace Assay.Serving.Dialects;

/// <summary>
/// What the routes in OpenAI's manner share: errors as an object with message, type, param and code, and wrong fields as 400.
/// </summary>
internal abstract class OpenAiShapes : Dialect
{
    public override JsonNode Error(Problem problem) =>
        new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = problem.Sentence,
                ["type"] = StatusOf(problem) switch
                {
                    401 => "AuthenticationError",
                    404 => "NotFoundError",
                    413 => "RequestEntityTooLargeError",
                    429 => "RateLimitError",
                    503 => "ServiceUnavailableError",
                    >= 500 => "InternalServerError",
                    _ => "BadRequestError",
                },
                ["param"] = problem.Field,
                ["code"] = StatusOf(problem),
            },
        };

    public override int StatusOf(Problem problem) => problem.Status == 422 ? 400 : problem.Status;

    /// <summary><c>input</c> or <c>messages</c>, with the special tokens and the truncation that vLLM lets a request choose.</summary>
    protected static Task<IReadOnlyList<Scored>> ScoreInput(Exchange exchange)
    {
        var body = exchange.Body;
        exchange.CheckModel();
        IReadOnlyList<Asked> asked;
        if (body.Find("messages") is { } messages)
        {
            if (body.Has("input"))
                throw new ProblemException(422, "two_inputs", "input and messages do not go together", "input");
            if (body.Flag("add_generation_prompt"))
                throw new ProblemException(
                    422,
                    "add_generation_prompt",
                    "a reward model scores an answer that is there; leave it out or false",
                    "add_generation_prompt"
                );
            asked = [Asked.OfMessages("messages", messages, body.Root)];
        }
        else
            asked = Asked.OfInput(
                "input",
                body.Get("input", "a string, a list of strings, or token ids; or messages"),
                body.Flag("add_special_tokens", otherwise: true) ? SpecialTokens.Once : SpecialTokens.None
            );
        // vLLM: -1 cuts to what the model takes.
        var cut = body.OptionalInteger("truncate_prompt_tokens", -1);
        if (cut == 0)
            throw new ProblemException(422, "wrong_value", "is 0; wanted -1 or a number of tokens", "truncate_prompt_tokens");
        return exchange.ScoreAsync(asked, cut > 0 ? cut : null, cut is not null);
    }

    /// <summary>vLLM's switch, under the names it has had.</summary>
    protected static void ReadActivation(Exchange exchange)
    {
        foreach (var name in (string[])["use_activation", "activation", "softmax"])
            if (exchange.Body.Find(name) is not null)
                exchange.Activation = exchange.Body.Flag(name) ? Activation.Sigmoid : Activation.None;
    }

    /// <summary>Numbers as a list, or as vLLM's and OpenAI's base64 of little-endian floats.</summary>
    protected static JsonNode Encoded(Exchange exchange, float value)
    {
        var format = exchange.Body.OptionalText("encoding_format") ?? "float";
        if (format == "float")
            return new JsonArray(value);
        if (format != "base64")
            throw new ProblemException(422, "wrong_value", "wanted float or base64", "encoding_format");
        var bytes = new byte[sizeof(float)];
        System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Convert.ToBase64String(bytes);
    }
}
