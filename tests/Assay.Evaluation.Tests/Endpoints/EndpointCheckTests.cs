using System.Net;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.Endpoints;

namespace Assay.Evaluation.Tests.Endpoints;

/// <summary>Servers with one fault each, and one without.</summary>
public sealed class EndpointCheckTests
{
    private static readonly double[] Scores = [.. Enumerable.Range(0, 24).Select(i => Math.Sin(1.7 * i) * 2.5 + 0.3)];

    private static readonly EndpointItem[] Items =
    [
        .. Scores.Select(
            (score, i) =>
                new EndpointItem(
                    Conversation.OfMessages(new Message("user", $"q{i / 2}"), new Message("assistant", $"a{i}")),
                    $"text {i}",
                    $"<s>text {i}",
                    [1, i],
                    score
                )
                {
                    Pair = i / 2,
                }
        ),
    ];

    /// <summary>vLLM's /classify: what each text of a request gets, from its own raw score and those of the whole request.</summary>
    private static EndpointReport Vllm(
        Func<double, double[], JsonArray> answer,
        Func<EndpointForm, double, double>? byForm = null,
        double tolerance = EndpointCheck.UsualTolerance
    ) =>
        Run(
            (path, body) =>
            {
                if (path != "/classify")
                    return null;
                var form =
                    body["messages"] is not null ? EndpointForm.Messages
                    : body["input"]?[0] is JsonArray ? EndpointForm.Ids
                    : EndpointForm.Text;
                double[] raw =
                    form == EndpointForm.Messages
                        ? [ScoreOf((string)body["messages"]![1]!["content"]!)]
                        : [.. body["input"]!.AsArray().Select(one => one is JsonArray ids ? Scores[(int)ids[1]!] : ScoreOf((string)one!))];
                var given = byForm is null ? raw : [.. raw.Select(score => byForm(form, score))];
                return new JsonObject
                {
                    ["data"] = new JsonArray([
                        .. given.Select((score, i) => (JsonNode)new JsonObject { ["index"] = i, ["probs"] = answer(score, given) }),
                    ]),
                };
            },
            tolerance: tolerance
        );

    private static double ScoreOf(string text) =>
        Scores[int.Parse(text.TrimStart("<s>tex a".ToCharArray()), System.Globalization.CultureInfo.InvariantCulture)];

    private static EndpointReport Run(
        Func<string, JsonObject, JsonNode?> script,
        EndpointDialect? dialect = null,
        double tolerance = EndpointCheck.UsualTolerance
    )
    {
        using var client = new EndpointClient(new Uri("http://stand-in"), handler: new StandIn(script));
        return new EndpointCheck(client, Items, tolerance).Run("ours", dialect);
    }

    private static void Finds(EndpointReport report, string code, string words)
    {
        Assert.Equal(EndpointVerdict.Differs, report.Verdict);
        Assert.Contains(report.Findings, finding => finding.Code == code && finding.Text.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Equal_scores_are_the_same_and_nothing_is_found()
    {
        var report = Vllm((score, _) => [score]);
        Assert.Equal(EndpointVerdict.Same, report.Verdict);
        Assert.Empty(report.Findings);
        Assert.Equal(
            ("vllm-classify", 24, 1.0, 1.0, 12, 12, 0.0),
            (
                report.Dialect,
                report.Conversations,
                report.Kendall,
                report.Spearman,
                report.Pairs,
                report.PairsInOurOrder,
                report.LargestDifference
            )
        );
        Assert.Equal("none", report.Activation.Name);
        Assert.Equal(1, report.Activation.Slope, 1e-9);
    }

    [Fact]
    public void Rounding_to_bf16_is_within_the_tolerance_and_not_within_a_tight_one()
    {
        static JsonArray Rounded(double score, double[] _) =>
            [BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits((float)score) + 0x8000) & unchecked((int)0xffff0000))];
        Assert.Equal(EndpointVerdict.Same, Vllm(Rounded).Verdict);
        Assert.Equal(EndpointVerdict.Differs, Vllm(Rounded, tolerance: 1e-5).Verdict);
    }

