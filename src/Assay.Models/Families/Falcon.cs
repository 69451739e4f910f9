// Falcon: decoder with few key-value heads and, but in its first form, attention and MLP side by side (arXiv 2311.16867). Source:
// transformers 5.23, models/falcon/modeling_falcon.py and configuration_falcon.py; score head as in its FalconForSequenceClassification
// (one unit, no bias, on the last token). Unusual: three layouts of the one projection to q, k, v: 7b [q heads | k | v], 40b and 11B by
// key-value group [q.. k v], rw by head [q k v]. The rw ones have ALiBi (arXiv 2108.12409) in place of rotary positions, added before the
// scores are scaled, its slopes rounded to bf16. The reference's eager attention adds it twice, and past 256 tokens bf16 rounds its
// products slope * position as well: neither is done here. Compared: the falcon (7b), falcon-new (40b) and falcon-rw cases.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a Falcon, defaults as in transformers.</summary>
public sealed record FalconConfig
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "hidden_dropout", "ff_factor"];

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FfnHiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    /// <summary>Key-value heads as they are computed: 1 in the 7b form, all in the rw form.</summary>
    public required int NumKvHeads { get; init; }

    public required int HeadDim { get; init; }

    public required bool NewDecoderArchitecture { get; init; }

    /// <summary>Whether attention and MLP both read the layer's input, instead of the MLP reading what attention made of it.</summary>
    public required bool ParallelAttn { get; init; }

    /// <summary>Whether the MLP that reads the layer's input has a norm of its own.</summary>
    public required bool HasTwoParallelNorms { get; init; }

    public required bool Alibi { get; init; }

    public required bool Bias { get; init; }

    public required double LayerNormEpsilon { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    public required RopeParameters Rope { get; init; }

    public required string Activation { get; init; }

    internal static FalconConfig Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Integer("hidden_size", least: 1) ?? file.Count("n_embed", 4544);
        if (file.Has("n_embed") && file.Count("n_embed", 0) != hiddenSize)
            throw file.Wrong("n_embed", $"the same as hidden_size ({hiddenSize}), or none");
        var heads = file.Count("num_attention_heads", 71);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (file.Flag("apply_residual_connection_post_layernorm", absent: false))
            throw file.Wrong("apply_residual_connection_post_layernorm", "false");
        var isNew = file.Flag("new_decoder_architecture", absent: false);
        var isParallel = file.Flag("parallel_attn", absent: true);
        if (isNew && !isParallel)
            throw file.Wrong("parallel_attn", "true with new_decoder_architecture");
        var norms = file.Integer("num_ln_in_parallel_attn", least: 1) ?? (isNew ? 2 : 1);
        if (norms > 2 || (norms == 2 && !isNew))
            throw file.Wrong("num_ln_in_parallel_attn", isNew ? "1 or 2" : "1, or null, without new_decoder_architecture");
        var alibi = file.Flag("alibi", absent: false);
        var vocabularySize = file.Count("vocab_size", 65024);
        var rope = RopeParameters.Read(file, file.Count("max_position_embeddings", 2048), hiddenSize / heads, 10000, warnings);
        if (rope.PartialFactor != 1)
            throw file.Wrong("partial_rotary_factor", "1: a Falcon rotates whole heads");
        if (!alibi && hiddenSize / heads % 2 != 0)
            throw file.Wrong("num_attention_heads", $"heads of an even size, which rotary positions need; it is {hiddenSize / heads}");
        var config = new FalconConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            FfnHiddenSize = file.Count("ffn_hidden_size", 4 * hiddenSize),
            NumHiddenLayers = file.Count("num_hidden_layers", 32),
            NumAttentionHeads = heads,
            NumKvHeads = ReadKeyValueHeads(file, heads, isNew),
            HeadDim = hiddenSize / heads,
            NewDecoderArchitecture = isNew,
            ParallelAttn = isParallel,
            HasTwoParallelNorms = norms == 2,
            Alibi = alibi,
            Bias = file.Flag("bias", absent: false),
            LayerNormEpsilon = file.Positive("layer_norm_epsilon", 1e-5),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize),
            Rope = rope,
            Activation = Layers.Activation.ReadName(file, "gelu", "activation"),
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }

    /// <summary>Only the new architecture asks num_kv_heads; of the older two multi_query has one and the other all.</summary>
    private static int ReadKeyValueHeads(ConfigFile file, int heads, bool isNew)
    {
        var (stated, multiQuery) = (file.Count("num_kv_heads", heads), file.Flag("multi_query", absent: true));
        if (isNew)
            return heads % stated == 0 ? stated : throw file.Wrong("num_kv_heads", $"a divisor of num_attention_heads ({heads})");
        if (multiQuery)
            return 1;
        return stated == heads
            ? heads
            : throw file.Wrong("num_kv_heads", $"num_attention_heads ({heads}), or none, where multi_query is false");
    }
}

internal sealed class FalconBlock
{
    private readonly FalconConfig _config;
    private readonly FusedColumns _columns;
    private readonly double[]? _slopes;

