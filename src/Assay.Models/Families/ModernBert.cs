// ModernBERT: pre-norm encoder with rotary positions, gated GELU, and attention that is local in two layers of three (arXiv 2412.13663).
// Source: transformers 5.23, models/modernbert/modeling_modernbert.py and configuration_modernbert.py; the score head is
// norm(act(dense(x))) and a one-unit classifier with bias, on the first token or on the mean over the tokens (classifier_pooling). Unusual:
// the first layer has no attention norm, local and global layers rotate by different thetas, the window reaches local_attention / 2 to
// either side with both ends included, and the masked language model's head is the classifier's but for its last projection. Compared: the
// modernbert and modernbert-mean cases.
using System.Text.Json;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a ModernBERT, defaults as in transformers.</summary>
public sealed record ModernBertConfig
{
    private const string Global = "full_attention";
    private const string Local = "sliding_attention";

    // decoder_bias and the sparse_* keys are the masked language model's, reference_compile and deterministic_flash_attn the reference's
    // kernels'. layer_norm_eps and position_embedding_type stand in published files though the reference reads neither. The rest is
    // dropout.
    private static readonly HashSet<string> Inert =
    [
        .. CommonKeys.Inert,
        "max_position_embeddings",
        "embedding_dropout",
        "mlp_dropout",
        "decoder_bias",
        "sparse_prediction",
        "sparse_pred_ignore_index",
        "reference_compile",
        "deterministic_flash_attn",
        "repad_logits_with_grad",
        "layer_norm_eps",
        "position_embedding_type",
    ];

    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required double NormEps { get; init; }

    public required bool NormBias { get; init; }

    public required bool AttentionBias { get; init; }

    public required bool MlpBias { get; init; }

    public required bool ClassifierBias { get; init; }

    /// <summary><c>classifier_pooling</c>: the first token, or the mean over all.</summary>
    public required ScoredToken Scored { get; init; }

    public required string HiddenActivation { get; init; }

    public required string ClassifierActivation { get; init; }

    public required double InitializerRange { get; init; }

    public required double InitializerCutoffFactor { get; init; }

    public required int? PadTokenId { get; init; }

    /// <summary>Width of a local layer's window, both sides together, in tokens.</summary>
    public required int LocalAttention { get; init; }

    /// <summary>[layers]: whether a layer attends only to its window.</summary>
    public required IReadOnlyList<bool> IsLocal { get; init; }

    public required RopeParameters GlobalRope { get; init; }

    public required RopeParameters LocalRope { get; init; }

    public int HeadDim => HiddenSize / NumAttentionHeads;

    internal static ModernBertConfig Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Count("hidden_size", 768);
        var heads = file.Count("num_attention_heads", 12);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (hiddenSize / heads % 2 != 0)
            throw file.Wrong("num_attention_heads", $"heads of an even size, which rotary positions need; it is {hiddenSize / heads}");
        var (vocabularySize, localAttention) = (file.Count("vocab_size", 50368), file.Count("local_attention", 128));
        var (globalTheta, scaling, ropes) = (
            file.Positive("global_rope_theta", 160000),
            file.Inner("rope_scaling"),
            file.Inner("rope_parameters")
        );
        // transformers 4: a null here means the global one.
        var localTheta =
            file.Positive("local_rope_theta")
            ?? (file.Root.TryGetProperty("local_rope_theta", out var given) && given.ValueKind == JsonValueKind.Null ? globalTheta : 10000);
        RopeParameters Rope(string kind, double theta)
        {
            var rope = RopeParameters.Of(
                file,
                ropes?.Inner(kind) ?? scaling,
                file.Count("max_position_embeddings", 8192),
                hiddenSize / heads,
                theta,
                warnings
            );
            return rope.PartialFactor == 1 ? rope : throw file.Wrong("partial_rotary_factor", "1: a ModernBERT rotates whole heads");
        }
        var config = new ModernBertConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", 1152),
            NumAttentionHeads = heads,
            NormEps = file.Positive("norm_eps", 1e-5),
            NormBias = file.Flag("norm_bias", absent: false),
            AttentionBias = file.Flag("attention_bias", absent: false),
            MlpBias = file.Flag("mlp_bias", absent: false),
            ClassifierBias = file.Flag("classifier_bias", absent: false),
            Scored = ScoredOf(file),
            HiddenActivation = Activation.ReadName(file, "gelu", "hidden_activation"),
            ClassifierActivation = Activation.ReadName(file, "gelu", "classifier_activation"),
            InitializerRange = file.Positive("initializer_range", 0.02),
            InitializerCutoffFactor = file.Positive("initializer_cutoff_factor", 2),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize, absent: vocabularySize > 50283 ? 50283 : null),
            LocalAttention = localAttention,
            IsLocal = LayerKinds(file, file.Count("num_hidden_layers", 22), localAttention),
            GlobalRope = Rope(Global, globalTheta),
            LocalRope = Rope(Local, localTheta),
        };
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }

    internal static ScoredToken ScoredOf(ConfigFile file) =>
        file.Text("classifier_pooling") switch
        {
            "cls" or null => ScoredToken.First,
            "mean" => ScoredToken.Mean,
            _ => throw file.Wrong("classifier_pooling", "\"cls\" or \"mean\""),
        };

    // transformers 5 lists the layers, 4 says that every n-th is global.
    private static IReadOnlyList<bool> LayerKinds(ConfigFile file, int layers, int window)
    {
        var every = file.Count("global_attn_every_n_layers", 3);
        return [.. LayerTypes.Windows(file, layers, window, layer => layer % every != 0).Select(width => width > 0)];
    }
}

