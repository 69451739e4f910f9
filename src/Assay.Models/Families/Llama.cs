// Llama: pre-norm decoder with rotary positions, RMSNorm, gated MLP and grouped query attention (arXiv 2302.13971, 2307.09288).
// Source: transformers 5.23, models/llama/modeling_llama.py and configuration_llama.py; score head as in its GenericForSequenceClassification
// (one unit, no bias, on the last token). Also read from GGUF, in which the rows of q and k are regrouped.
// Compared: the ten llama* cases of the families goldens, and HuggingFaceTB/SmolLM2-135M-Instruct; see docs/parity.md.
using System.Globalization;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a Llama, defaults as in transformers.</summary>
public sealed record LlamaConfig
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "pretraining_tp"];

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int NumKeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    public required double RmsNormEps { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    public required bool AttentionBias { get; init; }

    public required bool MlpBias { get; init; }

    public required RopeParameters Rope { get; init; }

    public required string HiddenAct { get; init; }

    internal static LlamaConfig Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Count("hidden_size", 4096);
        var heads = file.Count("num_attention_heads", 32);
        if (hiddenSize % heads != 0) throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        var keyValueHeads = file.Count("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) throw file.Wrong("num_key_value_heads", $"a divisor of num_attention_heads ({heads})");
        var headDimension = file.Count("head_dim", hiddenSize / heads);
        if (headDimension % 2 != 0) throw file.Wrong(file.Has("head_dim") ? "head_dim" : "num_attention_heads", $"heads of an even size, which rotary positions need; it is {headDimension}");
        var vocabularySize = file.Count("vocab_size", 32000);
        var rope = RopeParameters.Read(file, file.Count("max_position_embeddings", 2048), headDimension, 10000, warnings);
        if (rope.PartialFactor != 1) throw file.Wrong("partial_rotary_factor", "1: a Llama rotates whole heads");
        var config = new LlamaConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", 11008),
            NumHiddenLayers = file.Count("num_hidden_layers", 32),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = headDimension,
            RmsNormEps = file.Positive("rms_norm_eps", 1e-6),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize),
            AttentionBias = file.Flag("attention_bias", absent: false),
            MlpBias = file.Flag("mlp_bias", absent: false),
            HiddenAct = Activation.ReadName(file, "silu"),
            Rope = rope,
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }

    /// <summary>GGUF repeats what no tensor's shape shows; where it contradicts config.json, one of the two belongs to another model.</summary>
    internal void ProveAgainst(GgufFile gguf, ConfigFile file)
    {
        Prove("llama.attention.head_count", "num_attention_heads", NumAttentionHeads);
        Prove("llama.attention.head_count_kv", "num_key_value_heads", NumKeyValueHeads);
        Prove("llama.attention.layer_norm_rms_epsilon", "rms_norm_eps", RmsNormEps);
        Prove("llama.rope.freq_base", "rope_theta", Rope.Theta);

        void Prove(string key, string configKey, double wanted)
        {
            if (gguf.Metadata.TryGetValue(key, out var text) && double.Parse(text, CultureInfo.InvariantCulture) is var found && Math.Abs(found - wanted) > 1e-6 * Math.Abs(wanted))
                throw new CheckpointException(string.Create(CultureInfo.InvariantCulture, $"{gguf.Path}: {key} is {found}, but {file.Path} says {configKey} {wanted}: they belong to different models"));
        }
    }
}

internal sealed class LlamaBlock
{
    private readonly LlamaConfig _config;
    private readonly Activation _activation;

    public LlamaBlock(LlamaConfig config, Weights weights)
    {
        _config = config;
        _activation = Activation.Of(config.HiddenAct);
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        var (queries, keys) = (config.NumAttentionHeads * config.HeadDim, config.NumKeyValueHeads * config.HeadDim);
        InputLayernorm = RmsNorm.Read(weights.At("input_layernorm"), hidden, config.RmsNormEps);
        var attention = weights.At("self_attn");
        QProj = Linear.Read(attention.At("q_proj"), hidden, queries, config.AttentionBias);
        KProj = Linear.Read(attention.At("k_proj"), hidden, keys, config.AttentionBias);
        VProj = Linear.Read(attention.At("v_proj"), hidden, keys, config.AttentionBias);
        OProj = Linear.Read(attention.At("o_proj"), queries, hidden, config.AttentionBias);
        PostAttentionLayernorm = RmsNorm.Read(weights.At("post_attention_layernorm"), hidden, config.RmsNormEps);
        var mlp = weights.At("mlp");
        GateProj = Linear.Read(mlp.At("gate_proj"), hidden, inner, config.MlpBias);
        UpProj = Linear.Read(mlp.At("up_proj"), hidden, inner, config.MlpBias);
        DownProj = Linear.Read(mlp.At("down_proj"), inner, hidden, config.MlpBias);
    }

