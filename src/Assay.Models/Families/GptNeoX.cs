// GPT-NeoX: decoder with rotary positions on a part of each head, LayerNorm and, usually, attention and MLP side by side (arXiv
// 2204.06745); the family of Pythia (2304.01373). Source: transformers 5.23, models/gpt_neox/modeling_gpt_neox.py and
// configuration_gpt_neox.py; score head as in its GPTNeoXForSequenceClassification (one unit, no bias, on the last token). Unusual: q, k, v
// come from one projection in which each head's three parts lie together. OpenAssistant's gpt_neox_reward_model is this with its head under
// out_proj. Compared: the gpt_neox and gpt_neox-sequential cases.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a GPT-NeoX, defaults as in transformers.</summary>
public sealed record GptNeoXConfig
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "hidden_dropout", "is_decoder"];

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int HeadDim { get; init; }

    public required double LayerNormEps { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    public required bool AttentionBias { get; init; }

    /// <summary>Whether attention and MLP both read the layer's input, instead of the MLP reading what attention made of it.</summary>
    public required bool UseParallelResidual { get; init; }

    public required RopeParameters Rope { get; init; }

    public required string HiddenAct { get; init; }

    internal static GptNeoXConfig Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Count("hidden_size", 6144);
        var heads = file.Count("num_attention_heads", 64);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (file.Text("pooling") is { } pooling and not "last")
            throw file.Wrong("pooling", "\"last\": the mean over the tokens is not read");
        var vocabularySize = file.Count("vocab_size", 50432);
        var config = new GptNeoXConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", 24576),
            NumHiddenLayers = file.Count("num_hidden_layers", 44),
            NumAttentionHeads = heads,
            HeadDim = hiddenSize / heads,
            LayerNormEps = file.Positive("layer_norm_eps", 1e-5),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize),
            AttentionBias = file.Flag("attention_bias", absent: true),
            UseParallelResidual = file.Flag("use_parallel_residual", absent: true),
            HiddenAct = Activation.ReadName(file, "gelu"),
            Rope = ReadRope(file, hiddenSize / heads, warnings),
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }

    /// <summary>
    /// Before transformers 5 the base and the rotated share had names of this family's own; where both forms are given they must agree.
    /// </summary>
    private static RopeParameters ReadRope(ConfigFile file, int headDimension, ICollection<string> warnings)
    {
        var (oldTheta, oldShare) = (file.Positive("rotary_emb_base"), file.Positive("rotary_pct"));
        if (oldShare > 1)
            throw file.Wrong("rotary_pct", "a share of at most 1");
        var rope = RopeParameters.Read(
            file,
            file.Count("max_position_embeddings", 2048),
            headDimension,
            oldTheta ?? 10000,
            warnings,
            oldShare ?? 0.25
        );
        if (oldTheta is { } theta && theta != rope.Theta)
            throw file.Wrong("rotary_emb_base", $"the same as rope_theta ({rope.Theta}), or none");
        if (oldShare is { } share && share != rope.PartialFactor)
            throw file.Wrong("rotary_pct", $"the same as partial_rotary_factor ({rope.PartialFactor}), or none");
        return rope.RotaryDimension(headDimension) is >= 2 and var rotated && rotated % 2 == 0
            ? rope
            : throw file.Wrong(
                oldShare is null ? "rope_parameters" : "rotary_pct",
                $"a share of the head's {headDimension} dimensions that is an even number of at least 2; it is {rope.RotaryDimension(headDimension)}"
            );
    }
}

internal sealed class GptNeoXBlock
{
    private readonly GptNeoXConfig _config;
    private readonly FusedColumns _columns;

    public GptNeoXBlock(GptNeoXConfig config, Weights weights)
    {
        _config = config;
        var (hidden, inner, width) = (config.HiddenSize, config.IntermediateSize, config.HeadDim);
        _columns = new FusedColumns(config.NumAttentionHeads, width, width, width); // [head][q k v]
        InputLayernorm = LayerNorm.Read(weights.At("input_layernorm"), hidden, config.LayerNormEps);
        PostAttentionLayernorm = LayerNorm.Read(weights.At("post_attention_layernorm"), hidden, config.LayerNormEps);
        QueryKeyValue = Linear.Read(weights.At("attention.query_key_value"), hidden, _columns.Width, config.AttentionBias);
        Dense = Linear.Read(weights.At("attention.dense"), hidden, hidden, config.AttentionBias);
        Mlp = new FeedForward(
            Linear.Read(weights.At("mlp.dense_h_to_4h"), hidden, inner, hasBias: true),
            Linear.Read(weights.At("mlp.dense_4h_to_h"), inner, hidden, hasBias: true),
            Activation.Of(config.HiddenAct)
        );
    }

