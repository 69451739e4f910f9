using System.Globalization;

namespace Assay.Models.Checkpoints;

/// <summary>
/// How llama.cpp's converter writes a family into a GGUF: its names for the tensors, and what it changes in their numbers. Names:
/// gguf-py/gguf/tensor_mapping.py and constants.py; changes: conversion/*.py (<c>modify_tensors</c>, <c>norm_shift</c>,
/// <c>LlamaModel.permute</c>), ggml-org/llama.cpp of 2026. The metadata's configuration and tokenizer are not used.
/// </summary>
internal sealed record GgufLayout
{
    private static readonly Dictionary<string, string> LlamaWhole = new()
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
    };

    private static readonly Dictionary<string, string> LlamaLayer = new()
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    private static readonly Dictionary<string, string> NormedHeads = new(LlamaLayer)
    {
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
    };

    private static readonly GgufLayout Llama = new()
    {
        Architecture = "llama",
        WholeModel = LlamaWhole,
        InLayer = LlamaLayer,
    };

    private static readonly Dictionary<string, string> SandwichNorms = new(NormedHeads)
    {
        ["post_attention_norm"] = "post_attention_layernorm",
        ["ffn_norm"] = "pre_feedforward_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    private static readonly Dictionary<string, string> MixtralLayer = new(LlamaLayer)
    {
        ["ffn_gate_inp"] = "block_sparse_moe.gate",
        ["ffn_gate_exps"] = "block_sparse_moe.experts.*.w1",
        ["ffn_up_exps"] = "block_sparse_moe.experts.*.w3",
        ["ffn_down_exps"] = "block_sparse_moe.experts.*.w2",
    };

    private static readonly Dictionary<string, string> Qwen3MoeLayer = new(NormedHeads)
    {
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.*.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.*.up_proj",
        ["ffn_down_exps"] = "mlp.experts.*.down_proj",
    };

    private static readonly Dictionary<string, string> FalconLayer = new()
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_qkv"] = "self_attention.query_key_value",
        ["attn_output"] = "self_attention.dense",
        ["ffn_up"] = "mlp.dense_h_to_4h",
        ["ffn_down"] = "mlp.dense_4h_to_h",
    };

    private static readonly GgufLayout Falcon = new()
    {
        Architecture = "falcon",
        WholeModel = new Dictionary<string, string>
        {
            ["token_embd"] = "transformer.word_embeddings",
            ["output_norm"] = "transformer.ln_f",
            ["output"] = "lm_head",
        },
        LayerPrefix = "transformer.h",
        InLayer = FalconLayer,
        SortsHeads = true,
    };

    private static readonly IReadOnlyList<GgufLayout> All =
    [
        // Mistral and Mixtral are converted as Llamas.
        Llama with
        {
            RegroupsRotary = true,
            InLayer = MixtralLayer,
        },
        Llama with
        {
            Architecture = "smollm3",
            RegroupsRotary = true,
        },
        // Its wqkv is taken apart into q, k and v.
        Llama with
        {
            Architecture = "internlm2",
            RegroupsRotary = true,
        },
        Llama with
        {
            Architecture = "qwen2",
        },
        Llama with
        {
            Architecture = "qwen3",
            InLayer = NormedHeads,
        },
        Llama with
        {
            Architecture = "qwen3moe",
            InLayer = Qwen3MoeLayer,
        },
        Llama with
        {
            Architecture = "gemma",
            NormShift = 1,
        },
        Llama with
        {
            Architecture = "gemma2",
            NormShift = 1,
            InLayer = SandwichNorms,
        },
        Llama with
        {
            Architecture = "gemma3",
            NormShift = 1,
            InLayer = SandwichNorms,
        },
        Llama with
        {
            Architecture = "olmo2",
            InLayer = SandwichNorms,
        },
        Llama with
        {
            Architecture = "phi3",
            InLayer = new Dictionary<string, string>(LlamaLayer) { ["attn_qkv"] = "self_attn.qkv_proj", ["ffn_up"] = "mlp.gate_up_proj" },
        },
        new()
        {
            Architecture = "gpt2",
            WholeModel = new Dictionary<string, string>
            {
                ["token_embd"] = "transformer.wte",
                ["position_embd"] = "transformer.wpe",
                ["output_norm"] = "transformer.ln_f",
                ["output"] = "lm_head",
            },
            LayerPrefix = "transformer.h",
            InLayer = new Dictionary<string, string>
            {
                ["attn_norm"] = "ln_1",
                ["attn_qkv"] = "attn.c_attn",
                ["attn_output"] = "attn.c_proj",
                ["ffn_norm"] = "ln_2",
                ["ffn_up"] = "mlp.c_fc",
                ["ffn_down"] = "mlp.c_proj",
            },
            Transposed = ["attn_qkv.weight", "attn_output.weight", "ffn_up.weight", "ffn_down.weight"],
        },
        new()
        {
            Architecture = "gptneox",
            WholeModel = new Dictionary<string, string>
            {
                ["token_embd"] = "gpt_neox.embed_in",
                ["output_norm"] = "gpt_neox.final_layer_norm",
                ["output"] = "embed_out",
            },
            LayerPrefix = "gpt_neox.layers",
            InLayer = new Dictionary<string, string>
            {
                ["attn_norm"] = "input_layernorm",
                ["attn_qkv"] = "attention.query_key_value",
                ["attn_output"] = "attention.dense",
                ["ffn_norm"] = "post_attention_layernorm",
                ["ffn_up"] = "mlp.dense_h_to_4h",
                ["ffn_down"] = "mlp.dense_4h_to_h",
            },
            SortsHeads = true,
        },
        Falcon with
        {
            OnlyWith = "blk.0.attn_norm_2.weight",
            InLayer = new Dictionary<string, string>(FalconLayer) { ["attn_norm"] = "ln_mlp", ["attn_norm_2"] = "ln_attn" },
        }, // 40b
        Falcon,
        new()
        {
            Architecture = "modern-bert",
            WholeModel = new Dictionary<string, string>
            {
                ["token_embd"] = "model.embeddings.tok_embeddings",
                ["token_embd_norm"] = "model.embeddings.norm",
                ["output_norm"] = "model.final_norm",
                ["cls"] = "head.dense",
                ["cls.norm"] = "head.norm",
                ["cls.output"] = "classifier",
            },
            InLayer = new Dictionary<string, string>
            {
                ["attn_norm"] = "attn_norm",
                ["attn_qkv"] = "attn.Wqkv",
                ["attn_output"] = "attn.Wo",
                ["ffn_norm"] = "mlp_norm",
                ["ffn_up"] = "mlp.Wi",
                ["ffn_down"] = "mlp.Wo",
            },
        },
        new()
        {
            // Its converter leaves the pooler out, so a head begins anew.
            Architecture = "bert",
            WholeModel = new Dictionary<string, string>
            {
                ["token_embd"] = "bert.embeddings.word_embeddings",
                ["token_types"] = "bert.embeddings.token_type_embeddings",
                ["position_embd"] = "bert.embeddings.position_embeddings",
                ["token_embd_norm"] = "bert.embeddings.LayerNorm",
            },
            LayerPrefix = "bert.encoder.layer",
            InLayer = new Dictionary<string, string>
            {
                ["attn_q"] = "attention.self.query",
                ["attn_k"] = "attention.self.key",
                ["attn_v"] = "attention.self.value",
                ["attn_output"] = "attention.output.dense",
                ["attn_output_norm"] = "attention.output.LayerNorm",
                ["ffn_up"] = "intermediate.dense",
                ["ffn_down"] = "output.dense",
                ["layer_output_norm"] = "output.LayerNorm",
            },
        },
    ];

    /// <summary><c>general.architecture</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Modules outside the layers, by GGUF's names.</summary>
    public required IReadOnlyDictionary<string, string> WholeModel { get; init; }

    /// <summary>Modules of a layer; with a star those of all experts in one tensor.</summary>
    public required IReadOnlyDictionary<string, string> InLayer { get; init; }

    public string LayerPrefix { get; init; } = "model.layers";

    /// <summary>Whether the rows of q and k are regrouped so that a rotary pair lies together.</summary>
    public bool RegroupsRotary { get; init; }

    /// <summary>Whether the heads of the fused projection are sorted: all q, all k, all v.</summary>
    public bool SortsHeads { get; init; }

    /// <summary>A tensor by which this layout of an architecture is told from the next; null where there is no other.</summary>
    public string? OnlyWith { get; init; }

    /// <summary>What was added to the norms' weights.</summary>
    public float NormShift { get; init; }

    /// <summary>Tensors of a layer that stand [out, in] where the checkpoint has [in, out].</summary>
    public IReadOnlyList<string> Transposed { get; init; } = [];

    /// <summary>The layout of a file of an architecture with these tensors, or null where the architecture is not read.</summary>
    public static GgufLayout? Of(string architecture, IReadOnlyCollection<string> tensors) =>
        All.FirstOrDefault(layout => layout.Architecture == architecture && (layout.OnlyWith is null || tensors.Contains(layout.OnlyWith)));

    /// <summary>The architectures that are read, for messages.</summary>
    public static string Known => string.Join(", ", All.Select(layout => layout.Architecture).Distinct());

    /// <summary>
    /// The Hugging Face name of a tensor; a name that is not known stays, and is refused later as one that no part of the model reads.
    /// </summary>
    public string HuggingFace(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0 || name[dot..] is not (".weight" or ".bias"))
            return name;
        var module = name[..dot];
        if (WholeModel.TryGetValue(module, out var whole))
            return whole + name[dot..];
        return
            module.Split('.') is ["blk", var number, var part]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            && InLayer.TryGetValue(part, out var inner)
            ? string.Create(CultureInfo.InvariantCulture, $"{LayerPrefix}.{layer}.{inner}{name[dot..]}")
            : name;
    }
}
