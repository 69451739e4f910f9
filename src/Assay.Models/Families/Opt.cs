// OPT: decoder with learned positions, ReLU and biases (arXiv 2205.01068); Galactica (2211.09085) is one without biases and with GELU.
// Source: transformers 5.23, models/opt/modeling_opt.py and configuration_opt.py; score head as in its OPTForSequenceClassification (one
// unit, no bias, on the last token). Unusual: the table of positions begins with two rows that no token uses; norms have the fixed epsilon
// 1e-5. The 350m one has its norms after attention and MLP, none at the end, and embeddings narrower than its layers, with a projection
// behind them and another before the head. Compared: the opt and opt-350m-style cases.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of an OPT, defaults as in transformers.</summary>
public sealed record OptConfig
{
    private static readonly HashSet<string> Inert =
    [
        .. CommonKeys.Inert,
        "activation_dropout",
        "dropout",
        "layerdrop",
        "init_std",
        "prefix",
    ];

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FfnDim { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>The width of the embeddings and of the head's input.</summary>
    public required int WordEmbedProjDim { get; init; }

    /// <summary>Whether norms stand before attention and MLP, or after them.</summary>
    public required bool DoLayerNormBefore { get; init; }

    public required bool HasFinalLayerNorm { get; init; }

    public required bool EnableBias { get; init; }

    public required double InitStd { get; init; }

    public required int? PadTokenId { get; init; }

    public required string ActivationFunction { get; init; }

    internal static OptConfig Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Count("hidden_size", 768);
        var heads = file.Count("num_attention_heads", 12);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (!file.Flag("layer_norm_elementwise_affine", absent: true))
            throw file.Wrong("layer_norm_elementwise_affine", "true: norms without weights are not written here");
        // Galactica's, in which nothing else is published.
        if (!file.Flag("learned_embeddings", absent: true))
            throw file.Wrong("learned_embeddings", "true");
        if (file.Flag("scale_embeddings", absent: false))
            throw file.Wrong("scale_embeddings", "false");
        var vocabularySize = file.Count("vocab_size", 50272);
        var before = file.Flag("do_layer_norm_before", absent: true);
        var config = new OptConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            FfnDim = file.Count("ffn_dim", 3072),
            NumHiddenLayers = file.Count("num_hidden_layers", 12),
            NumAttentionHeads = heads,
            MaxPositionEmbeddings = file.Count("max_position_embeddings", 2048),
            WordEmbedProjDim = file.Count("word_embed_proj_dim", hiddenSize),
            DoLayerNormBefore = before,
            HasFinalLayerNorm = !file.Flag("_remove_final_layer_norm", absent: false) && before,
            EnableBias = file.Flag("enable_bias", absent: true),
            InitStd = file.Positive("init_std", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize, absent: 1),
            ActivationFunction = Activation.ReadName(file, "relu", "activation_function"),
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }
}

internal sealed class OptBlock
{
    // torch's default for LayerNorm, which no key changes.
    internal const double LayerNormEpsilon = 1e-5;

    private readonly OptConfig _config;

    public OptBlock(OptConfig config, Weights weights)
    {
        _config = config;
        var (hidden, hasBias) = (config.HiddenSize, config.EnableBias);
        var attention = weights.At("self_attn");
        QProj = Linear.Read(attention.At("q_proj"), hidden, hidden, hasBias);
        KProj = Linear.Read(attention.At("k_proj"), hidden, hidden, hasBias);
        VProj = Linear.Read(attention.At("v_proj"), hidden, hidden, hasBias);
        OutProj = Linear.Read(attention.At("out_proj"), hidden, hidden, hasBias);
        SelfAttnLayerNorm = LayerNorm.Read(weights.At("self_attn_layer_norm"), hidden, LayerNormEpsilon);
        Mlp = new FeedForward(
            Linear.Read(weights.At("fc1"), hidden, config.FfnDim, hasBias),
            Linear.Read(weights.At("fc2"), config.FfnDim, hidden, hasBias),
            Activation.Of(config.ActivationFunction)
        );
        FinalLayerNorm = LayerNorm.Read(weights.At("final_layer_norm"), hidden, LayerNormEpsilon);
    }

    public Linear QProj { get; }

