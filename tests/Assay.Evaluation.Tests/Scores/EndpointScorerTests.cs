using System.Net;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Tests.Scores;

public sealed class EndpointScorerTests
{
    private static readonly Uri Address = new("http://127.0.0.1:8000");

    /// <summary>A server in this process: it answers with what it is told, and keeps what it was asked.</summary>
    private sealed class Server(Func<JsonObject, (HttpStatusCode Status, string Body)> answer) : HttpMessageHandler
    {
        public List<(Uri? Address, JsonObject Body)> Asked { get; } = [];

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(request.Content!.ReadAsStream(cancellationToken));
            var body = JsonNode.Parse(reader.ReadToEnd())!.AsObject();
            lock (Asked)
                Asked.Add((request.RequestUri, body));
            var (status, text) = answer(body);
            return new HttpResponseMessage(status) { Content = new StringContent(text) };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }

    private static string Probs(params double[] probs) =>
        new JsonObject
        {
            ["data"] = new JsonArray(
                new JsonObject { ["index"] = 0, ["probs"] = new JsonArray([.. probs.Select(prob => (JsonNode)prob)]) }
            ),
        }.ToJsonString();

    private static Conversation Said(string answer) => Conversation.OfMessages(new Message("user", "q"), new Message("assistant", answer));

    private static double LengthOf(JsonObject body) => (body["input"] ?? body["messages"]![1]!["content"])!.GetValue<string>().Length;

    [Fact]
    public void Scores_are_raw_logits_in_the_order_of_the_conversations()
    {
        var server = new Server(body => (HttpStatusCode.OK, Probs(LengthOf(body) - 10)));
        using var scorer = new EndpointScorer(Address, "rm", server);
        Conversation[] conversations = [.. Enumerable.Range(1, 50).Select(i => Said(new string('a', i))), Conversation.OfText("plain")];
        Assert.Equal([.. Enumerable.Range(1, 50).Select(i => (ScoreOutcome)(i - 10f)), -5f], scorer.Score(conversations));
        Assert.All(
            server.Asked,
            asked =>
                Assert.Equal(
                    ("http://127.0.0.1:8000/classify", "rm", false),
                    (asked.Address!.ToString(), asked.Body["model"]!.GetValue<string>(), asked.Body["use_activation"]!.GetValue<bool>())
                ),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void A_refused_conversation_is_told_apart_with_the_servers_words_and_nothing_is_asked_twice()
    {
        var server = new Server(body => LengthOf(body) > 5 ? (HttpStatusCode.BadRequest, "too long") : (HttpStatusCode.OK, Probs(1)));
        using var scorer = new EndpointScorer(Address, "rm", server);
        Assert.Equal(
            [1f, new Refusal("endpoint_refused", "too long"), 1f],
            scorer.Score([Said("short"), Said("much too long"), Said("brief")])
        );
        Assert.Equal(3, server.Asked.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "out of memory", "status 500: out of memory")]
    [InlineData(HttpStatusCode.OK, "{\"data\": [{\"probs\": [0.1, 0.9]}]}", "2 outputs a conversation")]
    [InlineData(HttpStatusCode.OK, "{\"rewards\": [1]}", "wanted vLLM's answer")]
    [InlineData(HttpStatusCode.OK, "<html>", "not JSON")]
    public void Another_answer_is_refused_with_what_was_found(HttpStatusCode status, string body, string expected)
    {
        using var scorer = new EndpointScorer(Address, "rm", new Server(_ => (status, body)));
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => scorer.Score([Said("a")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_named()
    {
        using var scorer = new EndpointScorer(new Uri("http://127.0.0.1:9"), "rm");
        Assert.Contains(
            "http://127.0.0.1:9/classify: no answer",
            Assert.Throws<EvaluationException>(() => scorer.Score([Said("a")])).Message,
            StringComparison.Ordinal
        );
    }
}