    [Fact]
    public void A_sigmoid_is_named_with_its_slope()
    {
        var report = Vllm((score, _) => [1 / (1 + Math.Exp(-score))]);
        Finds(report, "activation", "sigmoid");
        Assert.Equal((1.0, 0.0), (Math.Round(report.Activation.Slope, 6), Math.Round(report.Activation.Offset, 6)));
        Finds(Vllm((score, _) => [1 / (1 + Math.Exp(-(2 * score) - 1))]), "scale", "2 of ours +1");
    }

    [Fact]
    public void Another_scale_is_named_with_slope_and_offset() => Finds(Vllm((score, _) => [(0.5 * score) - 3]), "scale", "0.5 of ours -3");

    [Fact]
    public void A_reversed_order_is_named() => Finds(Vllm((score, _) => [-score]), "reversed", "other label");

    [Fact]
    public void Scores_of_other_weights_are_named_by_their_order() =>
        Finds(Vllm((score, _) => [Math.Sin(100 * score)]), "ranks", "Kendall");

    [Fact]
    public void A_softmax_over_one_label_is_named() => Finds(Vllm((_, _) => [1.0]), "constant", "softmax over the one label");

    [Fact]
    public void A_softmax_over_the_request_is_named() =>
        Finds(Vllm((score, all) => all.Length == 1 ? [score] : [Math.Exp(score) / all.Sum(Math.Exp)]), "batch", "softmax over the request");

    [Fact]
    public void Scores_that_depend_on_their_company_are_named() =>
        Finds(Vllm((score, all) => [score + (0.1 * all.Length)]), "batch", "padding");

    [Fact]
    public void A_vector_of_one_that_was_normalised_is_named() =>
        Finds(Vllm((score, _) => [Math.Sign(score)]), "normalised", "only the sign");

    [Fact]
    public void An_embedding_of_length_one_is_named_with_its_width()
    {
        static JsonArray Embedding(double score, double[] _) =>
            [
                .. Enumerable.Range(0, 32).Select(i => Math.Cos(score + i)).ToArray() is var all
                    ? all.Select(one => (JsonNode)(one / Math.Sqrt(all.Sum(value => value * value))))
                    : [],
            ];
        Finds(Vllm(Embedding), "normalised", "length 1");
        Finds(Vllm(Embedding), "width", "32 numbers");
    }

    [Fact]
    public void A_softmax_of_two_labels_is_named_by_its_width()
    {
        var report = Vllm((score, _) => [1 / (1 + Math.Exp(score)), 1 / (1 + Math.Exp(-score))]);
        Finds(report, "width", "2 labels, a softmax");
        Assert.DoesNotContain(report.Findings, finding => finding.Code == "normalised");
    }

    [Fact]
    public void Another_tokenizer_is_told_from_other_weights_by_ids()
    {
        static JsonArray Plain(double score, double[] _) => [score];
        Finds(
            Vllm(Plain, (form, score) => form == EndpointForm.Text ? Math.Cos(9 * score) : score),
            "text",
            "by token ids the scores are the same"
        );
        Assert.DoesNotContain(Vllm(Plain, (_, score) => Math.Cos(9 * score)).Findings, finding => finding.Code == "text");
    }

    [Fact]
    public void Another_chat_template_is_said_and_does_not_change_the_verdict_on_texts()
    {
        var report = Vllm((score, _) => [score], (form, score) => form == EndpointForm.Messages ? score + 1 : score);
        Assert.Equal(EndpointVerdict.Same, report.Verdict);
        Assert.Equal("chat_template", Assert.Single(report.Findings).Code);
    }

    [Fact]
    public void Answers_in_another_order_without_an_index_are_named()
    {
        var report = Run(
            (path, body) =>
                path != "/get_reward"
                    ? null
                    : new JsonObject
                    {
                        ["rewards"] = new JsonArray([
                            .. body["query"]!.AsArray().Select(text => (JsonNode)ScoreOf((string)text!)).Reverse(),
                        ]),
                    }
        );
        Assert.Equal("openrlhf", report.Dialect);
        Finds(report, "request_order", "another order");
    }

