using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Serving.Tests;

/// <summary>Whatever is sent to whatever route: an answer or a refusal in JSON, never a fault of the server.</summary>
public sealed class MalformedBodyTests
{
    private const int BodiesOfARoute = 120;

    private static readonly (string Path, string Body)[] Valid =
    [
        (
            "/v1/reward",
            """{"messages": [{"role": "user", "content": "is"}, {"role": "assistant", "content": "yes"}], "max_length": 50, "truncate": true, "activation": "sigmoid", "tools": null, "chat_template_kwargs": {"a": 1}}"""
        ),
        ("/v1/reward", """{"prompt": [{"role": "user", "content": "is"}], "answers": ["yes", "no"]}"""),
        ("/v1/reward", """{"conversations": [{"text": "is"}, {"ids": [7, 8]}, {"prompt": "is", "answer": "no"}]}"""),
        ("/get_reward", """{"query": ["is", "no"], "prompts": ["a"], "labels": [""]}"""),
        (
            "/classify",
            """{"model": "small-rm", "input": ["is", [7, 8]], "use_activation": false, "truncate_prompt_tokens": -1, "add_special_tokens": true}"""
        ),
        ("/classify", """{"text": ["is", "no"]}"""),
        ("/classify", """{"input_ids": [[7, 8], [9]]}"""),
        (
            "/v1/classify",
            """{"messages": [{"role": "user", "content": "is"}, {"role": "assistant", "content": "no"}], "add_generation_prompt": false}"""
        ),
        ("/pooling", """{"input": "is", "encoding_format": "base64", "task": "classify"}"""),
        ("/score", """{"text_1": "is", "text_2": ["yes", "no"]}"""),
        ("/v1/score", """{"queries": ["is", "why"], "documents": ["yes", "no"]}"""),
        ("/rerank", """{"query": "is", "documents": ["yes", {"text": "no"}], "top_n": 1, "return_documents": true}"""),
        (
            "/rerank",
            """{"query": "is", "texts": ["yes", "no"], "raw_scores": true, "return_text": true, "truncate": false, "truncation_direction": "Right"}"""
        ),
        ("/v2/rerank", """{"query": "is", "documents": ["yes"]}"""),
        ("/predict", """{"inputs": [["is"], ["is", "yes"]], "raw_scores": false, "truncate": false}"""),
        ("/v1/embeddings", """{"model": "small-rm", "input": "is", "encoding_format": "float", "dimensions": 1}"""),
        ("/v1/score/evaluation", """{"model": "m", "messages": ["is"], "max_length": 20}"""),
        ("/slime", """{"prompt": "is", "response": "yes", "label": 1}"""),
        ("/", """{"prompt": [{"role": "user", "content": "is"}], "response": "yes", "label": null}"""),
    ];

    private static readonly string[] OddValues =
    [
        "null",
        "true",
        "-1",
        "0",
        "1e400",
        "99999999999999999999",
        "3.5",
        "\"\"",
        "\" \"",
        "\"<|end|>\"",
        "\"\\u0000\"",
        "\"\\ud83d\\ude00 is\"",
        "\"\\ud800\"",
        "[]",
        "[[]]",
        "[[[]]]",
        "{}",
        "[null]",
        "[-5]",
        "[2000000000]",
        "[7, \"is\"]",
        "{\"role\": 1}",
        "[{\"role\": \"user\"}]",
        "[{\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"function\": null}]}]",
        "[{\"from\": \"gpt\", \"value\": \"is\"}]",
        "[{\"role\": \"assistant\", \"content\": [{\"type\": \"image_url\"}]}]",
    ];

