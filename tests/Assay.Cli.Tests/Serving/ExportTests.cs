using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Assay.Cli.Export;
using Assay.Cli.Quickstart;
using Assay.Models.Checkpoints;
using Assay.Reward;
using Assay.Testing;

namespace Assay.Cli.Tests.Serving;

[Collection("console")]
public sealed class ExportTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    private string Model(int seed)
    {
        TinyCheckpoint.Write(_workplace[$"start-{seed}"], ["is", "water", "wet", "yes", "no", "my", "parcel", "it"], seed);
        using var model = RewardModel.LoadForTraining(_workplace[$"start-{seed}"], headSeed: seed);
        model.Save(_workplace[$"rm-{seed}"]);
        return _workplace[$"rm-{seed}"];
    }

    [Fact]
    public async Task The_smoke_test_of_every_trainer_passes_on_our_server_and_fails_on_another_model_s()
    {
        string model = Model(1),
            other = Model(2);
        foreach (var trainer in (string[])["verl", "openrlhf", "trl"])
        {
            var folder = _workplace[$"for-{trainer}"];
            await Workplace.Succeed("export", model, "--for", trainer, "--output-dir", folder);
            var smoke = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, ExportRun.SmokeFile)))!;
            Assert.Equal(8, smoke["requests"]!.AsArray().Count);
            Assert.Equal(ModelFingerprint.Of(folder), (string)smoke["model"]!);
            Assert.All(
                await Differences(folder, folder, smoke),
                difference => Assert.True(difference < 1e-4, $"{trainer}: {difference}"),
                throwIfEmpty: true
            );
            Assert.Contains(await Differences(other, folder, smoke), difference => difference > (double)smoke["tolerance"]!);
        }
    }

    /// <summary>
    /// Serves a folder under the name of another, sends the requests, and has the script send them too, where there is Python.
    /// </summary>
    private static async Task<List<double>> Differences(string served, string folder, JsonNode smoke)
    {
        using var server = Workplace.Start("serve", "--model", served, "--served-model-name", folder, "--port", "0");
        try
        {
            var address = (await server.StandardOutput.ReadLineAsync())!.Split(" on ")[1];
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            var differences = new List<double>();
            foreach (var request in smoke["requests"]!.AsArray())
            {
                using var response = await client.PostAsync(
                    (string)request!["path"]!,
                    new StringContent(request["body"]!.ToJsonString(), System.Text.Encoding.UTF8, "application/json")
                );
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
                differences.Add(Math.Abs((double)TrainerExport.Find(answer, request["score_at"]!.AsArray())! - (double)request["score"]!));
            }
            if (Python(Path.Combine(folder, ExportRun.SmokeScript), address) is { } code)
                Assert.Equal(differences.Exists(difference => difference > (double)smoke["tolerance"]!) ? 1 : 0, code);
            return differences;
        }
        finally
        {
            server.Kill();
        }
    }

    private static int? Python(string script, string address)
    {
        try
        {
            using var python = Process.Start(
                new ProcessStartInfo("python3", [script, address]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode;
        }
        catch (Win32Exception)
        {
            return null; // no Python here
        }
    }

    [Fact]
    public async Task The_folder_opens_as_the_trainer_opens_it_and_the_lines_name_it()
    {
        var model = Model(1);
        await Workplace.Succeed("export", model, "--for", "openrlhf", "--output-dir", _workplace["openrlhf"]);
        var config = JsonNode.Parse(File.ReadAllText(_workplace["openrlhf/config.json"]))!;
        Assert.Equal("score", (string)config["value_head_prefix"]!);
        using (var checkpoint = Checkpoint.Open(_workplace["openrlhf"]))
            Assert.Contains("score.weight", checkpoint.Tensors.Select(tensor => tensor.Name));
        var launch = File.ReadAllText(_workplace["openrlhf/LAUNCH.md"]);
        Assert.Contains($"--reward.model_name_or_path {_workplace["openrlhf"]}", launch, StringComparison.Ordinal);
        var (output, _) = await Workplace.Succeed("export", model, "--for", "verl", "--output-dir", _workplace["verl"], "--json");
        Assert.Equal(5, JsonNode.Parse(output)!["launch"]!.AsArray().Count);
        Assert.Null(JsonNode.Parse(File.ReadAllText(_workplace["verl/config.json"]))!["value_head_prefix"]);
    }

    [SharedFact]
    public async Task An_adapter_is_merged_and_a_head_of_several_rows_made_one()
    {
        string model = SmallModel.Copy("llama-lm", _workplace["lm"]),
            pairs = _workplace.Pairs("pairs.jsonl");
        await Workplace.Succeed(
            "train",
            "--model",
            model,
            "--data",
            pairs,
            "--output-dir",
            _workplace["lora"],
            "--use-peft",
            "--max-steps",
            "2"
        );
        await Workplace.Succeed(
            "train",
            "--model",
            model,
            "--data",
            pairs,
            "--output-dir",
            _workplace["heads"],
            "--ensemble-heads",
            "3",
            "--max-steps",
            "2"
        );
        foreach (var name in (string[])["lora", "heads"])
        {
            await Workplace.Succeed("export", _workplace[name], "--for", "trl", "--output-dir", _workplace[$"{name}-trl"]);
            Assert.False(
                File.Exists(_workplace[$"{name}-trl/adapter_config.json"]) || File.Exists(_workplace[$"{name}-trl/heads.safetensors"])
            );
            foreach ((var of, var to) in (ReadOnlySpan<(string, string)>)[(name, $"{name}-own"), ($"{name}-trl", $"{name}-exported")])
                CommandLine
                    .Run("score", "--model", _workplace[of], "--input", pairs, "--output", _workplace[$"{to}.jsonl"])
                    .GetAwaiter()
                    .GetResult();
            double[] own = Margins($"{name}-own.jsonl"),
                exported = Margins($"{name}-exported.jsonl");
            Assert.Equal(own.Length, exported.Length);
            Assert.All(own.Zip(exported), pair => Assert.Equal(pair.First, pair.Second, 1e-5), throwIfEmpty: true);
        }
    }

    private double[] Margins(string file) => [.. File.ReadLines(_workplace[file]).Select(line => (double)JsonNode.Parse(line)!["margin"]!)];

    [SharedFact]
    public async Task What_a_trainer_would_score_otherwise_is_refused_with_what_to_do()
    {
        string llama = SmallModel.Copy("llama-rm", _workplace["llama"]),
            bert = SmallModel.Copy("bert-rm", _workplace["bert"]);
        await _workplace.Refused("put {{ bos_token }}", "export", llama, "--for", "verl", "--output-dir", _workplace["out"]);
        await _workplace.Refused("--reward.remote_url", "export", bert, "--for", "openrlhf", "--output-dir", _workplace["out"]);
        await _workplace.Refused("--output-dir", "export", llama, "--for", "trl", "--output-dir", llama);
    }
}