    [Theory]
    [InlineData("assay")]
    [InlineData("openrlhf")]
    [InlineData("llama-factory")]
    [InlineData("sglang-classify")]
    [InlineData("tei-predict")]
    [InlineData("vllm-pooling")]
    [InlineData("embeddings")]
    [InlineData("slime")]
    public void Every_dialect_is_found_by_what_the_server_answers(string name)
    {
        var report = Run(
            (path, body) =>
                (name, path) switch
                {
                    ("assay", "/v1/reward") => new JsonObject
                    {
                        ["results"] = List(
                            body["conversations"]!,
                            one => one["messages"] is { } turns ? (string)turns[1]!["content"]! : $"a{one["ids"]![1]}",
                            score => new JsonObject { ["score"] = score }
                        ),
                    },
                    ("openrlhf", "/get_reward") => new JsonObject { ["rewards"] = List(body["query"]!, Text, score => score) },
                    ("llama-factory", "/v1/score/evaluation") => new JsonObject
                    {
                        ["scores"] = List(body["messages"]!, Text, score => score),
                    },
                    ("sglang-classify", "/classify") when body["text"] is { } texts => List(
                        texts,
                        Text,
                        score => new JsonObject { ["embedding"] = new JsonArray(score) }
                    ),
                    ("tei-predict", "/predict") => List(
                        body["inputs"]!,
                        one => (string)one[0]!,
                        score => new JsonArray(new JsonObject { ["score"] = score, ["label"] = "LABEL_0" })
                    ),
                    ("vllm-pooling", "/pooling") when body["input"] is { } input => new JsonObject
                    {
                        ["data"] = List(input, OfInput, score => new JsonObject { ["data"] = new JsonArray(score) }),
                    },
                    ("embeddings", "/v1/embeddings") => new JsonObject
                    {
                        ["data"] = List(body["input"]!, OfInput, score => new JsonObject { ["embedding"] = new JsonArray(score) }),
                    },
                    ("slime", "/") => ScoreOf((string)body["response"]!),
                    _ => null,
                }
        );
        Assert.Equal((name, EndpointVerdict.Same), (report.Dialect, report.Verdict));
        Assert.Equal(1, report.Kendall);

        static string Text(JsonNode one) => (string)one!;

        static string OfInput(JsonNode one) => one is JsonArray ids ? $"a{ids[1]}" : (string)one!;

        static JsonArray List(JsonNode asked, Func<JsonNode, string> text, Func<double, JsonNode> answer) =>
            [.. asked.AsArray().Select(one => answer(ScoreOf(text(one!))))];
    }

    [Fact]
    public void A_server_of_no_known_dialect_cannot_be_told_of()
    {
        var report = Run((_, _) => null);
        Assert.Equal(EndpointVerdict.CannotTell, report.Verdict);
        Assert.Equal(EndpointDialect.All.Select(dialect => dialect.Name), report.Tried.Keys);
        Assert.All(report.Tried.Values, said => Assert.Contains("status 404", said, StringComparison.Ordinal), throwIfEmpty: true);
    }

    [Fact]
    public void A_server_that_cannot_be_reached_is_an_error()
    {
        using var client = new EndpointClient(new Uri("http://127.0.0.1:1"));
        Assert.Contains(
            "is the server running",
            Assert.Throws<EvaluationException>(() => new EndpointCheck(client, Items).Run("ours")).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class StandIn(Func<string, JsonObject, JsonNode?> script) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null
                ? []
                : JsonNode.Parse(request.Content.ReadAsStringAsync(cancellationToken).GetAwaiter().GetResult())!.AsObject();
            return script(request.RequestUri!.AbsolutePath, body) is { } answer
                ? new(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString()) }
                : new(HttpStatusCode.NotFound) { Content = new StringContent("nothing here") };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}
