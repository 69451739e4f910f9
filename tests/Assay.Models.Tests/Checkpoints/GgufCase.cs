using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Checkpoints;

/// <summary>
/// A recorded case as llama.cpp's converter would write it: the names of gguf-py's tensor_mapping.py from Hugging Face's, and what
/// conversion/*.py does to the numbers. The head, for which GGUF has no name, goes to a file of its own.
/// </summary>
internal static partial class GgufCase
{
    /// <summary>Hugging Face's name without the layer's number → GGUF's, by family; the first list holds for every family.</summary>
    private static readonly Dictionary<string, (string From, string To)[]> Names = new()
    {
        [""] =
        [
            ("model.embed_tokens", "token_embd"),
            ("model.norm", "output_norm"),
            ("model.layers.input_layernorm", "blk.attn_norm"),
            ("model.layers.self_attn.q_proj", "blk.attn_q"),
            ("model.layers.self_attn.k_proj", "blk.attn_k"),
            ("model.layers.self_attn.v_proj", "blk.attn_v"),
            ("model.layers.self_attn.o_proj", "blk.attn_output"),
            ("model.layers.self_attn.q_norm", "blk.attn_q_norm"),
            ("model.layers.self_attn.k_norm", "blk.attn_k_norm"),
            ("model.layers.self_attn.qkv_proj", "blk.attn_qkv"),
            ("model.layers.mlp.gate_proj", "blk.ffn_gate"),
            ("model.layers.mlp.up_proj", "blk.ffn_up"),
            ("model.layers.mlp.gate_up_proj", "blk.ffn_up"),
            ("model.layers.mlp.down_proj", "blk.ffn_down"),
            ("model.layers.pre_feedforward_layernorm", "blk.ffn_norm"),
            ("model.layers.post_feedforward_layernorm", "blk.post_ffw_norm"),
            ("model.layers.block_sparse_moe.gate", "blk.ffn_gate_inp"),
            ("model.layers.mlp.gate", "blk.ffn_gate_inp"),
            ("transformer.wte", "token_embd"),
            ("transformer.wpe", "position_embd"),
            ("transformer.ln_f", "output_norm"),
            ("transformer.h.ln_1", "blk.attn_norm"),
            ("transformer.h.ln_2", "blk.ffn_norm"),
            ("transformer.h.attn.c_attn", "blk.attn_qkv"),
            ("transformer.h.attn.c_proj", "blk.attn_output"),
            ("transformer.h.mlp.c_fc", "blk.ffn_up"),
            ("transformer.h.mlp.c_proj", "blk.ffn_down"),
            ("gpt_neox.embed_in", "token_embd"),
            ("gpt_neox.final_layer_norm", "output_norm"),
            ("gpt_neox.layers.input_layernorm", "blk.attn_norm"),
            ("gpt_neox.layers.post_attention_layernorm", "blk.ffn_norm"),
            ("gpt_neox.layers.attention.query_key_value", "blk.attn_qkv"),
            ("gpt_neox.layers.attention.dense", "blk.attn_output"),
            ("gpt_neox.layers.mlp.dense_h_to_4h", "blk.ffn_up"),
            ("gpt_neox.layers.mlp.dense_4h_to_h", "blk.ffn_down"),
            ("transformer.word_embeddings", "token_embd"),
            ("transformer.h.input_layernorm", "blk.attn_norm"),
            ("transformer.h.ln_mlp", "blk.attn_norm"),
            ("transformer.h.ln_attn", "blk.attn_norm_2"),
            ("transformer.h.self_attention.query_key_value", "blk.attn_qkv"),
            ("transformer.h.self_attention.dense", "blk.attn_output"),
            ("transformer.h.mlp.dense_h_to_4h", "blk.ffn_up"),
            ("transformer.h.mlp.dense_4h_to_h", "blk.ffn_down"),
            ("bert.embeddings.word_embeddings", "token_embd"),
            ("bert.embeddings.token_type_embeddings", "token_types"),
            ("bert.embeddings.position_embeddings", "position_embd"),
            ("bert.embeddings.LayerNorm", "token_embd_norm"),
            ("bert.encoder.layer.attention.self.query", "blk.attn_q"),
            ("bert.encoder.layer.attention.self.key", "blk.attn_k"),
            ("bert.encoder.layer.attention.self.value", "blk.attn_v"),
            ("bert.encoder.layer.attention.output.dense", "blk.attn_output"),
            ("bert.encoder.layer.attention.output.LayerNorm", "blk.attn_output_norm"),
            ("bert.encoder.layer.intermediate.dense", "blk.ffn_up"),
            ("bert.encoder.layer.output.dense", "blk.ffn_down"),
            ("bert.encoder.layer.output.LayerNorm", "blk.layer_output_norm"),
            ("model.embeddings.tok_embeddings", "token_embd"),
            ("model.embeddings.norm", "token_embd_norm"),
            ("model.final_norm", "output_norm"),
            ("model.layers.attn_norm", "blk.attn_norm"),
            ("model.layers.attn.Wqkv", "blk.attn_qkv"),
            ("model.layers.attn.Wo", "blk.attn_output"),
            ("model.layers.mlp_norm", "blk.ffn_norm"),
            ("model.layers.mlp.Wi", "blk.ffn_up"),
            ("model.layers.mlp.Wo", "blk.ffn_down"),
            ("head.dense", "cls"),
            ("head.norm", "cls.norm"),
            // The converter leaves the pooler out; without it there is no recorded score to compare with.
            ("bert.pooler.dense", "bert.pooler.dense"),
        ],
        ["norms after attention"] = [("model.layers.post_attention_layernorm", "blk.post_attention_norm")],
        ["norms before the MLP"] = [("model.layers.post_attention_layernorm", "blk.ffn_norm")],
    };

