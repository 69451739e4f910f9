using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Testing;

namespace Assay.Models.Tests.Goldens;

/// <summary>
/// A recorded case of Llama or Qwen 2, which has biases, as InternLM2's own code would save the same model (modeling_internlm2.py): its
/// names, and wqkv in the order of its <c>rearrange</c>.
/// </summary>
internal static class InternLm2Case
{
    private static readonly (string From, string To)[] Names =
    [
        ("model.embed_tokens", "model.tok_embeddings"),
        ("input_layernorm", "attention_norm"),
        ("self_attn.o_proj", "attention.wo"),
        ("post_attention_layernorm", "ffn_norm"),
        ("mlp.gate_proj", "feed_forward.w1"),
        ("mlp.up_proj", "feed_forward.w3"),
        ("mlp.down_proj", "feed_forward.w2"),
    ];

    /// <summary>
    /// The cases of Llama that its code computes: no bias in the MLP, heads that make up the hidden size, and of rotary positions the
    /// plain, the linear and the dynamic.
    /// </summary>
    public static IReadOnlyList<string> Cases { get; } =
    ["llama", "llama-mha", "llama-mqa", "llama-rope-dynamic", "llama-rope-linear", "llama-tied"];

    private static readonly string[] Recorded = ["expected.json", "grads.safetensors", "activations.safetensors"];

    /// <summary>Writes both configurations, the weights and links to what was recorded.</summary>
    /// <param name="name">The case.</param>
    /// <param name="folder">Where to; made if need be.</param>
    /// <param name="regroup">Whether wqkv goes by key-value head; a negative control puts all queries, keys and values behind each
    /// other.</param>
    /// <param name="kind">The weights' type: fp32, or fp64 with the same values.</param>
    /// <param name="head">What the head is called.</param>
    public static void Write(
        string name,
        string folder,
        bool regroup = true,
        ElementKind kind = ElementKind.F32,
        string head = "score.weight"
    )
    {
        Directory.CreateDirectory(folder);
        var source = SharedInputs.PathOf("goldens", "families", "cases", name);
        foreach (var file in Recorded)
            File.CreateSymbolicLink(Path.Combine(folder, file), Path.Combine(source, file));
        JsonObject config = null!;
        foreach (var file in (string[])["config.legacy.json", "config.json"])
        {
            config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, file)))!.AsObject();
            config["model_type"] = "internlm2";
            config["architectures"] = new JsonArray(
                head == "v_head.weight" ? "InternLM2ForRewardModel" : "InternLM2ForSequenceClassification"
            );
            config["auto_map"] = new JsonObject { ["AutoModel"] = "modeling_internlm2.InternLM2ForRewardModel" };
            config["attn_implementation"] = "flash_attention_2";
            config["bias"] = (bool?)config["attention_bias"] ?? name.StartsWith("qwen2", StringComparison.Ordinal);
            config["num_key_value_heads"] = Heads(config).KeyHeads;
            foreach (
                var key in (string[])
                    ["attention_bias", "mlp_bias", "head_dim", "use_sliding_window", "max_window_layers", "sliding_window", "layer_types"]
            )
                config.Remove(key);
            if (config["rope_scaling"] is JsonObject scaling)
                config["rope_scaling"] = new JsonObject
                {
                    ["type"] = (string?)scaling["rope_type"],
                    ["factor"] = scaling["factor"]!.DeepClone(),
                };
            File.WriteAllText(Path.Combine(folder, file), config.ToJsonString());
        }
        Dictionary<string, (long[] Shape, float[] Values)> tensors;
        using (var stored = SafetensorsFile.Open(Path.Combine(source, "model.safetensors")))
            tensors = stored.Tensors.ToDictionary(
                tensor => tensor.Name,
                tensor => (tensor.Shape.ToArray(), RecordedTensor.Floats(stored, tensor))
            );
        if ((bool)config["bias"]!)
        {
            // Qwen 2's output has no bias: one of zeros is none.
            for (var layer = 0; layer < (int)config["num_hidden_layers"]!; layer++)
                tensors.TryAdd(
                    $"model.layers.{layer}.self_attn.o_proj.bias",
                    ([(long)config["hidden_size"]!], new float[(int)config["hidden_size"]!])
                );
        }
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [.. Own(tensors, config, regroup, head).Select(tensor => ToWrite(tensor.Name, tensor.Shape, tensor.Values, kind))]
        );
    }

    /// <summary>A fused tensor of the query's, key's and value's rows: for each key-value head its queries, the key, the value.</summary>
    public static (long[] Shape, float[] Values) Fuse((long[] Shape, float[] Values)[] parts, int heads, int keyHeads, bool regroup)
    {
        long[] shape = [parts.Sum(part => part.Shape[0]), .. parts[0].Shape.Skip(1)];
        if (!regroup)
            return (shape, [.. parts.SelectMany(part => part.Values)]);
        int[] sizes =
        [
            parts[0].Values.Length / heads * (heads / keyHeads),
            parts[1].Values.Length / keyHeads,
            parts[2].Values.Length / keyHeads,
        ];
        return (
            shape,
            [
                .. Enumerable
                    .Range(0, keyHeads)
                    .SelectMany(group => parts.SelectMany((part, i) => part.Values.Skip(group * sizes[i]).Take(sizes[i]))),
            ]
        );
    }

    private static (int Heads, int KeyHeads) Heads(JsonObject config) =>
        ((int)config["num_attention_heads"]!, (int?)config["num_key_value_heads"] ?? (int)config["num_attention_heads"]!);

    private static IEnumerable<(string Name, long[] Shape, float[] Values)> Own(
        Dictionary<string, (long[] Shape, float[] Values)> tensors,
        JsonObject config,
        bool regroup,
        string head
    )
    {
        var (heads, keyHeads) = Heads(config);
        foreach (var (name, (shape, values)) in tensors)
        {
            if (name.Contains("k_proj", StringComparison.Ordinal) || name.Contains("v_proj", StringComparison.Ordinal))
                continue;
            if (name.Contains("q_proj", StringComparison.Ordinal))
            {
                var (fusedShape, fused) = Fuse(
                    [
                        (shape, values),
                        tensors[name.Replace("q_proj", "k_proj", StringComparison.Ordinal)],
                        tensors[name.Replace("q_proj", "v_proj", StringComparison.Ordinal)],
                    ],
                    heads,
                    keyHeads,
                    regroup
                );
                yield return (name.Replace("self_attn.q_proj", "attention.wqkv", StringComparison.Ordinal), fusedShape, fused);
                continue;
            }
            yield return (
                name == "score.weight"
                    ? head
                    : Names.Aggregate(name, (own, pair) => own.Replace(pair.From, pair.To, StringComparison.Ordinal)),
                shape,
                values
            );
        }
    }

    private static TensorToWrite ToWrite(string name, long[] shape, float[] values, ElementKind kind) =>
        new(
            name,
            kind,
            shape,
            stream =>
                stream.Write(
                    kind == ElementKind.F64
                        ? MemoryMarshal.AsBytes<double>(values.Select(value => (double)value).ToArray())
                        : MemoryMarshal.AsBytes(values.AsSpan())
                )
        );
}
