using System.Text.Json.Nodes;
using Assay.Hub;
using Assay.Models.Checkpoints;
using Assay.Testing;
using Assay.Text.Tokenization.Conversion;

namespace Assay.Cli.Tests.Models;

[Collection("console")]
public sealed class HubNameTests : IDisposable
{
    private readonly Workplace _work = new();
    private readonly HubStandIn _hub = new();

    public HubNameTests()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Endpoint);
        Environment.SetEnvironmentVariable("HF_HOME", _work["hf"]);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
    }

    public void Dispose()
    {
        NoNetwork.Set();
        _hub.Dispose();
        _work.Dispose();
    }

    private string Cache => _work[Path.Combine("hf", "hub")];

    /// <summary>A repository with the files of a folder.</summary>
    private string Publish(string repository, string folder) =>
        _hub.Add(
            repository,
            Directory.EnumerateFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes),
            [.. Directory.EnumerateFiles(folder, "*.safetensors").Select(file => Path.GetFileName(file))]
        );

    private string Reward(string name = "org/reward") => Publish($"models/{name}", SmallModel.Copy("llama-rm", _work["published"]));

    private string Data(string name = "org/pairs") =>
        _hub.Add(
            $"datasets/{name}",
            new Dictionary<string, byte[]>
            {
                ["train.jsonl"] = File.ReadAllBytes(_work.Pairs("train.jsonl")),
                ["test.jsonl"] = File.ReadAllBytes(_work.Pairs("test.jsonl", about: "riddle")),
            }
        );

    [SharedFact]
    public async Task A_model_and_data_are_judged_by_their_names_and_the_evidence_says_which_commit()
    {
        var commit = Reward();
        Data();
        var (output, error) = await Workplace.Succeed(
            "eval",
            "--model",
            "org/reward",
            "--data",
            "org/pairs:test",
            "--output-dir",
            _work["evidence"],
            "--json"
        );
        var subject = JsonNode.Parse(output)!["subject"]!;
        Assert.Equal(
            ("org/reward", commit, Path.Combine(Cache, "models--org--reward", "snapshots", commit)),
            ((string)subject["name"]!, (string)subject["revision"]!, (string)subject["path"]!)
        );
        Assert.Contains("test: test.jsonl", error, StringComparison.Ordinal);
        Assert.Contains("org/reward@" + commit[..12] + ": fetching", error, StringComparison.Ordinal);

        // The same from the folder: the same model, without a revision.
        var (plain, _) = await Workplace.Succeed("eval", "--model", _work["published"], "--data", _work["test.jsonl"], "--json");
        Assert.Equal((string)subject["fingerprint"]!, (string)JsonNode.Parse(plain)!["subject"]!["fingerprint"]!);
        Assert.Null(JsonNode.Parse(plain)!["subject"]!["revision"]);

        // Every verb with a model finds it there; the hub is not asked again.
        var asked = _hub.Requests.Count;
        await Workplace.Succeed("score", "--model", "org/reward", "--input", "org/pairs:test", "--output", _work["scores.jsonl"]);
        await Workplace.Succeed("check", "--model", "org/reward", "--data", "org/pairs:test", "--output-dir", _work["checked"]);
        await Workplace.Succeed("inspect", "org/reward", "--json");
        await Workplace.Succeed("inspect", "text", "--model", "org/reward", "hello");
        await Workplace.Succeed(
            "label",
            "sample",
            "--model",
            $"org/reward@{commit}",
            "--data",
            _work.Pairs("unlabelled.jsonl"),
            "--count",
            "4",
            "--output",
            _work["label.jsonl"]
        );
        Assert.Equal(asked, _hub.Requests.Count);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        await Workplace.Succeed("eval", "--model", "org/reward", "--model-revision", commit, "--data", "org/pairs:test");
    }

    [SharedFact]
    public async Task Checking_against_a_model_of_the_hub_fetches_no_weights_and_finds_what_the_whole_folder_finds()
    {
        Reward();
        var data = _work.Pairs("pairs.jsonl");
        var (byName, _) = await Workplace.Succeed(
            "check",
            "--model",
            "org/reward",
            "--data",
            data,
            "--output-dir",
            _work["by-name"],
            "--json"
        );
        Assert.DoesNotContain(_hub.Requests, request => request.ToString()!.Contains("safetensors", StringComparison.Ordinal));
        var (byFolder, _) = await Workplace.Succeed(
            "check",
            "--model",
            _work["published"],
            "--data",
            data,
            "--output-dir",
            _work["by-folder"],
            "--json"
        );
        foreach (var part in (string[])["kept_count", "reasons", "lengths"])
            Assert.Equal(JsonNode.Parse(byFolder)![part]!.ToJsonString(), JsonNode.Parse(byName)![part]!.ToJsonString());
        Assert.Equal(
            (string)JsonNode.Parse(byFolder)!["settings"]!["model"]!["fingerprint"]!,
            (string)JsonNode.Parse(byName)!["settings"]!["model"]!["fingerprint"]!
        );
        // Who scores needs them.
        await Workplace.Succeed("eval", "--model", "org/reward", "--data", data);
        Assert.Contains(_hub.Requests, request => request.ToString()!.Contains("safetensors", StringComparison.Ordinal));
    }

    [SharedFact]
    public async Task A_run_starts_from_a_name_in_a_recipe_and_its_record_says_name_and_commit()
    {
        var first = Reward();
        _hub.Tag("models/org/reward", "v1", first);
        Data();
        var recipe = _work.Write(
            "recipe.yaml",
            "model: org/reward",
            "model_revision: v1",
            "data: [org/pairs:train]",
            "eval_data: org/pairs:test",
            "max_steps: 1",
            $"output_dir: {_work["trained"]}"
        );
        await Workplace.Succeed("train", "--config", recipe);
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(_work["trained"], "assay.json")))!["base_model"]!;
        Assert.Equal(("org/reward", first), ((string)record["name"]!, (string)record["revision"]!));
        // Nothing was written into the snapshot, and a reader who selects by base finds the hub's name.
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(Cache, "models--org--reward", "snapshots", first)),
            file => Path.GetFileName(file) is "run.json" or "train_log.jsonl"
        );
    }

    [SharedFact]
    public async Task Nothing_is_written_into_a_snapshot()
    {
        string commit = Reward(),
            snapshot = Path.Combine(Cache, "models--org--reward", "snapshots", commit);
        Data();
        await Workplace.Succeed("eval", "--model", "org/reward", "--data", "org/pairs:test", "--output-dir", _work["evidence"]);
        await _work.Refused(
            "reference_scores.json is not written into Hugging Face's cache",
            "eval",
            "--model",
            "org/reward",
            "--data",
            "org/pairs:test",
            "--store-reference"
        );
        await _work.Refused(
            "add --output-dir DIR for the verdict",
            "gate",
            "--use",
            "monitor",
            "--evidence",
            _work["evidence"],
            "--model",
            "org/reward"
        );
        // Of the snapshot named by its path too.
        await _work.Refused(
            "add --output-dir DIR for the verdict",
            "gate",
            "--use",
            "monitor",
            "--evidence",
            _work["evidence"],
            "--model",
            snapshot
        );
        var before = Directory.GetFiles(snapshot);
        var (code, output, _) = await CommandLine.Run(
            "gate",
            "--use",
            "monitor",
            "--evidence",
            _work["evidence"],
            "--model",
            "org/reward",
            "--output-dir",
            _work["verdict"]
        );
        Assert.True(code is ExitCode.CheckFailed or ExitCode.CannotTell);
        Assert.True(File.Exists(Path.Combine(_work["verdict"], "gate.json")));
        Assert.DoesNotContain("README.md", output, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(snapshot));
        // Copied, it is the user's own.
        var own = SmallModel.Copy("llama-rm", _work["own"]);
        await CommandLine.Run("gate", "--use", "monitor", "--evidence", _work["evidence"], "--model", own);
        Assert.True(File.Exists(Path.Combine(own, "gate.json")));
    }

    [SharedFact]
    public async Task What_lies_on_disk_wins_over_a_name_and_a_slip_in_a_path_is_not_sent_to_the_hub()
    {
        var here = Path.Combine(Directory.GetCurrentDirectory(), "hub-name-tests");
        try
        {
            SmallModel.Copy("llama-rm", Path.Combine(here, "reward"));
            await Workplace.Succeed("eval", "--model", "hub-name-tests/reward", "--data", _work.Pairs("pairs.jsonl"));
            await _work.Refused(
                "'hub-name-tests' is a folder here",
                "eval",
                "--model",
                "hub-name-tests/rewrad",
                "--data",
                _work["pairs.jsonl"]
            );
            await _work.Refused(
                "'hub-name-tests' is a folder here",
                "check",
                "--data",
                "hub-name-tests/pairs",
                "--output-dir",
                _work["checked"]
            );
            await _work.Refused("org/pairs.jsonl", "check", "--data", "org/pairs.jsonl", "--output-dir", _work["checked"]);
            Assert.Empty(_hub.Requests);
            await _work.Refused(
                "shows no model hub-name-tests/rewrad",
                "eval",
                "--model",
                "hub-name-tests/rewrad@main",
                "--data",
                _work["pairs.jsonl"]
            );
        }
        finally
        {
            Directory.Delete(here, recursive: true);
        }
    }

    [SharedFact]
    public async Task An_adapter_finds_its_base_on_the_hub()
    {
        var model = SmallModel.Copy("llama-rm", _work["published"]);
        Publish("models/org/base", model);
        Directory.CreateDirectory(_work["adapter"]);
        _work.Write(
            "adapter/adapter_config.json",
            """{"peft_type": "LORA", "r": 2, "lora_alpha": 2, "base_model_name_or_path": "org/base", "revision": null}"""
        );
        foreach (
            var path in Directory
                .GetFiles(model)
                .Where(path => Path.GetFileName(path) is not ("config.json" or "model.safetensors" or "assay.json"))
        )
            File.Copy(path, Path.Combine(_work["adapter"], Path.GetFileName(path)));
        SafetensorsWriter.Write(Path.Combine(_work["adapter"], "adapter_model.safetensors"), Adapter());
        var (output, _) = await Workplace.Succeed("eval", "--model", _work["adapter"], "--data", _work.Pairs("pairs.jsonl"), "--json");
        var (plain, _) = await Workplace.Succeed("eval", "--model", model, "--data", _work["pairs.jsonl"], "--json");
        // B is zero, so the merged model scores as its base.
        Assert.Equal((double)JsonNode.Parse(plain)!["metrics"]!["loss"]!, (double)JsonNode.Parse(output)!["metrics"]!["loss"]!, 1e-9);
        _work.Write(
            "adapter/adapter_config.json",
            """{"peft_type": "LORA", "r": 2, "lora_alpha": 2, "base_model_name_or_path": "org/absent"}"""
        );
        Assert.Contains(
            "shows no model org/absent",
            await _work.Refused("merge_and_unload", "eval", "--model", _work["adapter"], "--data", _work["pairs.jsonl"]),
            StringComparison.Ordinal
        );

        List<TensorToWrite> Adapter()
        {
            using var file = SafetensorsFile.Open(Path.Combine(model, "model.safetensors"));
            long[] shape =
            [
                .. file.Tensors.First(tensor => tensor.Name.EndsWith("layers.0.mlp.up_proj.weight", StringComparison.Ordinal)).Shape,
            ];
            return [Zeros("A", [2, shape[1]]), Zeros("B", [shape[0], 2])];
        }

        static TensorToWrite Zeros(string side, long[] shape) =>
            new(
                $"base_model.model.model.layers.0.mlp.up_proj.lora_{side}.weight",
                ElementKind.F32,
                shape,
                stream => stream.Write(new byte[shape[0] * shape[1] * 4])
            );
    }

    [SharedFact]
    public async Task An_unreachable_hub_and_options_that_do_not_go_together_are_one_line()
    {
        var gone = new HubStandIn();
        string endpoint = gone.Endpoint,
            pairs = _work.Pairs("pairs.jsonl");
        gone.Dispose();
        Environment.SetEnvironmentVariable("HF_ENDPOINT", endpoint);
        var error = await _work.Refused($"org/reward: {endpoint} cannot be reached", "eval", "--model", "org/reward", "--data", pairs);
        Assert.Single(error.TrimEnd().Split('\n'));
        await _work.Refused($"org/pairs: {endpoint} cannot be reached", "check", "--data", "org/pairs", "--output-dir", _work["checked"]);
        await _work.Refused(
            "--model-revision goes with a model's name on the hub",
            "eval",
            "--model",
            _work["nowhere"],
            "--model-revision",
            "v1",
            "--data",
            pairs
        );
        await _work.Refused("names one revision", "eval", "--model", "org/reward@v1", "--model-revision", "v2", "--data", pairs);
        await _work.Refused(
            "model_revision goes with model",
            "train",
            "--model-revision",
            "v2",
            "--data",
            pairs,
            "--output-dir",
            _work["trained"]
        );
    }

    [Fact]
    public void The_files_that_are_fetched_are_those_that_tokenizers_and_verbs_read()
    {
        Assert.Empty(TokenizerConversion.Files.Except(ModelFiles.Fetched));
        Assert.Empty(
            (
                (string[])
                    [
                        "assay.json",
                        Assay.Evaluation.Evidence.GateEvidence.FileName,
                        Assay.Evaluation.Calibration.StoredReference.FileName,
                        Assay.Data.Digests.RowDigests.TrainingFileName,
                    ]
            ).Except(ModelFiles.Fetched)
        );
    }
}