    /// <summary>Writes config.json, model.gguf and score.safetensors.</summary>
    /// <param name="name">The case.</param>
    /// <param name="architecture">What llama.cpp calls its family.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="change">Whether the numbers are changed as the converter does; a negative control leaves them.</param>
    public static void Write(string name, string architecture, TemporaryFolder folder, bool change = true)
    {
        var source = SharedInputs.PathOf("goldens", "families", "cases", name);
        File.Copy(Path.Combine(source, "config.json"), folder.PathOf("config.json"), overwrite: true);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!;
        var heads = (int)(config["num_attention_heads"] ?? config["n_head"])!;
        var keyHeads =
            (bool?)config["multi_query"] == true && (bool?)config["new_decoder_architecture"] != true
                ? 1
                : (int?)(config["num_key_value_heads"] ?? config["num_kv_heads"]) ?? heads;
        using var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        var whole = file
            .Tensors.Where(tensor => !IsOfHead(tensor))
            .Select(tensor => (tensor.Name, Shape: tensor.Shape.ToArray(), Values: RecordedTensor.Floats(file, tensor)));
        (string Name, long[] Shape, float[] Values)[] tensors =
        [
            .. Stacked(whole).Select(tensor => Converted(tensor, architecture, heads, keyHeads, change)),
        ];
        GgufBuilder.Write(
            folder.PathOf("model.gguf"),
            [
                .. tensors.Select(tensor =>
                    (tensor.Name, tensor.Shape.Reverse().ToArray(), 0u, MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())
                ),
            ],
            heads,
            architecture,
            keyHeads
        );
        SafetensorsWriter.Write(
            folder.PathOf("score.safetensors"),
            [
                .. file
                    .Tensors.Where(IsOfHead)
                    .Select(head => new TensorToWrite(head.Name, head.Kind, head.Shape, stream => stream.Write(file.RowBytes(head, 0, 1)))),
            ]
        );
    }

    private static bool IsOfHead(StoredTensor tensor) => tensor.Name.Split('.')[0] is "score" or "classifier";

