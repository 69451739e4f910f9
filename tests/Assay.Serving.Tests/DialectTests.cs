using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Reward;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

/// <summary>
/// Each dialect's request as its client sends it, and the answer read as that client reads it: the score is the one that <c>assay score</c>
/// gives.
/// </summary>
public sealed class DialectTests : IAsyncLifetime
{
    /// <summary>Products of another size add in another order.</summary>
    private const float BatchRounding = 2e-5f;

    private const string Rendered = "<|user|> is water wet <|end|> <|assistant|> yes of course <|end|> ";

    private static readonly Conversation Yes = Turns("is water wet", "yes of course"),
        No = Turns("is water wet", "no never");

    private RunningServer server = null!;

    public async ValueTask InitializeAsync() => server = await RunningServer.Start();

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private void Same(Conversation expected, JsonNode? score) =>
        Assert.Equal(server.ScoreOf(expected), score!.GetValue<float>(), BatchRounding);

    private static string Json(object body) => JsonSerializer.Serialize(body);

    [Fact]
    public void The_answers_that_are_compared_differ_by_more_than_rounding()
    {
        Assert.True(Math.Abs(server.ScoreOf(Yes) - server.ScoreOf(No)) > 100 * BatchRounding);
        Assert.True(
            Math.Abs(server.ScoreOf(Yes) - server.ScoreOf(Conversation.OfText("is water wet yes of course"))) > 100 * BatchRounding
        );
    }

    [Fact]
    public async Task Native_takes_messages_prompt_and_answers_text_and_ids()
    {
        var one = await server.Succeed(
            "/v1/reward",
            """{"messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "yes of course"}]}"""
        );
        Same(Yes, one["results"]![0]!["score"]);
        Assert.Equal("none", one["activation"]!.GetValue<string>());
        Assert.Equal(ModelFingerprint.Of(server.Files.Folder), one["fingerprint"]!.GetValue<string>());
        var ids = server.Model.Encode(Yes).Ids;
        Assert.Equal(ids.Length, one["results"]![0]!["tokens"]!.GetValue<int>());
        Assert.Equal(ids.Length - 1, one["results"]![0]!["scored_token"]!["position"]!.GetValue<int>());

        var several = await server.Succeed("/v1/reward", """{"prompt": "is water wet", "answers": ["yes of course", "no never"]}""");
        Same(Yes, several["results"]![0]!["score"]);
        Same(No, several["results"]![1]!["score"]);
        Assert.Equal(3, several["results"]!.AsArray().Sum(result => result!["rank"]!.GetValue<int>()));

        var mixed = await server.Succeed(
            "/v1/reward",
            Json(
                new
                {
                    conversations = new object[]
                    {
                        new { ids },
                        new { text = Rendered },
                        new { text = "is water wet" },
                        new { prompt = new[] { new { role = "user", content = "is water wet" } }, answer = "no never" },
                    },
                }
            )
        );
        Same(Yes, mixed["results"]![0]!["score"]);
        Same(Yes, mixed["results"]![1]!["score"]);
        Same(Conversation.OfText("is water wet"), mixed["results"]![2]!["score"]);
        Same(No, mixed["results"]![3]!["score"]);
    }

    [Fact]
    public async Task OpenRlhf_reads_rewards_scores_and_logs()
    {
        var answer = await server.Succeed(
            "/get_reward",
            Json(
                new
                {
                    query = new[] { Rendered, "is water wet" },
                    prompts = new[] { "p", "q" },
                    labels = new[] { "", "" },
                }
            )
        );
        Same(Yes, answer["rewards"]![0]);
        Same(Conversation.OfText("is water wet"), answer["rewards"]![1]);
        Assert.Equal(answer["rewards"]!.ToJsonString(), answer["scores"]!.ToJsonString());
        Assert.All(answer["extra_logs"]!.AsObject(), series => Assert.Equal(2, series.Value!.AsArray().Count), throwIfEmpty: true);
        Assert.Empty((await server.Succeed("/get_reward", """{"query": []}"""))["rewards"]!.AsArray());
    }