    public Linear KProj { get; }

    public Linear VProj { get; }

    public Linear OutProj { get; }

    public LayerNorm SelfAttnLayerNorm { get; }

    public FeedForward Mlp { get; }

    public LayerNorm FinalLayerNorm { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var (before, heads) = (_config.DoLayerNormBefore, _config.NumAttentionHeads);
        var input = before ? SelfAttnLayerNorm.Forward(x) : x;
        var (query, key, value) = (QProj.Forward(input), KProj.Forward(input), VProj.Forward(input));
        var attended = query.Attention(
            key,
            value,
            segments,
            heads,
            heads,
            1 / Math.Sqrt((double)_config.HiddenSize / heads),
            AttentionDirection.Causal
        );
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        x = OutProj.Forward(attended, residual: x);
        if (!before)
            x = SelfAttnLayerNorm.Forward(x);
        x = Mlp.Forward(before ? FinalLayerNorm.Forward(x) : x, residual: x);
        return scope.Keep(before ? x : FinalLayerNorm.Forward(x));
    }
}

/// <summary>An OPT with a one-unit score head on the last token.</summary>
internal sealed class Opt : RewardNetwork
{
    // fairseq kept the first rows for the padding's positions.
    private const int FirstPosition = 2;

    private Opt(OptConfig config, Weights weights)
        : base(config.VocabSize, config.MaxPositionEmbeddings, config.PadTokenId, PackingRules.Causal)
    {
        var (hidden, narrow) = (config.HiddenSize, config.WordEmbedProjDim);
        var decoder = weights.At("model.decoder");
        EmbedTokens = Embedding.Read(decoder.At("embed_tokens"), config.VocabSize, narrow, config.PadTokenId ?? -1);
        EmbedPositions = Embedding.Read(decoder.At("embed_positions"), config.MaxPositionEmbeddings + FirstPosition, hidden);
        ProjectIn = narrow == hidden ? null : Linear.Read(decoder.At("project_in"), narrow, hidden, hasBias: false);
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new OptBlock(config, decoder.At($"layers.{layer}")))];
        FinalLayerNorm = config.HasFinalLayerNorm
            ? LayerNorm.Read(decoder.At("final_layer_norm"), hidden, OptBlock.LayerNormEpsilon)
            : null;
        ProjectOut = narrow == hidden ? null : Linear.Read(decoder.At("project_out"), hidden, narrow, hasBias: false);
        Score = Linear.ReadScore(weights.At("score"), narrow, config.InitStd);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "opt",
            SequenceClassifier = "OPTForSequenceClassification",
            WithoutHead = ["OPTForCausalLM", "OPTModel"],
            BasePrefix = "model.",
            HeadTensors = ["score.weight"],
            OtherHeads = ["lm_head."],
            Buffers = ["decoder.version"],
        };

    public Embedding EmbedTokens { get; }

    public Embedding EmbedPositions { get; }

    public Linear? ProjectIn { get; }

    public IReadOnlyList<OptBlock> Layers { get; }

    public LayerNorm? FinalLayerNorm { get; }

    public Linear? ProjectOut { get; }

    public new Linear Score { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = EmbedTokens.Forward(batch.TokenIds, ComputeType); // [tokens, word_embed_proj_dim]
        Observe("model.decoder.embed_tokens", x);
        x =
            (ProjectIn?.Forward(x) ?? x)
            + EmbedPositions.Forward([.. batch.Positions.Select(position => position + FirstPosition)], ComputeType); // [tokens, hidden]
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], segments, wanted), x);
            Observe($"model.decoder.layers.{layer}", x);
        }
        if (FinalLayerNorm is not null)
        {
            x = FinalLayerNorm.Forward(x); // [sequences, hidden]
            Observe("model.decoder.final_layer_norm", x);
        }
        if (ProjectOut is not null)
        {
            x = ProjectOut.Forward(x); // [sequences, word_embed_proj_dim]
            Observe("model.decoder.project_out", x);
        }
        return x;
    }

    private protected override Tensor Head(Tensor pooled) => Score.Forward(ForHead(pooled));

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = OptConfig.Read(checkpoint.Config, warnings);
        return weights => new Opt(config, weights);
    }
}