    public LayerNorm InputLayernorm { get; }

    public LayerNorm PostAttentionLayernorm { get; }

    public Linear QueryKeyValue { get; }

    public Linear Dense { get; }

    public FeedForward Mlp { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="cosine">[tokens, rotary_dim / 2]</param>
    /// <param name="sine">[tokens, rotary_dim / 2]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, Tensor cosine, Tensor sine, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var (heads, width) = (_config.NumAttentionHeads, _config.HeadDim);
        var parts = _columns.Split(QueryKeyValue.Forward(InputLayernorm.Forward(x))); // [tokens, hidden] each
        var (query, key) = (parts[0].Rotary(cosine, sine, width), parts[1].Rotary(cosine, sine, width));
        var attended = query.Attention(key, parts[2], segments, heads, heads, 1 / Math.Sqrt(width), AttentionDirection.Causal);
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        var afterAttention = Dense.Forward(attended, residual: x);
        var normed = PostAttentionLayernorm.Forward(_config.UseParallelResidual ? x : afterAttention);
        return scope.Keep(Mlp.Forward(normed, residual: afterAttention));
    }
}

/// <summary>A GPT-NeoX with a one-unit score head on the last token.</summary>
internal sealed class GptNeoX : RewardNetwork
{
    private readonly RotaryEmbedding _rotary;

    private GptNeoX(GptNeoXConfig config, Weights weights)
        : base(
            config.VocabSize,
            longestSequence: null,
            config.PadTokenId,
            PackingRules.Causal with
            {
                SharedPrefixLimit = config.Rope.LongestWithFixedFrequencies,
            }
        )
    {
        _rotary = new RotaryEmbedding(config.Rope, config.HeadDim);
        weights.Prove("attention.head_count", "num_attention_heads", config.NumAttentionHeads);
        weights.Prove("attention.layer_norm_epsilon", "layer_norm_eps", config.LayerNormEps);
        weights.Prove("rope.dimension_count", "rotary_pct", config.Rope.RotaryDimension(config.HeadDim));
        var model = weights.At("gpt_neox");
        EmbedIn = Embedding.Read(model.At("embed_in"), config.VocabSize, config.HiddenSize); // without a padding index, as in the reference
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new GptNeoXBlock(config, model.At($"layers.{layer}")))];
        FinalLayerNorm = LayerNorm.Read(model.At("final_layer_norm"), config.HiddenSize, config.LayerNormEps);
        Score = Linear.ReadScore(weights.At("score"), config.HiddenSize, config.InitializerRange);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "gpt_neox",
            OtherModelTypes = ["gpt_neox_reward_model"],
            SequenceClassifier = "GPTNeoXForSequenceClassification",
            TokenClassifier = ("GPTNeoXForTokenClassification", "classifier"),
            LanguageModel = ("GPTNeoXForCausalLM", "embed_out"),
            WithoutHead = ["GPTNeoXForCausalLM", "GPTNeoXModel"],
            BasePrefix = "gpt_neox.",
            HeadTensors = ["score.weight"],
            OtherHeads = ["embed_out."],
            Buffers = [".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"],
            GgufArchitecture = "gptneox",
        };

    public Embedding EmbedIn { get; }

    public IReadOnlyList<GptNeoXBlock> Layers { get; }

    public LayerNorm FinalLayerNorm { get; }

    public new Linear Score { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = EmbedIn.Forward(batch.TokenIds, ComputeType); // [tokens, hidden]
        Observe("gpt_neox.embed_in", x);
        var (cosine, sine) = _rotary.Tables(batch, DType, ReadAs, x.Device);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], inputs[1], inputs[2], segments, wanted), x, cosine, sine);
            Observe($"gpt_neox.layers.{layer}", x);
        }
        x = FinalLayerNorm.Forward(x); // [sequences, hidden]
        Observe("gpt_neox.final_layer_norm", x);
        return x;
    }

    private protected override Tensor Head(Tensor pooled) => Score.Forward(ForHead(pooled));

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = GptNeoXConfig.Read(checkpoint.Config, warnings);
        return weights => new GptNeoX(config, weights);
    }
}