    [Theory]
    [InlineData("/classify")]
    [InlineData("/v1/classify")]
    public async Task Verl_reads_the_last_probability_of_vllms_classify(string path)
    {
        var answer = await server.Succeed(
            path,
            Json(
                new
                {
                    model = "small-rm",
                    input = Rendered,
                    use_activation = false,
                }
            )
        );
        Same(Yes, answer["data"]!.AsArray()[^1]!["probs"]!.AsArray()[^1]);
        Assert.Equal(1, answer["data"]![0]!["num_classes"]!.GetValue<int>());
        var turns = await server.Succeed(
            path,
            """{"model": "other/name", "messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "no never"}], "add_generation_prompt": false}"""
        );
        Same(No, turns["data"]![0]!["probs"]![0]);
        Assert.Equal("none", turns["assay"]!["activation"]!.GetValue<string>());
        var ids = await server.Succeed(
            path,
            Json(new { model = "small-rm", input = new[] { server.Model.Encode(Yes).Ids, server.Model.Encode(No).Ids } })
        );
        Same(No, ids["data"]![1]!["probs"]![0]);
    }

    [Fact]
    public async Task An_activation_is_applied_only_when_asked_for_and_named_in_the_answer()
    {
        var (_, body, response) = await server.Post("/classify", Json(new { input = Rendered, use_activation = true }));
        Assert.Equal(1 / (1 + MathF.Exp(-server.ScoreOf(Yes))), body!["data"]![0]!["probs"]![0]!.GetValue<float>(), BatchRounding);
        Assert.Equal("sigmoid", body["assay"]!["activation"]!.GetValue<string>());
        Assert.Equal("sigmoid", response.Headers.GetValues("X-Assay-Activation").Single());
    }

    [Fact]
    public async Task Verl_reads_the_last_number_of_sglangs_embedding_and_OpenAIs_client_its_base64()
    {
        var answer = await server.Succeed("/v1/embeddings", Json(new { model = "small-rm", input = Rendered }));
        Same(Yes, answer["data"]!.AsArray()[^1]!["embedding"]!.AsArray()[^1]);
        var packed = await server.Succeed(
            "/v1/embeddings",
            Json(
                new
                {
                    model = "small-rm",
                    input = new[] { Rendered },
                    encoding_format = "base64",
                }
            )
        );
        var bytes = Convert.FromBase64String(packed["data"]![0]!["embedding"]!.GetValue<string>());
        Assert.Equal(server.ScoreOf(Yes), BinaryPrimitives.ReadSingleLittleEndian(bytes), BatchRounding);
    }

    [Fact]
    public async Task Sglangs_own_classify_gives_an_object_for_one_text_and_a_list_for_several()
    {
        Same(Yes, (await server.Succeed("/classify", Json(new { text = Rendered })))["embedding"]![0]);
        var several = await server.Succeed("/classify", Json(new { text = new[] { Rendered, "is water wet" } }));
        Same(Conversation.OfText("is water wet"), several[1]!["embedding"]![0]);
    }

