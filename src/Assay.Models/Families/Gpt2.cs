// GPT-2: pre-norm decoder with learned absolute positions, LayerNorm and GELU by tanh (Radford et al. 2019, "Language Models are
// Unsupervised Multitask Learners"). Source: transformers 5.23, models/gpt2/modeling_gpt2.py and configuration_gpt2.py; score head as in
// its GPT2ForSequenceClassification (one unit, no bias, on the last token). Unusual: the linear layers are Conv1D, weights [in, out], and
// q, k, v come from one. Positions are a table, so longer sequences are refused. The published ones have no pad token: none is needed here,
// and what the reference gets wrong with one (left padding without position_ids, pad = eos) cannot happen. Compared: the gpt2 and
// gpt2-scaled cases.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a GPT-2, defaults as in transformers.</summary>
public sealed record Gpt2Config
{
    // reorder_and_upcast_attn changes the order of roundings only; n_ctx is the size of a mask; the summary is the head of
    // GPT2DoubleHeadsModel.
    private static readonly HashSet<string> Inert =
    [
        .. CommonKeys.Inert,
        "attn_pdrop",
        "embd_pdrop",
        "resid_pdrop",
        "reorder_and_upcast_attn",
        "n_ctx",
        "task_specific_params",
        "summary_activation",
        "summary_first_dropout",
        "summary_proj_to_labels",
        "summary_type",
        "summary_use_proj",
    ];

    public required int VocabSize { get; init; }

    public required int NPositions { get; init; }

    public required int NEmbd { get; init; }

    public required int NLayer { get; init; }

    public required int NHead { get; init; }

    public required int NInner { get; init; }

    public required double LayerNormEpsilon { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    /// <summary>Whether scores are divided by the square root of the head's size.</summary>
    public required bool ScaleAttnWeights { get; init; }

    /// <summary>Whether they are divided by the layer's number, from 1, as well.</summary>
    public required bool ScaleAttnByInverseLayerIdx { get; init; }

    public required string ActivationFunction { get; init; }

    internal static Gpt2Config Read(ConfigFile file, ICollection<string> warnings)
    {
        var hidden = file.Count("n_embd", 768);
        var heads = file.Count("n_head", 12);
        if (hidden % heads != 0)
            throw file.Wrong("n_head", $"a divisor of n_embd ({hidden})");
        if (file.Flag("add_cross_attention", absent: false))
            throw file.Wrong("add_cross_attention", "false");
        var vocabularySize = file.Count("vocab_size", 50257);
        var config = new Gpt2Config
        {
            VocabSize = vocabularySize,
            NPositions = file.Count("n_positions", 1024),
            NEmbd = hidden,
            NLayer = file.Count("n_layer", 12),
            NHead = heads,
            NInner = file.Count("n_inner", 4 * hidden),
            LayerNormEpsilon = file.Positive("layer_norm_epsilon", 1e-5),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize),
            ScaleAttnWeights = file.Flag("scale_attn_weights", absent: true),
            ScaleAttnByInverseLayerIdx = file.Flag("scale_attn_by_inverse_layer_idx", absent: false),
            ActivationFunction = Activation.ReadName(file, "gelu_new", "activation_function"),
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }
}

internal sealed class Gpt2Block
{
    private readonly int _heads;
    private readonly double _scale;
    private readonly FusedColumns _columns;
    private readonly Activation _activation;

    public Gpt2Block(Gpt2Config config, int layer, Weights weights)
    {
        var hidden = config.NEmbd;
        _heads = config.NHead;
        _scale =
            (config.ScaleAttnWeights ? 1 / Math.Sqrt((double)hidden / _heads) : 1) / (config.ScaleAttnByInverseLayerIdx ? layer + 1 : 1);
        _columns = new FusedColumns(1, hidden, hidden, hidden); // [q | k | v]
        _activation = Activation.Of(config.ActivationFunction);
        Ln1 = LayerNorm.Read(weights.At("ln_1"), hidden, config.LayerNormEpsilon);
        AttnCAttn = Conv1D.Read(weights.At("attn.c_attn"), hidden, _columns.Width);
        AttnCProj = Conv1D.Read(weights.At("attn.c_proj"), hidden, hidden);
        Ln2 = LayerNorm.Read(weights.At("ln_2"), hidden, config.LayerNormEpsilon);
        MlpCFc = Conv1D.Read(weights.At("mlp.c_fc"), hidden, config.NInner);
        MlpCProj = Conv1D.Read(weights.At("mlp.c_proj"), config.NInner, hidden);
    }

