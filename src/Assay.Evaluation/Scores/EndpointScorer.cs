using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Assay.Data;

namespace Assay.Evaluation.Scores;

/// <summary>
/// Scores by asking a server that speaks vLLM's <c>POST /classify</c> (the dialect of a sequence-classification reward model): a
/// conversation a request, as <c>messages</c> or as <c>input</c>, with <c>use_activation</c> false so that the answer is the raw logit; the
/// score is <c>data[0].probs[0]</c>. A server that applies an activation all the same cannot be told from its answers, unless all lie in
/// 0..1.
/// </summary>
/// <param name="address">The server, such as <c>http://127.0.0.1:8000</c>; <c>/classify</c> is added unless the path is given.</param>
/// <param name="model">The model's name there.</param>
/// <param name="handler">What sends; null for the network.</param>
public sealed class EndpointScorer(Uri address, string model, HttpMessageHandler? handler = null) : IScorer, IDisposable
{
    /// <summary>Requests under way at once: enough that a server can make batches of them.</summary>
    private const int RequestsAtOnce = 16;

    private readonly HttpClient _client = handler is null ? new HttpClient { Timeout = TimeSpan.FromMinutes(5) } : new HttpClient(handler);

    /// <summary>The reason under which rows are counted that the server refuses.</summary>
    public const string RefusedCode = "endpoint_refused";

    /// <summary>The model's name at the server.</summary>
    public string Model => model;

    /// <summary>Where requests go.</summary>
    public Uri Address { get; } = address.AbsolutePath == "/" ? new Uri(address, "/classify") : address;

    /// <summary>
    /// Asks for all of them, several at once. What the server refuses (status 400, 413 or 422: too long, say) is refused as
    /// <see cref="RefusedCode"/> with its words.
    /// </summary>
    /// <exception cref="EvaluationException">The server cannot be reached, fails, or answers in another form.</exception>
    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default)
    {
        var outcomes = new ScoreOutcome[conversations.Count];
        AtOnce(conversations.Count, cancellationToken, i => outcomes[i] = Answer(conversations[i], cancellationToken));
        return outcomes;
    }

    public void Dispose() => _client.Dispose();

    private static void AtOnce(int count, CancellationToken cancellationToken, Action<int> work)
    {
        try
        {
            Parallel.For(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
                work
            );
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions.OfType<EvaluationException>().FirstOrDefault() ?? several.InnerException!;
        }
    }

    private ScoreOutcome Answer(Conversation conversation, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = JsonContent.Create(Body(conversation)) };
        HttpStatusCode status;
        string text;
        try
        {
            using var response = _client.Send(request, cancellationToken);
            using var reader = new StreamReader(response.Content.ReadAsStream(cancellationToken));
            (status, text) = (response.StatusCode, reader.ReadToEnd());
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException
                || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new EvaluationException(
                $"{Address}: no answer ({error.Message}); is the server running, and is this its address?",
                error
            );
        }
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity)
            return new Refusal(RefusedCode, Shown(text));
        if (status != HttpStatusCode.OK)
            throw new EvaluationException($"{Address}: status {(int)status}: {Shown(text)}");
        var probs =
            LenientJson.Parse(text, Address.ToString())["data"]?[0]?["probs"] as JsonArray
            ?? throw new EvaluationException(
                $"{Address}: wanted vLLM's answer, {{\"data\": [{{\"probs\": [score]}}]}}, found {Shown(text)}"
            );
        if (probs.Count != 1)
            throw new EvaluationException(
                $"{Address}: {probs.Count} outputs a conversation, wanted one: {model} is no scalar reward model"
            );
        return (float)(LenientJson.Number(probs[0], Address.ToString(), "probs[0]") ?? double.NaN);
    }

    private JsonObject Body(Conversation conversation)
    {
        var body = new JsonObject { ["model"] = model, ["use_activation"] = false };
        if (conversation.Text is { } text)
        {
            body["input"] = text;
            return body;
        }
        body["messages"] = new JsonArray([
            .. conversation.Messages!.Select(message =>
                message.Raw?.DeepClone() ?? new JsonObject { ["role"] = message.Role, ["content"] = message.Content }
            ),
        ]);
        body["add_generation_prompt"] = false;
        if (conversation.ChatTemplateKwargs is { } variables)
            body["chat_template_kwargs"] = variables.DeepClone();
        if (conversation.Tools is { } tools)
            body["tools"] = tools.DeepClone();
        return body;
    }

    private static string Shown(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