    [Theory]
    [InlineData("""{"text": "is", "max_length": -1}""", 422, "wrong_value", "is -1; wanted a whole number, 1 or more")]
    [InlineData("""{"text": "is", "text": "yes"}""", 400, "malformed_json", "the body is not JSON that can be read: an object")]
    [InlineData("""{"text": """, 400, "malformed_json", "(line 1, byte")]
    [InlineData("""{"messages": []}""", 422, "cannot_read", "the list of messages is empty")]
    public async Task A_refusal_says_what_was_found_and_what_was_wanted(string body, int status, string code, string message)
    {
        await using var server = await RunningServer.Start();
        var (found, answer, _) = await server.Post("/v1/reward", body);
        Assert.Equal((status, code), (found, (string)answer!["error"]!["code"]!));
        Assert.Contains(message, (string)answer["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_packed_is_refused_by_the_name_of_its_coding()
    {
        await using var server = await RunningServer.Start();
        foreach (var path in (string[])["/v1/reward", "/v1/reload"])
        {
            using var content = new StringContent("{}", Encoding.UTF8, "application/json");
            content.Headers.ContentEncoding.Add("gzip");
            using var answer = await server.Client.PostAsync(path, content);
            Assert.Equal(415, (int)answer.StatusCode);
            Assert.Contains("gzip", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/reward", 405, "POST")]
    [InlineData("PUT", "/get_reward", 405, "POST")]
    [InlineData("POST", "/health", 405, "GET, HEAD")]
    [InlineData("DELETE", "/", 405, "GET, HEAD, POST")]
    [InlineData("GET", "/nowhere", 404, null)]
    [InlineData("HEAD", "/health", 200, null)]
    [InlineData("HEAD", "/ready", 200, null)]
    public async Task A_path_tells_its_methods(string method, string path, int status, string? allow)
    {
        await using var server = await RunningServer.Start();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(allow, allow is null ? null : string.Join(", ", answer.Content.Headers.Allow));
    }

    [Fact]
    public async Task No_body_over_any_route_makes_the_server_fail()
    {
        await using var server = await RunningServer.Start();
        var random = new Random(20261128);
        int refused = 0,
            answered = 0;
        foreach (var (path, body) in Valid)
        {
            await server.Succeed(path, body);
            for (var i = 0; i < BodiesOfARoute; i++)
            {
                var bytes = i % 3 == 0 ? Broken(random, body) : Encoding.UTF8.GetBytes(Odd(random, body));
                var content = new ByteArrayContent(bytes);
                content.Headers.ContentType = new("application/json");
                using var response = await server.Client.PostAsync(path, content);
                var status = (int)response.StatusCode;
                var shown = $"{path} {Encoding.UTF8.GetString(bytes)}: {status} {await response.Content.ReadAsStringAsync()}";
                Assert.True(status is 200 or 400 or 404 or 413 or 422, shown);
                JsonDocument.Parse(await response.Content.ReadAsStringAsync()).Dispose();
                if (status == 200)
                    answered++;
                else
                    refused++;
            }
        }
        Assert.True(refused > 500 && answered > 100, $"{refused} refused and {answered} answered: the bodies test nothing");
        Assert.Equal(200, (await server.Get("/ready")).Status);
    }

    // Some bytes replaced, taken out or doubled, or the end cut off.
    private static byte[] Broken(Random random, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body).ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 1; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, bytes[at]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }

    // A value somewhere in the body replaced by one that nobody expects there, or a field left out or renamed.
    private static string Odd(Random random, string body)
    {
        // As text, since half of a surrogate pair can be written only so.
        const string Mark = "\"@@\"";
        var root = JsonNode.Parse(body)!;
        List<Action> changes = [];
        Collect(root);
        changes[random.Next(changes.Count)]();
        return root.ToJsonString().Replace(Mark, OddValues[random.Next(OddValues.Length)], StringComparison.Ordinal);

        void Collect(JsonNode node)
        {
            if (node is JsonObject fields)
            {
                foreach (var name in fields.Select(field => field.Key).ToArray())
                {
                    changes.Add(() => fields[name] = "@@");
                    changes.Add(() => fields[name] = "@@");
                    changes.Add(() => fields.Remove(name));
                    if (fields[name] is { } inner)
                        Collect(inner);
                }
            }
            else if (node is JsonArray items)
            {
                for (var i = 0; i < items.Count; i++)
                {
                    var at = i;
                    changes.Add(() => items[at] = "@@");
                    if (items[at] is { } inner)
                        Collect(inner);
                }
            }
        }
    }
}