    public LayerNorm Ln1 { get; }

    public Conv1D AttnCAttn { get; }

    public Conv1D AttnCProj { get; }

    public LayerNorm Ln2 { get; }

    public Conv1D MlpCFc { get; }

    public Conv1D MlpCProj { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var parts = _columns.Split(AttnCAttn.Forward(Ln1.Forward(x))); // [tokens, hidden] each
        var attended = parts[0].Attention(parts[1], parts[2], segments, _heads, _heads, _scale, AttentionDirection.Causal);
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        x = AttnCProj.Forward(attended, residual: x);
        var normed = Ln2.Forward(x);
        var inner = _activation.Gelu is { } form // [rows, inner]
            ? MlpCFc.ForwardWithoutBias(normed).BiasGelu(MlpCFc.Bias.Value, form)
            : _activation.Forward(MlpCFc.Forward(normed));
        return scope.Keep(MlpCProj.Forward(inner, residual: x));
    }
}

/// <summary>A GPT-2 with a one-unit score head on the last token.</summary>
internal sealed class Gpt2 : RewardNetwork
{
    private Gpt2(Gpt2Config config, Weights weights)
        : base(config.VocabSize, config.NPositions, config.PadTokenId, PackingRules.Causal)
    {
        var hidden = config.NEmbd;
        weights.Prove("attention.head_count", "n_head", config.NHead);
        weights.Prove("attention.layer_norm_epsilon", "layer_norm_epsilon", config.LayerNormEpsilon);
        var model = weights.At("transformer");
        Wte = Embedding.Read(model.At("wte"), config.VocabSize, hidden); // without a padding index, as in the reference
        Wpe = Embedding.Read(model.At("wpe"), config.NPositions, hidden);
        H = [.. Enumerable.Range(0, config.NLayer).Select(layer => new Gpt2Block(config, layer, model.At($"h.{layer}")))];
        LnF = LayerNorm.Read(model.At("ln_f"), hidden, config.LayerNormEpsilon);
        Score = Linear.ReadScore(weights.At("score"), hidden, config.InitializerRange);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "gpt2",
            SequenceClassifier = "GPT2ForSequenceClassification",
            TokenClassifier = ("GPT2ForTokenClassification", "classifier"),
            LanguageModel = ("GPT2LMHeadModel", "lm_head"),
            WithoutHead = ["GPT2LMHeadModel", "GPT2Model", "GPT2DoubleHeadsModel"],
            BasePrefix = "transformer.",
            HeadTensors = ["score.weight"],
            OtherHeads = ["lm_head.", "multiple_choice_head."],
            Buffers = [".attn.bias", ".attn.masked_bias"],
            GgufArchitecture = "gpt2",
        };

    public Embedding Wte { get; }

    public Embedding Wpe { get; }

    public IReadOnlyList<Gpt2Block> H { get; }

    public LayerNorm LnF { get; }

    public new Linear Score { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = Wte.Forward(batch.TokenIds, ComputeType); // [tokens, hidden]
        Observe("transformer.wte", x);
        x += Wpe.Forward(batch.Positions, ComputeType);
        for (var layer = 0; layer < H.Count; layer++)
        {
            var block = H[layer];
            var wanted = layer == H.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], segments, wanted), x);
            Observe($"transformer.h.{layer}", x);
        }
        x = LnF.Forward(x); // [sequences, hidden]
        Observe("transformer.ln_f", x);
        return x;
    }

    private protected override Tensor Head(Tensor pooled) => Score.Forward(ForHead(pooled));

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = Gpt2Config.Read(checkpoint.Config, warnings);
        return weights => new Gpt2(config, weights);
    }
}