    public FalconBlock(FalconConfig config, Weights weights)
    {
        _config = config;
        var (hidden, inner, bias, width) = (config.HiddenSize, config.FfnHiddenSize, config.Bias, config.HeadDim);
        // [group][q.. k v]: a group is a key-value head, be it the only one (7b) or one for each query head (rw).
        _columns = new FusedColumns(config.NumKvHeads, config.NumAttentionHeads / config.NumKvHeads * width, width, width);
        _slopes = config.Alibi ? [.. AlibiSlopes.Of(config.NumAttentionHeads).Select(slope => slope / Math.Sqrt(width))] : null;
        AttentionNorm = LayerNorm.Read(
            weights.At(config.HasTwoParallelNorms ? "ln_attn" : "input_layernorm"),
            hidden,
            config.LayerNormEpsilon
        );
        MlpNorm =
            config.HasTwoParallelNorms ? LayerNorm.Read(weights.At("ln_mlp"), hidden, config.LayerNormEpsilon)
            : config.ParallelAttn ? null
            : LayerNorm.Read(weights.At("post_attention_layernorm"), hidden, config.LayerNormEpsilon);
        QueryKeyValue = Linear.Read(weights.At("self_attention.query_key_value"), hidden, _columns.Width, bias);
        Dense = Linear.Read(weights.At("self_attention.dense"), hidden, hidden, bias);
        Mlp = new FeedForward(
            Linear.Read(weights.At("mlp.dense_h_to_4h"), hidden, inner, bias),
            Linear.Read(weights.At("mlp.dense_4h_to_h"), inner, hidden, bias),
            Activation.Of(config.Activation)
        );
    }

    public LayerNorm AttentionNorm { get; }

    /// <summary>Null where the MLP reads what attention reads.</summary>
    public LayerNorm? MlpNorm { get; }

    public Linear QueryKeyValue { get; }

    public Linear Dense { get; }

    public FeedForward Mlp { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="angles">cos and sin, [tokens, head_dim / 2] each; nothing with ALiBi.</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, IReadOnlyList<Tensor> angles, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var width = _config.HeadDim;
        var normed = AttentionNorm.Forward(x);
        var parts = _columns.Split(QueryKeyValue.Forward(normed)); // [tokens, hidden], [tokens, key-value heads * head_dim] twice
        var (query, key) = angles is [var cosine, var sine]
            ? (parts[0].Rotary(cosine, sine, width), parts[1].Rotary(cosine, sine, width))
            : (parts[0], parts[1]);
        var attended = query.Attention(
            key,
            parts[2],
            segments,
            _config.NumAttentionHeads,
            _config.NumKvHeads,
            1 / Math.Sqrt(width),
            AttentionDirection.Causal,
            slopes: _slopes
        );
        if (rows is not null)
            (attended, x, normed) = (attended.SelectRows(rows), x.SelectRows(rows), normed.SelectRows(rows)); // [rows, hidden]
        var afterAttention = Dense.Forward(attended, residual: x);
        var mlpInput = MlpNorm is null ? normed : MlpNorm.Forward(_config.ParallelAttn ? x : afterAttention);
        return scope.Keep(Mlp.Forward(mlpInput, residual: afterAttention));
    }
}

/// <summary>A Falcon with a one-unit score head on the last token.</summary>
internal sealed class Falcon : RewardNetwork
{
    private readonly RotaryEmbedding? _rotary;

    private Falcon(FalconConfig config, Weights weights)
        : base(
            config.VocabSize,
            longestSequence: null,
            config.PadTokenId,
            PackingRules.Causal with
            {
                SharedPrefixLimit = config.Alibi ? int.MaxValue : config.Rope.LongestWithFixedFrequencies,
            }
        )
    {
        _rotary = config.Alibi ? null : new RotaryEmbedding(config.Rope, config.HeadDim);
        var model = weights.At("transformer");
        // without a padding index, as in the reference
        WordEmbeddings = Embedding.Read(model.At("word_embeddings"), config.VocabSize, config.HiddenSize);
        H = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new FalconBlock(config, model.At($"h.{layer}")))];
        LnF = LayerNorm.Read(model.At("ln_f"), config.HiddenSize, config.LayerNormEpsilon);
        Score = Linear.ReadScore(weights.At("score"), config.HiddenSize, config.InitializerRange);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "falcon",
            SequenceClassifier = "FalconForSequenceClassification",
            TokenClassifier = ("FalconForTokenClassification", "classifier"),
            LanguageModel = ("FalconForCausalLM", "lm_head"),
            WithoutHead = ["FalconForCausalLM", "FalconModel"],
            BasePrefix = "transformer.",
            HeadTensors = ["score.weight"],
            OtherHeads = ["lm_head."],
            Buffers = [".rotary_emb.inv_freq", ".maybe_rotary.inv_freq"],
            GgufArchitecture = "falcon",
        };

    public Embedding WordEmbeddings { get; }

    public IReadOnlyList<FalconBlock> H { get; }

    public LayerNorm LnF { get; }

    public new Linear Score { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = WordEmbeddings.Forward(batch.TokenIds, ComputeType); // [tokens, hidden]
        Observe("transformer.word_embeddings", x);
        IReadOnlyList<Tensor> angles = [];
        if (_rotary is not null)
        {
            var (cosine, sine) = _rotary.Tables(batch, DType, ReadAs, x.Device);
            angles = [cosine, sine];
        }
        for (var layer = 0; layer < H.Count; layer++)
        {
            var block = H[layer];
            var wanted = layer == H.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], [.. inputs.Skip(1)], segments, wanted), [x, .. angles]);
            Observe($"transformer.h.{layer}", x);
        }
        x = LnF.Forward(x); // [sequences, hidden]
        Observe("transformer.ln_f", x);
        return x;
    }

    private protected override Tensor Head(Tensor pooled) => Score.Forward(ForHead(pooled));

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = FalconConfig.Read(checkpoint.Config, warnings);
        return weights => new Falcon(config, weights);
    }
}
