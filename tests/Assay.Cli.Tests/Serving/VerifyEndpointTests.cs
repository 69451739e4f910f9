using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;
using Assay.Evaluation.Endpoints;
using Assay.Reward;
using Assay.Testing;

namespace Assay.Cli.Tests.Serving;

[Collection("console")]
public sealed class VerifyEndpointTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    /// <summary>A model whose template writes all of a text's special tokens.</summary>
    private string Model(string name, int seed)
    {
        TinyCheckpoint.Write(_workplace[$"{name}-start"], ["is", "water", "wet", "yes", "no", "my", "parcel", "is", "it"], seed);
        using var model = RewardModel.LoadForTraining(_workplace[$"{name}-start"], headSeed: seed);
        model.Save(_workplace[name]);
        return _workplace[name];
    }

    [Fact]
    public async Task Our_own_server_is_the_same_in_every_dialect_and_another_model_is_not()
    {
        string model = Model("rm", 1),
            other = Model("other", 2);
        using var server = Workplace.Start("serve", "--model", model, "--port", "0");
        try
        {
            var address = (await server.StandardOutput.ReadLineAsync())!.Split(" on ")[1];
            var guessed = await Verify(ExitCode.Success, address, "--model", model);
            Assert.Equal(("same", "assay"), ((string)guessed["verdict"]!, (string)guessed["dialect"]!));
            foreach (var dialect in EndpointDialect.All)
            {
                var named = await Verify(ExitCode.Success, address, "--model", model, "--dialect", dialect.Name);
                Assert.True((int)named["conversations"]! >= 20 && (double)named["kendall"]! > 0.98, named.ToJsonString());
                Assert.Empty(named["findings"]!.AsArray());
                Assert.All(
                    named["forms"]!.AsArray(),
                    form => Assert.True((double)form!["largest_difference"]! < 1e-4, form.ToJsonString()),
                    throwIfEmpty: true
                );
            }
            var differs = await Verify(
                ExitCode.CheckFailed,
                address,
                "--model",
                other,
                "--data",
                _workplace.Pairs("pairs.jsonl", about: "parcel")
            );
            Assert.Equal("differs", (string)differs["verdict"]!);
            var (code, output, _) = await CommandLine.Run("verify-endpoint", address, "--model", model, "--dialect", "openrlhf");
            Assert.Equal(ExitCode.Success, code);
            Assert.Contains("scores as the model does", output, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
        }
    }

    [SharedFact]
    public async Task Where_no_text_makes_the_model_s_ids_it_is_said_and_vllm_is_asked_without_special_tokens()
    {
        var model = SmallModel.Copy("llama-rm", _workplace["rm"]); // a BOS by its tokenizer, and none by its template
        using var server = Workplace.Start("serve", "--model", model, "--port", "0");
        try
        {
            var address = (await server.StandardOutput.ReadLineAsync())!.Split(" on ")[1];
            var cannot = await Verify(ExitCode.CannotTell, address, "--model", model, "--dialect", "tei-predict");
            Assert.Contains("special tokens around every text", (string)cannot["tried"]!["tei-predict"]!, StringComparison.Ordinal);
            var same = await Verify(ExitCode.Success, address, "--model", model, "--dialect", "vllm-classify");
            Assert.Equal(["text", "ids", "messages"], same["forms"]!.AsArray().Select(form => (string)form!["form"]!));
        }
        finally
        {
            server.Kill();
        }
    }

    [SharedFact]
    public async Task Wrong_options_are_refused()
    {
        var model = SmallModel.Copy("llama-rm", _workplace["rm"]);
        await _workplace.Refused("is no address", "verify-endpoint", "localhost:8000", "--model", model);
        await _workplace.Refused("no answer", "verify-endpoint", "http://127.0.0.1:1", "--model", model);
        await _workplace.Refused(
            "is not set",
            "verify-endpoint",
            "http://127.0.0.1:1",
            "--model",
            model,
            "--api-key-env",
            "ASSAY_NO_SUCH_KEY"
        );
        await _workplace.Refused("--tolerance", "verify-endpoint", "http://127.0.0.1:1", "--model", model, "--tolerance", "0");
    }

    private static async Task<JsonNode> Verify(int expected, params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(["verify-endpoint", .. arguments, "--json"]);
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: exit {code}\n{error}\n{output}");
        return JsonNode.Parse(output)!;
    }
}