internal sealed class ModernBertBlock
{
    private readonly ModernBertConfig _config;
    private readonly Activation _activation;
    private readonly FusedColumns _queriesKeysValues;
    private readonly FusedColumns _activatedAndGate;
    private readonly long _window;

    public ModernBertBlock(ModernBertConfig config, Weights weights, int layer)
    {
        _config = config;
        _activation = Activation.Of(config.HiddenActivation);
        IsLocal = config.IsLocal[layer];
        _window = IsLocal ? config.LocalAttention : 0;
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        (_queriesKeysValues, _activatedAndGate) = (new FusedColumns(1, hidden, hidden, hidden), new FusedColumns(1, inner, inner));
        AttnNorm = layer == 0 ? null : ModernBert.Norm(weights.At("attn_norm"), config);
        Wqkv = Linear.Read(weights.At("attn.Wqkv"), hidden, _queriesKeysValues.Width, config.AttentionBias);
        AttnWo = Linear.Read(weights.At("attn.Wo"), hidden, hidden, config.AttentionBias);
        MlpNorm = ModernBert.Norm(weights.At("mlp_norm"), config);
        Wi = Linear.Read(weights.At("mlp.Wi"), hidden, _activatedAndGate.Width, config.MlpBias);
        MlpWo = Linear.Read(weights.At("mlp.Wo"), inner, hidden, config.MlpBias);
    }

    public bool IsLocal { get; }

    /// <summary>Null in the first layer, whose input was normed as embeddings.</summary>
    public LayerNorm? AttnNorm { get; }

    public Linear Wqkv { get; }

    public Linear AttnWo { get; }

    public LayerNorm MlpNorm { get; }

    public Linear Wi { get; }

    public Linear MlpWo { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="cosine">[tokens, head_dim / 2], of this layer's kind.</param>
    /// <param name="sine">[tokens, head_dim / 2]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, Tensor cosine, Tensor sine, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var heads = _config.NumAttentionHeads;
        var parts = _queriesKeysValues.Split(Wqkv.Forward(AttnNorm?.Forward(x) ?? x)); // [tokens, hidden] each
        var (query, key) = (parts[0].Rotary(cosine, sine, _config.HeadDim), parts[1].Rotary(cosine, sine, _config.HeadDim));
        var attended = query.Attention(
            key,
            parts[2],
            segments,
            heads,
            heads,
            1 / Math.Sqrt(_config.HeadDim),
            AttentionDirection.Bidirectional,
            _window
        );
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        x = AttnWo.Forward(attended, residual: x);
        parts = _activatedAndGate.Split(Wi.Forward(MlpNorm.Forward(x))); // [rows, intermediate] each
        return scope.Keep(MlpWo.Forward(_activation.Gated(parts[0], parts[1]), residual: x));
    }
}

/// <summary>A ModernBERT with its prediction head and a one-unit classifier.</summary>
internal sealed class ModernBert : RewardNetwork
{
    private readonly Activation _classifierActivation;
    private readonly RotaryEmbedding _globalRotary;
    private readonly RotaryEmbedding _localRotary;