    [Fact]
    public async Task Pooling_and_score_answer_as_vllm_does()
    {
        var pooled = await server.Succeed("/pooling", Json(new { model = "small-rm", input = new[] { Rendered } }));
        Same(Yes, pooled["data"]![0]!["data"]![0]);
        foreach (
            var (first, second) in new[] { ("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2") }
        )
        {
            var scored = await server.Succeed(
                "/v1/score",
                Json(
                    new Dictionary<string, object>
                    {
                        ["model"] = "small-rm",
                        [first] = "is water wet",
                        [second] = new[] { "yes of course", "no never" },
                    }
                )
            );
            Same(Yes, scored["data"]![0]!["score"]);
            Same(No, scored["data"]![1]!["score"]);
        }
    }

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/v1/rerank")]
    [InlineData("/v2/rerank")]
    public async Task Rerank_clients_get_the_best_first_with_its_place_in_what_they_sent(string path)
    {
        var best = server.ScoreOf(Yes) > server.ScoreOf(No) ? Yes : No;
        var answer = await server.Succeed(
            path,
            Json(
                new
                {
                    model = "small-rm",
                    query = "is water wet",
                    documents = new object[] { "yes of course", new { text = "no never" } },
                    top_n = 1,
                }
            )
        );
        var result = Assert.Single(answer["results"]!.AsArray());
        Same(best, result!["relevance_score"]);
        Assert.Equal(best == Yes ? 0 : 1, result["index"]!.GetValue<int>());
        Assert.Equal(best.Messages![^1].Content, result["document"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Tei_reads_a_flat_list_of_two_as_a_pair_and_a_list_of_lists_as_a_batch()
    {
        Same(Yes, (await server.Succeed("/predict", Json(new { inputs = Rendered, raw_scores = true })))[0]!["score"]);
        Same(
            Yes,
            (await server.Succeed("/predict", Json(new { inputs = new[] { "is water wet", "yes of course" }, raw_scores = true })))[0]![
                "score"
            ]
        );
        var batch = await server.Succeed(
            "/predict",
            Json(new { inputs = new[] { new[] { Rendered }, ["is water wet", "no never"] }, raw_scores = true })
        );
        Same(Yes, batch[0]![0]!["score"]);
        Same(No, batch[1]![0]!["score"]);
        var ranked = await server.Succeed(
            "/rerank",
            Json(
                new
                {
                    query = "is water wet",
                    texts = new[] { "yes of course", "no never" },
                    raw_scores = true,
                    return_text = true,
                }
            )
        );
        Assert.True(ranked[0]!["score"]!.GetValue<float>() >= ranked[1]!["score"]!.GetValue<float>());
        Same(ranked[0]!["index"]!.GetValue<int>() == 0 ? Yes : No, ranked[0]!["score"]);
    }

    [Fact]
    public async Task LlamaFactorys_ppo_reads_scores_and_slime_a_bare_number()
    {
        var answer = await server.Succeed("/v1/score/evaluation", Json(new { model = "model", messages = new[] { Rendered } }));
        Same(Yes, answer["scores"]![0]);
        Assert.StartsWith("scoreval-", answer["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(400, (await server.Post("/v1/score/evaluation", """{"model": "m", "messages": []}""")).Status);
        Same(
            Yes,
            await server.Succeed(
                "/slime",
                Json(
                    new
                    {
                        prompt = "is water wet",
                        response = "yes of course",
                        label = "x",
                    }
                )
            )
        );
        Same(
            Yes,
            await server.Succeed(
                "/",
                Json(
                    new
                    {
                        prompt = new[] { new { role = "user", content = "is water wet" } },
                        response = "yes of course",
                        label = (string?)null,
                    }
                )
            )
        );
        Same(
            Yes,
            await server.Succeed(
                "/slime",
                Json(
                    new
                    {
                        prompt = "<|user|> is water wet <|end|> <|assistant|> ",
                        response = "yes of course <|end|>",
                        label = "x",
                    }
                )
            )
        );
    }

    [Fact]
    public async Task A_problem_has_the_shape_of_its_dialect()
    {
        const string Wrong = """{"query": 1, "inputs": 1, "input": 1, "messages": 1}""";
        Assert.Equal("query", (await server.Post("/get_reward", Wrong)).Body!["detail"]![0]!["loc"]![1]!.GetValue<string>());
        var vllm = await server.Post("/v1/classify", """{"input": 1}""");
        Assert.Equal(
            (400, "input", 400),
            (vllm.Status, vllm.Body!["error"]!["param"]!.GetValue<string>(), vllm.Body["error"]!["code"]!.GetValue<int>())
        );
        var tei = await server.Post("/predict", Wrong);
        Assert.Equal((422, "Validation"), (tei.Status, tei.Body!["error_type"]!.GetValue<string>()));
        Assert.Contains("query", (await server.Post("/v2/rerank", Wrong)).Body!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var native = await server.Post("/v1/reward", """{"messages": 1}""");
        Assert.Equal((422, "messages"), (native.Status, native.Body!["error"]!["field"]!.GetValue<string>()));
        var foreign = await server.Post("/classify", """{"model": "another", "input": "is"}""");
        Assert.Equal((404, "model"), (foreign.Status, foreign.Body!["error"]!["param"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Every_answer_says_whose_it_is_and_to_what()
    {
        var json = Json(new { inputs = Rendered });
        var (_, _, response) = await server.Post("/predict", json);
        Assert.Equal(ModelFingerprint.Of(server.Files.Folder), response.Headers.GetValues("X-Assay-Fingerprint").Single());
        Assert.Equal("none", response.Headers.GetValues("X-Assay-Activation").Single());
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json))),
            response.Headers.GetValues("X-Assay-Request-Sha256").Single()
        );
        var models = await server.Get("/v1/models");
        Assert.Equal(ModelFingerprint.Of(server.Files.Folder), models.Body["data"]![0]!["fingerprint"]!.GetValue<string>());
        Assert.Equal(200, (await server.Get("/ready")).Status);
        Assert.Contains(
            "known answers equal bit for bit",
            (await server.Get("/ready")).Body["self_test"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
        Assert.Contains("assay_scoring_sequences_total", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }
}