    private static (string Name, long[] Shape, float[] Values) Converted(
        (string Name, long[] Shape, float[] Values) tensor,
        string architecture,
        int heads,
        int keyHeads,
        bool change
    )
    {
        var (name, shape, values) = tensor;
        if (!change)
            return (GgufName(name, architecture), shape, values);
        var rows = (int)shape[0];
        if (architecture is "llama" or "smollm3" or "internlm2" && name.Contains("q_proj", StringComparison.Ordinal))
            values = Rows(values, rows, row => Permuted(row, rows, heads));
        if (architecture is "llama" or "smollm3" or "internlm2" && name.Contains("k_proj", StringComparison.Ordinal))
            values = Rows(values, rows, row => Permuted(row, rows, keyHeads));
        if (architecture.StartsWith("gemma", StringComparison.Ordinal) && name.EndsWith("norm.weight", StringComparison.Ordinal))
            values = [.. values.Select(value => value + 1)];
        if (architecture == "gptneox" && name.Contains("query_key_value", StringComparison.Ordinal))
        {
            // torch: reshape(heads, 3, width, …), then all [:, 0], all [:, 1], all [:, 2].
            var width = rows / heads / 3;
            values = Rows(values, rows, row => (((row / width) % heads) * 3 * width) + ((row / (width * heads)) * width) + (row % width));
        }
        if (architecture == "falcon" && name.Contains("query_key_value", StringComparison.Ordinal))
        {
            // torch: view(key heads, heads / key heads + 2, width, …), then all [:, :-2], all [:, -2], all [:, -1].
            var (width, each) = (rows / (heads + (2 * keyHeads)), heads / keyHeads);
            int[] places =
            [
                .. from part in new[] { Enumerable.Range(0, each), [each], [each + 1] }
                from key in Enumerable.Range(0, keyHeads)
                from slot in part
                select (key * (each + 2)) + slot,
            ];
            values = Rows(values, rows, row => (places[row / width] * width) + (row % width));
        }
        if (architecture == "gpt2" && shape.Length == 2 && name.Contains(".c_", StringComparison.Ordinal))
        {
            var columns = (int)shape[1];
            values =
            [
                .. Enumerable
                    .Range(0, columns)
                    .SelectMany(column => Enumerable.Range(0, rows).Select(row => tensor.Values[(row * columns) + column])),
            ];
            shape = [columns, rows];
        }
        return (GgufName(name, architecture), shape, values);
    }

    /// <summary>torch: reshape(heads, 2, half, …).swapaxes(1, 2): the row of the original that stands at this one.</summary>
    private static int Permuted(int row, int rows, int heads)
    {
        var (width, half) = (rows / heads, rows / heads / 2);
        return ((row / width) * width) + ((row % 2) * half) + ((row % width) / 2);
    }

    private static float[] Rows(float[] values, int rows, Func<int, int> from)
    {
        var length = values.Length / rows;
        return [.. Enumerable.Range(0, rows).SelectMany(row => values.Skip(from(row) * length).Take(length))];
    }

    /// <summary>The experts' tensors of a layer, one behind the other.</summary>
    private static IEnumerable<(string Name, long[] Shape, float[] Values)> Stacked(
        IEnumerable<(string Name, long[] Shape, float[] Values)> tensors
    )
    {
        foreach (var group in tensors.GroupBy(tensor => Expert().Replace(tensor.Name, ".experts.")))
        {
            (string Name, long[] Shape, float[] Values)[] all =
            [
                .. group.OrderBy(tensor =>
                    Expert().Match(tensor.Name) is { Success: true } match
                        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                        : 0
                ),
            ];
            yield return Expert().IsMatch(all[0].Name)
                ? (group.Key, [all.Length, .. all[0].Shape], [.. all.SelectMany(tensor => tensor.Values)])
                : all[0];
        }
    }

    private static string GgufName(string name, string architecture)
    {
        var (module, kind) = (name[..name.LastIndexOf('.')], name[name.LastIndexOf('.')..]);
        var layer = LayerNumber().Match(module);
        module = LayerNumber().Replace(module, ".");
        var expert = module.Contains(".experts.", StringComparison.Ordinal)
            ? module[(module.LastIndexOf('.') + 1)..] switch
            {
                "w1" or "gate_proj" => "blk.ffn_gate_exps",
                "w3" or "up_proj" => "blk.ffn_up_exps",
                _ => "blk.ffn_down_exps",
            }
            : null;
        var norms = architecture is "gemma2" or "gemma3" or "olmo2" ? "norms after attention" : "norms before the MLP";
        var to = expert ?? Names[""].Concat(Names[norms]).Single(entry => entry.From == module).To;
        return (layer.Success ? to.Replace("blk.", $"blk.{layer.Groups[1].Value}.", StringComparison.Ordinal) : to) + kind;
    }

    [GeneratedRegex(@"(?<=layers?|\.h)\.(\d+)\.")]
    private static partial Regex LayerNumber();

    [GeneratedRegex(@"\.experts\.(\d+)\.")]
    private static partial Regex Expert();
}
