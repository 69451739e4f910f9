using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;

namespace Assay.Cli.Quickstart;

/// <summary>
/// Writes a two-layer Llama over the support world's words as a Hugging Face folder: what the quickstart trains from scratch.
/// The weights are drawn from a seed; nothing was pretrained.
/// </summary>
internal static class TinyCheckpoint
{
    public const int HiddenSize = 64,
        IntermediateSize = 128,
        LayerCount = 2,
        HeadCount = 4;

    private const string Unknown = "<|unknown|>",
        Padding = "<|pad|>",
        End = "<|end|>";

    private static readonly string[] SpecialTokens = [Unknown, Padding, End, "<|system|>", "<|user|>", "<|assistant|>"];

    private const string ChatTemplate =
        "{% for message in messages %}{{ '<|' + message['role'] + '|> ' + message['content'] + ' <|end|> ' }}{% endfor %}";

    private const double InitializerRange = 0.05;

    /// <summary>Writes the folder; the vocabulary is every word of <paramref name="texts"/>.</summary>
    public static void Write(string folder, IEnumerable<string> texts, int seed)
    {
        Directory.CreateDirectory(folder);
        string[] words =
        [
            .. SpecialTokens,
            .. texts.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal),
        ];
        Write(Path.Combine(folder, CheckpointFileNames.Config), Configuration(words.Length));
        Write(Path.Combine(folder, CheckpointFileNames.Tokenizer), Tokenizer(words));
        Write(
            Path.Combine(folder, CheckpointFileNames.TokenizerConfig),
            new JsonObject
            {
                ["tokenizer_class"] = "PreTrainedTokenizerFast",
                ["unk_token"] = Unknown,
                ["pad_token"] = Padding,
                ["eos_token"] = End,
                ["chat_template"] = ChatTemplate,
            }
        );
        SafetensorsWriter.WriteModel(folder, [.. Weights(words.Length, new Random(seed))]);
    }

    private static IEnumerable<TensorToWrite> Weights(int vocabularySize, Random random)
    {
        yield return Drawn("model.embed_tokens.weight", vocabularySize, HiddenSize);
        for (var layer = 0; layer < LayerCount; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return Ones(prefix + "input_layernorm.weight");
            foreach (var name in new[] { "q_proj", "k_proj", "v_proj", "o_proj" })
                yield return Drawn($"{prefix}self_attn.{name}.weight", HiddenSize, HiddenSize);
            yield return Ones(prefix + "post_attention_layernorm.weight");
            foreach (var name in new[] { "gate_proj", "up_proj" })
                yield return Drawn($"{prefix}mlp.{name}.weight", IntermediateSize, HiddenSize);
            yield return Drawn(prefix + "mlp.down_proj.weight", HiddenSize, IntermediateSize);
        }
        yield return Ones("model.norm.weight");

        TensorToWrite Ones(string name) => Tensor(name, [HiddenSize], Enumerable.Repeat(1f, HiddenSize));
        TensorToWrite Drawn(string name, int rows, int columns) =>
            Tensor(name, [rows, columns], Enumerable.Range(0, rows * columns).Select(_ => (float)(InitializerRange * Normal(random))));
    }

    private static TensorToWrite Tensor(string name, long[] shape, IEnumerable<float> values)
    {
        var bytes = MemoryMarshal.AsBytes<float>(values.ToArray()).ToArray();
        return new TensorToWrite(name, ElementKind.F32, shape, stream => stream.Write(bytes));
    }

    /// <summary>A standard normal draw by Box and Muller.</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static JsonObject Configuration(int vocabularySize) =>
        new()
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["vocab_size"] = vocabularySize,
            ["hidden_size"] = HiddenSize,
            ["intermediate_size"] = IntermediateSize,
            ["num_hidden_layers"] = LayerCount,
            ["num_attention_heads"] = HeadCount,
            ["num_key_value_heads"] = HeadCount,
            ["head_dim"] = HiddenSize / HeadCount,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = 256,
            ["rms_norm_eps"] = 1e-5,
            ["initializer_range"] = InitializerRange,
            ["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = 10000.0 },
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["tie_word_embeddings"] = true,
            ["pad_token_id"] = Array.IndexOf(SpecialTokens, Padding),
            ["eos_token_id"] = Array.IndexOf(SpecialTokens, End),
            ["dtype"] = "float32",
        };

    private static JsonObject Tokenizer(string[] words)
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < words.Length; id++)
            vocabulary[words[id]] = id;
        var added = new JsonArray();
        for (var id = 0; id < SpecialTokens.Length; id++)
        {
            added.Add(
                new JsonObject
                {
                    ["id"] = id,
                    ["content"] = SpecialTokens[id],
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = true,
                }
            );
        }
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "WhitespaceSplit" },
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = new JsonObject
            {
                ["type"] = "WordLevel",
                ["vocab"] = vocabulary,
                ["unk_token"] = Unknown,
            },
        };
    }

    private static void Write(string path, JsonObject content) =>
        File.WriteAllText(path, content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
}
