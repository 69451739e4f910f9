using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Serving;

[Collection("console")]
public sealed class ServeTests : IDisposable
{
    private const string Row =
        """{"messages": [{"role": "user", "content": "Is water wet?"}, {"role": "assistant", "content": "Yes, it is."}]}""";

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [SharedFact]
    public async Task A_served_model_gives_the_score_of_assay_score_and_ends_with_0_when_it_is_told_to()
    {
        var model = SmallModel.Copy("llama-rm", _workplace["rm"]);
        await Workplace.Succeed(
            "score",
            "--model",
            model,
            "--input",
            _workplace.Write("rows.jsonl", Row),
            "--output",
            _workplace["scores.jsonl"]
        );
        var expected = JsonNode.Parse(File.ReadAllText(_workplace["scores.jsonl"]))!["score"]!.GetValue<float>();
        using var server = Workplace.Start("serve", "--model", model, "--port", "0", "--batch-invariant");
        try
        {
            var line = (await server.StandardOutput.ReadLineAsync())!;
            Assert.StartsWith("serving rm (", line, StringComparison.Ordinal);
            using var client = new HttpClient { BaseAddress = new Uri(line.Split(" on ")[1]) };
            using var response = await client.PostAsync(
                "/v1/reward",
                new StringContent(Row, System.Text.Encoding.UTF8, "application/json")
            );
            var answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.Equal(expected, answer["results"]![0]!["score"]!.GetValue<float>());
            Assert.True(answer["batch_invariant"]!.GetValue<bool>());
            if (OperatingSystem.IsWindows())
                return;
            Process.Start("kill", ["-TERM", $"{server.Id}"]).Dispose();
            await server.WaitForExitAsync();
            Assert.Equal(ExitCode.Success, server.ExitCode);
        }
        finally
        {
            if (!server.HasExited)
                server.Kill();
        }
    }

    [SharedFact]
    public async Task Several_models_and_a_composite_are_asked_for_by_the_names_they_were_given()
    {
        var model = SmallModel.Copy("llama-rm", _workplace["rm"]);
        var composite = _workplace.Write(
            "composite.yaml",
            "format: assay.composite/1",
            "components:",
            "  - {name: llama, model: rm, weight: 2}",
            "  - {name: yes, rule: pattern, pattern: 'Yes.*', weight: 10}"
        );
        using var server = Workplace.Start("serve", "--model", $"one={model}", "--model", $"sum={composite}", "--port", "0");
        try
        {
            var line = (await server.StandardOutput.ReadLineAsync())!;
            Assert.StartsWith("serving one, sum (", line, StringComparison.Ordinal);
            using var client = new HttpClient { BaseAddress = new Uri(line.Split(" on ")[1]) };
            var one = (double)(await Ask("one"))["score"]!;
            var sum = await Ask("sum");
            Assert.Equal((2 * one) + 10, (double)sum["score"]!, 1e-4);
            Assert.Equal((one, 1.0), ((double)sum["components"]!["llama"]!, (double)sum["components"]!["yes"]!));

            async Task<JsonNode> Ask(string name)
            {
                using var response = await client.PostAsync(
                    "/v1/reward",
                    new StringContent(
                        Row.Replace("{\"messages\"", $"{{\"model\": \"{name}\", \"messages\"", StringComparison.Ordinal),
                        System.Text.Encoding.UTF8,
                        "application/json"
                    )
                );
                return (await response.Content.ReadFromJsonAsync<JsonNode>())!["results"]![0]!;
            }
        }
        finally
        {
            server.Kill();
        }
        await _workplace.Refused("each needs a name", "serve", "--model", model, "--model", composite);
        await _workplace.Refused(
            "--model-revision is of one model",
            "serve",
            "--model",
            $"a={model}",
            "--model",
            $"b={composite}",
            "--model-revision",
            "main"
        );
        await _workplace.Refused(
            "--served-model-name is of one model",
            "serve",
            "--model",
            $"a={model}",
            "--model",
            $"b={composite}",
            "--served-model-name",
            "c"
        );
        await _workplace.Refused("two models are called a", "serve", "--model", $"a={model}", "--model", $"a={composite}");
        await _workplace.Refused(
            "--client-ca goes with --tls-cert",
            "serve",
            "--model",
            model,
            "--client-ca",
            _workplace.Write("ca.pem", "none")
        );
    }

    [SharedFact]
    public async Task What_it_may_not_do_is_refused_before_it_listens()
    {
        var model = SmallModel.Copy("llama-rm", _workplace["rm"]);
        await _workplace.Refused("can be reached from other machines", "serve", "--model", model, "--host", "0.0.0.0");
        await _workplace.Refused("wanted an address", "serve", "--model", model, "--host", "example.invalid");
        await _workplace.Refused("holds no key", "serve", "--model", model, "--api-key-file", _workplace.Write("keys.txt", "# none"));
        await _workplace.Refused("--tls-key goes with --tls-cert", "serve", "--model", model, "--tls-key", _workplace["key.pem"]);
        var (code, _, error) = await CommandLine.Run("serve", "--model", model, "--port", "0", "--require-gate", "rl");
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("no verdict", error, StringComparison.Ordinal);
    }
}
