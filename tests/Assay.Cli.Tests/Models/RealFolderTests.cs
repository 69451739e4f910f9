using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Reward;
using Assay.Testing;

namespace Assay.Cli.Tests.Models;

/// <summary>
/// Model folders as people have them: each is read, or said as what it is with what mends it, by every verb that takes a model.
/// </summary>
[Collection("console")]
public sealed class RealFolderTests : IDisposable
{
    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4cac19622fc3ada9c0fdeadb33f88f367b541f38b89102a3f1261ac81fd5bcb5\nsize 90868376\n";

    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string Model(string checkpoint = "llama-rm", string name = "model") => SmallModel.Copy(checkpoint, _work[name]);

    private async Task Says(string model, params string[] expected)
    {
        var data = _work.Pairs("pairs.jsonl");
        foreach (
            var verb in (string[][])
                [
                    ["eval", "--data", data],
                    ["score", "--input", data, "--output", _work["s.jsonl"]],
                    ["check", "--data", data, "--output-dir", _work["c"]],
                    ["train", "--data", data, "--output-dir", _work["t"]],
                ]
        )
        {
            var error = "";
            foreach (var words in expected)
                error = await _work.Refused(words, [verb[0], "--model", model, .. verb[1..]]);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [SharedTheory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    [InlineData("tokenizer_config.json")]
    public async Task A_git_lfs_pointer_is_named_with_the_command_that_fetches_the_file(string file)
    {
        var model = Model();
        File.WriteAllText(Path.Combine(model, file), Pointer);
        var data = _work.Pairs("pairs.jsonl");
        await _work.Refused($"{file}: this is a Git LFS pointer", "eval", "--model", model, "--data", data);
        await _work.Refused(
            $"run 'git lfs install && git lfs pull' in {model}",
            "train",
            "--model",
            model,
            "--data",
            data,
            "--output-dir",
            _work["t"]
        );
        if (file != "tokenizer_config.json")
            await _work.Refused("Git LFS pointer", "check", "--model", model, "--data", data, "--output-dir", _work["c"]);
    }

    [SharedTheory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    public async Task An_empty_file_is_said_to_be_empty(string file)
    {
        var model = Model();
        File.WriteAllBytes(Path.Combine(model, file), []);
        await Says(model, $"{file}: the file is empty (0 bytes)");
    }

    [SharedTheory]
    [InlineData(4)]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task A_half_downloaded_weight_file_is_said_to_be_cut(int bytes)
    {
        string model = Model(),
            weights = Path.Combine(model, "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..bytes]);
        var error = await _work.Refused("model.safetensors", "eval", "--model", model, "--data", _work.Pairs("pairs.jsonl"));
        Assert.Contains("cut short", error, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task Shards_that_are_missing_are_named_and_so_is_a_missing_index()
    {
        var model = Model();
        string[] names = ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"];
        using (var file = SafetensorsFile.Open(Path.Combine(model, "model.safetensors")))
        {
            var map = new JsonObject();
            foreach (var tensor in file.Tensors)
                map[tensor.Name] = names[map.Count % 3];
            File.WriteAllText(Path.Combine(model, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        }
        File.Move(Path.Combine(model, "model.safetensors"), Path.Combine(model, names[0]));
        await Says(model, $"names the shard {names[1]}", $"nor are {names[2]}: copy all shards");
        File.Delete(Path.Combine(model, "model.safetensors.index.json"));
        await Says(model, "and no model.safetensors.index.json");
    }

    [SharedFact]
    public async Task An_adapter_alone_is_named_with_its_base_and_how_to_merge_it()
    {
        _work.Write("adapter/adapter_config.json", """{"peft_type": "LORA", "base_model_name_or_path": "some-org/some-base"}""");
        _work.Write("adapter/adapter_model.safetensors", "x");
        await Says(_work["adapter"], "holds an adapter (adapter_config.json) of some-org/some-base", "merge_and_unload");
        // As trainers leave it: configuration and tokenizer of the base beside it.
        foreach (var file in (string[])["config.json", "tokenizer.json", "tokenizer_config.json"])
            File.Copy(Path.Combine(Model(), file), _work["adapter/" + file]);
        await Says(_work["adapter"], "holds an adapter");
    }

    [SharedFact]
    public async Task An_adapter_beside_whole_weights_is_warned_of_and_not_applied()
    {
        string model = Model(),
            data = _work.Pairs("pairs.jsonl");
        var (before, quiet) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        File.WriteAllText(Path.Combine(model, "adapter_config.json"), "{}");
        File.WriteAllText(Path.Combine(model, "adapter_model.safetensors"), "x");
        var (after, said) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.DoesNotContain("adapter", quiet, StringComparison.Ordinal);
        Assert.Contains("an adapter lies beside whole weights; it was not applied", said, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before)!["metrics"], JsonNode.Parse(after)!["metrics"]));
    }

    [SharedTheory]
    [InlineData("tokenizer.model")]
    [InlineData("vocab.txt")]
    [InlineData("spiece.model")]
    public async Task An_older_tokenizer_that_is_not_converted_is_named_with_the_command_that_makes_the_newer_one(string file)
    {
        var model = Model();
        File.Delete(Path.Combine(model, "tokenizer.json"));
        await Says(model, "tokenizer.json");
        File.WriteAllText(Path.Combine(model, file), "x");
        File.WriteAllText(Path.Combine(model, "tokenizer_config.json"), """{"tokenizer_class":"CamembertTokenizer"}""");
        await Says(
            model,
            $"a CamembertTokenizer ({file}) is not converted",
            $"AutoTokenizer.from_pretrained('{model}').save_pretrained('{model}')"
        );
    }

    [SharedFact]
    public async Task An_older_tokenizer_alone_is_read_as_the_newer_one_and_saved_as_it()
    {
        string model = Model("bert-rm"),
            data = _work.Pairs("pairs.jsonl"),
            tokenizer = Path.Combine(model, "tokenizer.json");
        var (before, _) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        var vocabulary = JsonNode.Parse(File.ReadAllText(tokenizer))!["model"]!["vocab"]!.AsObject();
        string[] lines = [.. vocabulary.OrderBy(token => token.Value!.GetValue<int>()).Select(token => token.Key)];
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), lines);
        File.WriteAllText(Path.Combine(model, "tokenizer_config.json"), """{"tokenizer_class":"BertTokenizer"}""");
        File.Delete(tokenizer);
        var (after, _) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before)!["metrics"], JsonNode.Parse(after)!["metrics"]));
        var (shown, _) = await Workplace.Succeed("inspect", model, "--json");
        Assert.Contains("text_fingerprint", shown, StringComparison.Ordinal);

        var encoder = ConversationEncoder.Load(model);
        var saved = Directory.CreateDirectory(_work["saved"]).FullName;
        encoder.Save(saved);
        File.Delete(Path.Combine(saved, "vocab.txt"));
        Assert.Equal(encoder.Fingerprint, ConversationEncoder.Load(saved).Fingerprint);

        // The words in another order are other scores.
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), [.. lines.Take(5), .. lines.Skip(5).Reverse()]);
        (after, _) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.False(JsonNode.DeepEquals(JsonNode.Parse(before)!["metrics"], JsonNode.Parse(after)!["metrics"]));
    }

