using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Checkpoints;

public sealed class BadCheckpointTests(ITestOutputHelper output)
{
    private const int RecordedCount = 50;

    private const string Weights = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Config = "config.json";

    /// <summary>What each refusal must name: the file, and the tensor or key where there is one.</summary>
    private static readonly Dictionary<string, string[]> Named = new()
    {
        ["missing-tensor"] = [Weights, "model.layers.0.self_attn.q_proj.weight", "missing"],
        ["missing-score"] = [Weights, "score.weight", "missing"],
        ["wrong-shape"] = [Weights, "model.layers.0.self_attn.q_proj.weight", "[16, 15]", "[16, 16]"],
        ["transposed-shape"] = [Weights, "mlp.gate_proj.weight", "[16, 24]", "[24, 16]"],
        ["extra-layer"] = [Weights, "model.layers.1.input_layernorm.weight"],
        ["two-labels"] = [Config, "id2label"],
        ["labels-disagree"] = [Weights, "score.weight", "[2, 16]", "[1, 16]"],
        ["nan-weights"] = [Weights, "model.layers.0.self_attn.q_proj.weight", "element 5"],
        ["infinite-weights"] = [Weights, "model.norm.weight", "element 2"],
        ["integer-weights"] = [Weights, "model.norm.weight", "I32"],
        ["truncated-half"] = [Weights],
        ["truncated-one-byte"] = [Weights, "score.weight"],
        ["truncated-in-header"] = [Weights, "header"],
        ["truncated-in-length"] = [Weights, "5 bytes"],
        ["empty-file"] = [Weights, "0 bytes"],
        ["header-beyond-file"] = [Weights, "header"],
        ["header-length-negative"] = [Weights, "9223372036854775816"],
        ["header-length-zero"] = [Weights, "header"],
        ["header-not-json"] = [Weights, "header"],
        ["header-not-object"] = [Weights, "header"],
        ["header-not-utf8"] = [Weights, "UTF-8"],
        ["overlapping-offsets"] = [Weights, "score.weight", "overlaps"],
        ["partly-overlapping-offsets"] = [Weights, "score.weight", "overlaps"],
        ["offsets-beyond-data"] = [Weights, "score.weight"],
        ["offsets-reversed"] = [Weights, "score.weight"],
        ["offsets-negative"] = [Weights, "score.weight", "-64"],
        ["size-not-shape"] = [Weights, "score.weight", "[1, 17]"],
        ["shape-overflows"] = [Weights, "score.weight", "64 bits"],
        ["shape-negative"] = [Weights, "score.weight", "-1"],
        ["unknown-dtype"] = [Weights, "score.weight", "F7"],
        ["trailing-bytes"] = [Weights, "16 bytes"],
        ["duplicate-key"] = [Weights, "score.weight"],
        ["unknown-model-type"] = [Config, "model_type", "llamma"],
        ["no-model-type"] = [Config, "model_type"],
        ["unknown-rope"] = [Config, "rope_type", "spiral"],
        ["unknown-activation"] = [Config, "hidden_act", "swishy"],
        ["heads-do-not-divide"] = [Config, "num_attention_heads", "5"],
        ["kv-heads-do-not-divide"] = [Config, "num_key_value_heads", "3"],
        ["config-size"] = [Weights, "model.embed_tokens.weight", "[40, 16]", "[40, 20]"],
        ["negative-size"] = [Config, "num_hidden_layers", "-1"],
        ["config-not-json"] = [Config, "line"],
        ["no-config"] = [Config],
        ["no-weights"] = ["no weights"],
        ["only-pickle"] = ["pytorch_model.bin"],
        ["index-missing-shard"] = [Index, "model-00002-of-00002.safetensors"],
        ["index-wrong-shard"] = [Index, "model.embed_tokens.weight"],
        ["index-unknown-tensor"] = [Index, "score.weight"],
        ["index-outside-folder"] = [Index, "../good/model.safetensors"],
        ["index-not-json"] = [Index, "JSON"],
        ["index-no-weight-map"] = [Index, "weight_map"],
    };

    [SharedFact]
    public void Every_broken_checkpoint_is_refused_by_file_and_tensor_or_key()
    {
        string[] names =
        [
            .. Json.Read(SharedInputs.PathOf("goldens", "families", "bad", "expected.json"))
                .EnumerateObject()
                .Select(entry => entry.Name)
                .Where(name => name != "good"),
        ];
        Assert.Equal(RecordedCount, names.Length);
        Assert.Equal(names.Order(), Named.Keys.Order());
        var wrong = new List<string>();
        foreach (var name in names)
        {
            // With a fresh head asked for as well: damage must not pass for a base checkpoint.
            foreach (var head in new HeadSource[] { new HeadSource.Stored(), new HeadSource.Fresh(0) })
            {
                try
                {
                    RewardNetwork.Load(Bad(name), new LoadOptions { Head = head }).Network.Dispose();
                    wrong.Add($"{name} loads with {head}");
                }
                catch (CheckpointException e)
                {
                    if (!e.Message.Contains(Bad(name), StringComparison.Ordinal))
                        wrong.Add($"{name}: no path in: {e.Message}");
                    if (e.Message.Contains('\n', StringComparison.Ordinal))
                        wrong.Add($"{name}: more than one line: {e.Message}");
                    wrong.AddRange(
                        Named[name]
                            .Where(part => !e.Message.Contains(part, StringComparison.Ordinal))
                            .Select(part => $"{name}: no \"{part}\" in: {e.Message}")
                    );
                }
            }
        }
        output.WriteLine($"{names.Length} broken checkpoints");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
    }

    [SharedFact]
    public void The_good_checkpoint_they_were_made_from_loads_and_scores_as_recorded()
    {
        var loaded = RewardNetwork.Load(Bad("good"));
        using var network = loaded.Network;
        Assert.Empty(loaded.Warnings);
        Assert.IsType<HeadSource.Stored>(loaded.Head);
        Assert.Equal(-1.12319, Scores.Of(network, [1, 5, 9, 2]), 5e-6); // recorded with five decimals
    }

    private static string Bad(string name) => SharedInputs.PathOf("goldens", "families", "bad", name);
}
