using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;

namespace Assay.Models.Tests;

/// <summary>A small seeded checkpoint on disk, for tests that need no recording.</summary>
internal sealed class TinyCheckpoint : IDisposable
{
    public const int VocabularySize = 50;
    private const int Hidden = 16;
    private const int Inner = 24;
    private const int KeyWidth = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _config;
    private readonly SortedDictionary<string, long[]> _shapes;
    private readonly int _seed;

    private TinyCheckpoint(JsonObject config, SortedDictionary<string, long[]> shapes, int seed)
    {
        (_config, _shapes, _seed) = (config, shapes, seed);
        Write();
    }

    public string Path => _folder.Path;

    /// <summary>Changes the configuration and the list of tensors, then writes the folder again.</summary>
    public TinyCheckpoint With(Action<JsonObject, SortedDictionary<string, long[]>> change)
    {
        change(_config, _shapes);
        Write();
        return this;
    }

    public static TinyCheckpoint Llama(int seed = 1)
    {
        var shapes = new SortedDictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["model.embed_tokens.weight"] = [VocabularySize, Hidden],
            ["model.norm.weight"] = [Hidden],
            ["score.weight"] = [1, Hidden],
        };
        for (var layer = 0; layer < 2; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            shapes[prefix + "input_layernorm.weight"] = [Hidden];
            shapes[prefix + "post_attention_layernorm.weight"] = [Hidden];
            shapes[prefix + "self_attn.q_proj.weight"] = [Hidden, Hidden];
            shapes[prefix + "self_attn.k_proj.weight"] = [KeyWidth, Hidden];
            shapes[prefix + "self_attn.v_proj.weight"] = [KeyWidth, Hidden];
            shapes[prefix + "self_attn.o_proj.weight"] = [Hidden, Hidden];
            shapes[prefix + "mlp.gate_proj.weight"] = [Inner, Hidden];
            shapes[prefix + "mlp.up_proj.weight"] = [Inner, Hidden];
            shapes[prefix + "mlp.down_proj.weight"] = [Hidden, Inner];
        }
        return new TinyCheckpoint(
            JsonNode
                .Parse(
                    $$"""
                    {"model_type": "llama", "architectures": ["LlamaForSequenceClassification"], "id2label": {"0": "LABEL_0"}, "vocab_size": {{VocabularySize}}, "hidden_size": {{Hidden}},
                     "intermediate_size": {{Inner}}, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
                     "rope_theta": 10000.0, "torch_dtype": "float32"}
                    """
                )!
                .AsObject(),
            shapes,
            seed
        );
    }

    public static TinyCheckpoint Bert(int seed = 1)
    {
        var shapes = new SortedDictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["bert.embeddings.word_embeddings.weight"] = [VocabularySize, Hidden],
            ["bert.embeddings.position_embeddings.weight"] = [32, Hidden],
            ["bert.embeddings.token_type_embeddings.weight"] = [2, Hidden],
            ["bert.embeddings.LayerNorm.weight"] = [Hidden],
            ["bert.embeddings.LayerNorm.bias"] = [Hidden],
            ["bert.pooler.dense.weight"] = [Hidden, Hidden],
            ["bert.pooler.dense.bias"] = [Hidden],
            ["classifier.weight"] = [1, Hidden],
            ["classifier.bias"] = [1],
        };
        for (var layer = 0; layer < 2; layer++)
        {
            foreach (
                var (module, outputs, inputs) in new[]
                {
                    ("attention.self.query", Hidden, Hidden),
                    ("attention.self.key", Hidden, Hidden),
                    ("attention.self.value", Hidden, Hidden),
                    ("attention.output.dense", Hidden, Hidden),
                    ("intermediate.dense", Inner, Hidden),
                    ("output.dense", Hidden, Inner),
                }
            )
            {
                shapes[$"bert.encoder.layer.{layer}.{module}.weight"] = [outputs, inputs];
                shapes[$"bert.encoder.layer.{layer}.{module}.bias"] = [outputs];
            }
            foreach (var module in new[] { "attention.output.LayerNorm", "output.LayerNorm" })
            {
                shapes[$"bert.encoder.layer.{layer}.{module}.weight"] = [Hidden];
                shapes[$"bert.encoder.layer.{layer}.{module}.bias"] = [Hidden];
            }
        }
        return new TinyCheckpoint(
            JsonNode
                .Parse(
                    $$"""
                    {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}, "vocab_size": {{VocabularySize}}, "hidden_size": {{Hidden}},
                     "intermediate_size": {{Inner}}, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 32, "type_vocab_size": 2, "pad_token_id": 0}
                    """
                )!
                .AsObject(),
            shapes,
            seed
        );
    }

    public void Dispose() => _folder.Dispose();

    private void Write()
    {
        File.WriteAllText(_folder.PathOf("config.json"), _config.ToJsonString());
        var random = new Random(_seed);
        SafetensorsWriter.WriteModel(
            _folder.Path,
            [
                .. _shapes.Select(entry =>
                {
                    var values = new float[entry.Value.Aggregate(1L, (product, size) => product * size)];
                    for (var i = 0; i < values.Length; i++)
                        values[i] = (float)((random.NextDouble() - 0.5) * (entry.Value.Length == 1 ? 2 : 1));
                    return new TensorToWrite(
                        entry.Key,
                        ElementKind.F32,
                        entry.Value,
                        stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan()))
                    );
                }),
            ]
        );
    }
}