    [SharedTheory]
    [InlineData("module.", "llama-rm")]
    [InlineData("_orig_mod.", "bert-rm")]
    [InlineData("module._orig_mod.", "llama-rm")]
    [InlineData("_orig_mod.module.", "bert-rm")]
    [InlineData("_fsdp_wrapped_module.", "llama-rm")]
    public async Task What_a_wrapper_put_before_the_names_is_taken_off_and_said_and_changes_no_score(string prefix, string checkpoint)
    {
        string model = Model(checkpoint),
            data = _work.Pairs("pairs.jsonl");
        var (before, _) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        Rename(model, name => prefix + name);
        var (after, said) = await Workplace.Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.Contains($"{prefix.Split('.')[0]}.\"", said, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before)!["metrics"], JsonNode.Parse(after)!["metrics"]));
        Assert.Equal(
            (string)JsonNode.Parse(before)!["subject"]!["fingerprint"]!,
            (string)JsonNode.Parse(after)!["subject"]!["fingerprint"]!
        );
    }

    [SharedFact]
    public async Task A_compiled_inner_model_has_the_wrapper_in_the_middle_of_its_names_and_a_part_alone_is_no_wrapper()
    {
        string model = Model(),
            data = _work.Pairs("pairs.jsonl");
        Rename(model, name => name.Replace("model.", "model._orig_mod.", StringComparison.Ordinal));
        await Workplace.Succeed("eval", "--model", model, "--data", data);
        Model();
        Rename(model, name => name.StartsWith("model.layers.0.", StringComparison.Ordinal) ? "module." + name : name);
        await _work.Refused("weights and config.json do not agree", "eval", "--model", model, "--data", data);
    }

    private static void Rename(string model, Func<string, string> rename)
    {
        var path = Path.Combine(model, "model.safetensors");
        List<TensorToWrite> tensors = [];
        using (var file = SafetensorsFile.Open(path))
        {
            foreach (var tensor in file.Tensors)
            {
                var values = new float[tensor.Shape.Aggregate(1L, (product, size) => product * size)];
                file.ReadRows(tensor, 0, values);
                tensors.Add(
                    new TensorToWrite(
                        rename(tensor.Name),
                        ElementKind.F32,
                        tensor.Shape,
                        stream => stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values))
                    )
                );
            }
        }
        SafetensorsWriter.Write(path, tensors);
    }

    [SharedFact]
    public async Task The_one_snapshot_of_a_model_in_a_hub_cache_is_taken_and_of_several_the_names_are_said()
    {
        string cached = _work["hub/models--org--reward"],
            data = _work.Pairs("pairs.jsonl");
        Model(name: "hub/models--org--reward/snapshots/aaaa");
        _work.Write("hub/models--org--reward/refs/main", "bbbb");
        var (output, _) = await Workplace.Succeed("eval", "--model", cached, "--data", data, "--json");
        Assert.Equal(24, (long)JsonNode.Parse(output)!["metrics"]!["pairs"]!);
        await Workplace.Succeed("check", "--model", Path.Combine(cached, "snapshots"), "--data", data, "--output-dir", _work["checked"]);
        await Workplace.Succeed("train", "--model", cached, "--data", data, "--output-dir", _work["trained"], "--max-steps", "1");
        await Workplace.Succeed("score", "--model", cached, "--input", data, "--output", _work["scores.jsonl"]);

        Model(name: "hub/models--org--reward/snapshots/bbbb");
        await Says(cached, "with 2 snapshots: name the one that is meant", Path.Combine("snapshots", "bbbb") + " (main)");
        await Says(_work["hub"], "this is Hugging Face's cache, of 1 models: name one of them");
    }

    [SharedFact]
    public async Task A_file_where_a_folder_is_meant_a_folder_above_and_a_name_of_the_hub_say_what_to_name()
    {
        var model = Model();
        await Says(Path.Combine(model, "config.json"), "this is a file", model);
        await Says(Path.Combine(model, "model.safetensors"), "this is a file");
        await Says(Path.GetDirectoryName(model)!, "config.json: not found", $"{model} has one: name that folder");
        await Says("some-org/some-model", "some-org/some-model: is not in the cache");
    }

    [SharedTheory]
    [InlineData("num_labels", "1", false)]
    [InlineData("no_such_key", "1", true)]
    public async Task One_label_stated_by_its_count_is_known(string key, string value, bool isWarned)
    {
        string model = Model(),
            config = Path.Combine(model, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(config))!;
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(config, json.ToJsonString());
        var (_, said) = await Workplace.Succeed("eval", "--model", model, "--data", _work.Pairs("pairs.jsonl"));
        Assert.Equal(isWarned, said.Contains($"{key} was not used", StringComparison.Ordinal));
    }
}