    private ModernBert(ModernBertConfig config, Weights weights)
        : base(config.VocabSize, longestSequence: null, config.PadTokenId, PackingRules.Encoder with { Scored = config.Scored })
    {
        _classifierActivation = Activation.Of(config.ClassifierActivation);
        (_globalRotary, _localRotary) = (
            new RotaryEmbedding(config.GlobalRope, config.HeadDim),
            new RotaryEmbedding(config.LocalRope, config.HeadDim)
        );
        var (model, hidden, layers) = (weights.At("model"), config.HiddenSize, config.IsLocal.Count);
        TokEmbeddings = Embedding.Read(model.At("embeddings.tok_embeddings"), config.VocabSize, hidden, config.PadTokenId ?? -1);
        EmbeddingsNorm = Norm(model.At("embeddings.norm"), config);
        Layers = [.. Enumerable.Range(0, layers).Select(layer => new ModernBertBlock(config, model.At($"layers.{layer}"), layer))];
        FinalNorm = Norm(model.At("final_norm"), config);
        // What a base model lacks is drawn as _init_weights has it: normals cut off, narrower for projections back into the residual
        // stream.
        FreshValues.Draw Cut(double deviation) => FreshValues.TruncatedNormal(deviation, config.InitializerCutoffFactor);
        var (dense, norm, classifier) = (weights.At("head.dense"), weights.At("head.norm"), weights.At("classifier"));
        HeadDense = new Linear(
            dense.ReadOrDraw("weight", Cut(config.InitializerRange / Math.Sqrt(2.0 * layers)), ParameterRole.Head, hidden, hidden),
            config.ClassifierBias ? dense.ReadOrDraw("bias", FreshValues.Zeros, ParameterRole.Head, hidden) : null
        );
        HeadNorm = new LayerNorm(
            norm.ReadOrDraw("weight", FreshValues.Ones, ParameterRole.Head, hidden),
            config.NormBias ? norm.ReadOrDraw("bias", FreshValues.Zeros, ParameterRole.Head, hidden) : null,
            config.NormEps
        );
        Classifier = new Linear(
            classifier.ReadOrDraw("weight", Cut(1 / Math.Sqrt(hidden)), ParameterRole.Head, 1, hidden),
            classifier.ReadOrDraw("bias", FreshValues.Zeros, ParameterRole.Head, 1)
        );
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "modernbert",
            SequenceClassifier = "ModernBertForSequenceClassification",
            WithoutHead = ["ModernBertModel", "ModernBertForMaskedLM"],
            BasePrefix = "model.",
            HeadTensors = ["classifier.weight", "classifier.bias"],
            SharedHeadTensors = ["head.dense.weight", "head.dense.bias", "head.norm.weight", "head.norm.bias"],
            OtherHeads = ["decoder."],
            Buffers = [".rotary_emb.inv_freq"],
            ScoredTokens = [ScoredToken.First, ScoredToken.Mean],
            Scored = ModernBertConfig.ScoredOf,
            GgufArchitecture = "modern-bert",
        };

    public Embedding TokEmbeddings { get; }

    public LayerNorm EmbeddingsNorm { get; }

    public IReadOnlyList<ModernBertBlock> Layers { get; }

    public LayerNorm FinalNorm { get; }

    public Linear HeadDense { get; }

    public LayerNorm HeadNorm { get; }

    public Linear Classifier { get; }

    internal static LayerNorm Norm(Weights weights, ModernBertConfig config) =>
        new(weights.Read("weight", config.HiddenSize), config.NormBias ? weights.Read("bias", config.HiddenSize) : null, config.NormEps);

    private protected override Tensor Pool(PackedBatch batch)
    {
        var readsMean = Packing.Scored == ScoredToken.Mean;
        var rows = readsMean ? null : batch.ScoredRows.ToArray();
        var segments = batch.Segments.ToArray();
        var x = EmbeddingsNorm.Forward(TokEmbeddings.Forward(batch.TokenIds, ComputeType)); // [tokens, hidden]
        Observe("model.embeddings", x);
        var (globalTables, localTables) = (
            _globalRotary.Tables(batch, DType, ReadAs, x.Device),
            _localRotary.Tables(batch, DType, ReadAs, x.Device)
        );
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            var (cosine, sine) = block.IsLocal ? localTables : globalTables;
            x = Run(inputs => block.Forward(inputs[0], inputs[1], inputs[2], segments, wanted), x, cosine, sine);
            Observe($"model.layers.{layer}", x);
        }
        x = FinalNorm.Forward(x); // [sequences, hidden], or [tokens, hidden] for the mean
        Observe("model.final_norm", x);
        x = ForHead(x);
        return readsMean ? Averages(batch, x.DType, x.Device).Matmul(x) : x; // [sequences, hidden]
    }

    private protected override Tensor Head(Tensor pooled)
    {
        var x = HeadNorm.Forward(_classifierActivation.Forward(HeadDense.Forward(pooled)));
        Observe("head", x);
        return Classifier.Forward(x); // [sequences, 1]
    }

    // [sequences, tokens]: 1 / length where a token belongs to the sequence.
    private static Tensor Averages(PackedBatch batch, DType dtype, Device device)
    {
        var shares = new double[batch.SequenceCount * batch.TokenCount];
        for (var sequence = 0; sequence < batch.SequenceCount; sequence++)
        {
            var segment = batch.Segments[sequence];
            shares.AsSpan((sequence * batch.TokenCount) + (int)segment.Start, (int)segment.Length).Fill(1.0 / segment.Length);
        }
        return Tensor.From(shares, batch.SequenceCount, batch.TokenCount).To(dtype).To(device);
    }

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = ModernBertConfig.Read(checkpoint.Config, warnings);
        return weights => new ModernBert(config, weights);
    }
}