    public RmsNorm InputLayernorm { get; }

    public Linear QProj { get; }

    public Linear KProj { get; }

    public Linear VProj { get; }

    public Linear OProj { get; }

    public RmsNorm PostAttentionLayernorm { get; }

    public Linear GateProj { get; }

    public Linear UpProj { get; }

    public Linear DownProj { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="cosine">[tokens, head_dim / 2]</param>
    /// <param name="sine">[tokens, head_dim / 2]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, Tensor cosine, Tensor sine, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var normed = InputLayernorm.Forward(x);
        var query = QProj.Forward(normed).Rotary(cosine, sine, _config.HeadDim);                  // [tokens, heads * head_dim]
        var key = KProj.Forward(normed).Rotary(cosine, sine, _config.HeadDim);                    // [tokens, key-value heads * head_dim]
        var value = VProj.Forward(normed);
        var attended = query.Attention(key, value, segments, _config.NumAttentionHeads, _config.NumKeyValueHeads, 1 / Math.Sqrt(_config.HeadDim), AttentionDirection.Causal);
        if (rows is not null) (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, …]
        x = OProj.Forward(attended, residual: x);
        normed = PostAttentionLayernorm.Forward(x);
        var (gate, up) = (GateProj.Forward(normed), UpProj.Forward(normed));                      // [rows, intermediate]
        var inner = _activation.IsSilu ? gate.SwiGlu(up) : _activation.Forward(gate) * up;
        return scope.Keep(DownProj.Forward(inner, residual: x));
    }
}

/// <summary>A Llama with a one-unit score head on the last token.</summary>
internal sealed class Llama : RewardNetwork
{
    private readonly RotaryEmbedding _rotary;

    private Llama(LlamaConfig config, Weights weights) : base(config.VocabSize, longestSequence: null, config.PadTokenId,
        PackingRules.Causal with { SharedPrefixLimit = config.Rope.LongestWithFixedFrequencies })
    {
        _rotary = new RotaryEmbedding(config.Rope, config.HeadDim);
        var model = weights.At("model");
        EmbedTokens = Embedding.Read(model.At("embed_tokens"), config.VocabSize, config.HiddenSize, config.PadTokenId ?? -1);
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new LlamaBlock(config, model.At($"layers.{layer}")))];
        Norm = RmsNorm.Read(model.At("norm"), config.HiddenSize, config.RmsNormEps);
        Score = new Linear(weights.At("score").ReadOrDraw("weight", config.InitializerRange, ParameterRole.Head, 1, config.HiddenSize), bias: null);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = new(Prepare)
    {
        ModelType = "llama",
        SequenceClassifier = "LlamaForSequenceClassification",
        WithoutHead = ["LlamaForCausalLM", "LlamaModel"],
        BasePrefix = "model.",
        HeadTensors = ["score.weight"],
        OtherHeads = ["lm_head."],
        Buffers = [".rotary_emb.inv_freq", "rope_freqs.weight"],
    };

    public Embedding EmbedTokens { get; }

    public IReadOnlyList<LlamaBlock> Layers { get; }

    public RmsNorm Norm { get; }

    public new Linear Score { get; }

    protected override Tensor Forward(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = EmbedTokens.Forward(batch.TokenIds, ComputeType);                                  // [tokens, hidden]
        Observe("model.embed_tokens", x);
        var (cosine, sine) = _rotary.Tables(batch, DType == DType.Float64 ? DType.Float64 : DType.Float32, x.Device);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], inputs[1], inputs[2], segments, wanted), x, cosine, sine);
            Observe($"model.layers.{layer}", x);
        }
        x = Norm.Forward(x);                                                                       // [sequences, hidden]
        Observe("model.norm", x);
        return Score.Forward(ForHead(x));                                                          // [sequences, 1]
    }

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = LlamaConfig.Read(checkpoint.Config, warnings);
        if (checkpoint.Files[0] is GgufFile gguf) config.ProveAgainst(gguf, checkpoint.Config);
        return weights => new Llama(config, weights);
    }
}
