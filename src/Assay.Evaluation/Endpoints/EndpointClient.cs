using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Evaluation.Endpoints;

/// <summary>Asks a reward server in one of its dialects.</summary>
/// <param name="address">The server, such as <c>http://127.0.0.1:8000</c>. A path in it stands in place of the dialect's.</param>
/// <param name="key">What is sent as <c>Authorization: Bearer</c>; null for nothing.</param>
/// <param name="handler">What sends; null for the network.</param>
public sealed class EndpointClient(Uri address, string? key = null, HttpMessageHandler? handler = null) : IDisposable
{
    private const int MostShown = 200;

    private readonly HttpClient _client = new(handler ?? new HttpClientHandler()) { Timeout = TimeSpan.FromMinutes(5) };

    public Uri Address => address;

    /// <summary>The first model that <c>/v1/models</c> lists; null where there is no such list.</summary>
    /// <exception cref="EvaluationException">The server cannot be reached.</exception>
    public string? FirstModel(CancellationToken cancellationToken = default) =>
        Send(new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/v1/models")), cancellationToken).Answer is JsonObject list
        && list["data"] is JsonArray { Count: > 0 } data
        && data[0] is JsonObject first
        && first["id"] is JsonValue id
        && id.TryGetValue(out string? name)
            ? name
            : null;

    /// <summary>The numbers that it gives to each item, or what it said instead.</summary>
    /// <exception cref="EvaluationException">The server cannot be reached.</exception>
    public EndpointAnswer Ask(
        EndpointDialect dialect,
        IReadOnlyList<EndpointItem> items,
        EndpointForm form,
        string? model,
        CancellationToken cancellationToken = default
    )
    {
        var body =
            dialect.Body(items, form, model)
            ?? throw new ArgumentException($"{dialect.Name} cannot be asked for these by {form}", nameof(form));
        var request = new HttpRequestMessage(HttpMethod.Post, address.AbsolutePath == "/" ? new Uri(address, dialect.Path) : address)
        {
            Content = JsonContent.Create(body),
        };
        var (status, answer, text) = Send(request, cancellationToken);
        if (status != 200)
            return new(null, $"status {status}: {Shown(text)}");
        if (answer is null || dialect.Read(answer) is not { } numbers)
            return new(null, $"an answer of another form: {Shown(text)}");
        return numbers.Count == items.Count ? new(numbers, null) : new(null, $"{numbers.Count} answers to {items.Count} conversations");
    }

    public void Dispose() => _client.Dispose();

    private (int Status, JsonNode? Answer, string Text) Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            try
            {
                using var response = _client.Send(request, cancellationToken);
                using var reader = new StreamReader(response.Content.ReadAsStream(cancellationToken));
                var text = reader.ReadToEnd();
                return ((int)response.StatusCode, Parsed(text), text);
            }
            catch (Exception error)
                when (error is HttpRequestException or IOException
                    || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                throw new EvaluationException(
                    $"{request.RequestUri}: no answer ({error.Message}); is the server running, and is this its address?",
                    error
                );
            }
        }
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(string text) =>
        text.ReplaceLineEndings(" ") is var line && line.Length <= MostShown ? line : text.ReplaceLineEndings(" ")[..MostShown] + "…";
}

/// <summary>What a server said.</summary>
/// <param name="Numbers">The numbers of each conversation; null where it did not give them.</param>
/// <param name="Instead">What it said then, for people.</param>
public sealed record EndpointAnswer(IReadOnlyList<double[]>? Numbers, string? Instead);
