// DeBERTa v2 and v3: post-norm encoder whose attention adds content-to-position and position-to-content terms to the content's own (arXiv
// 2006.03654, 2111.09543). Source: transformers 5.23, models/deberta_v2/modeling_deberta_v2.py and configuration_deberta_v2.py; the score
// head is a GELU pooler on the first token and a one-unit classifier with bias. Unusual: one table of relative positions for all layers, by
// logarithmic buckets (RelativeDistances); each of the three terms is divided by sqrt(head_dim * terms); v2's large ones add a convolution
// over the embeddings to the first layer's output. With relative_attention false the terms still divide the scores, as in the reference.
// Compared: the deberta-v2 (v3 style) and deberta-v2-conv (v2-xlarge style) cases, and tables/deberta_buckets.json.
using System.Text.Json;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary>
/// <c>config.json</c> of a DeBERTa v2 or v3, defaults as in transformers (where several keys are read that its class does not list).
/// </summary>
public sealed record DebertaV2Config
{
    private const string ContentToPosition = "c2p";
    private const string PositionToContent = "p2c";

    // Dropout, the generator's and discriminator's keys of pre-training, and remarks of the published files.
    private static readonly HashSet<string> Inert =
    [
        .. CommonKeys.Inert,
        "pooler_dropout",
        "cls_dropout",
        "legacy",
        "summary_type",
        "summary_activation",
        "summary_use_proj",
        "summary_last_dropout",
        "summary_first_dropout",
        "padding_idx",
    ];

    public required int VocabSize { get; init; }

    public required int EmbeddingSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Whether absolute positions are added to the embeddings as well.</summary>
    public required bool PositionBiasedInput { get; init; }

    public required int TypeVocabSize { get; init; }

    /// <summary>Whether positions have a part in the scores at all.</summary>
    public required bool RelativeAttention { get; init; }

    /// <summary>
    /// The farthest distance told apart: <c>max_relative_positions</c>, or <c>max_position_embeddings</c> where that is below 1.
    /// </summary>
    public required int MaxRelativePositions { get; init; }

    /// <summary><c>position_buckets</c>; 0 or less: none.</summary>
    public required int PositionBuckets { get; init; }

    /// <summary>Whether the content's key and query projections serve the positions too.</summary>
    public required bool ShareAttKey { get; init; }

    public required bool HasContentToPosition { get; init; }

    public required bool HasPositionToContent { get; init; }

    public required bool NormsRelativeEmbeddings { get; init; }

    /// <summary>0: no convolution.</summary>
    public required int ConvKernelSize { get; init; }

    public required string ConvAct { get; init; }

    public required string HiddenAct { get; init; }

    public required string PoolerHiddenAct { get; init; }

    public required double LayerNormEps { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    internal static DebertaV2Config Read(ConfigFile file, ICollection<string> warnings)
    {
        var hiddenSize = file.Count("hidden_size", 1536);
        var heads = file.Count("num_attention_heads", 24);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (file.Count("attention_head_size", hiddenSize / heads) != hiddenSize / heads)
            throw file.Wrong("attention_head_size", $"hidden_size / num_attention_heads ({hiddenSize / heads})");
        if (file.Count("pooler_hidden_size", hiddenSize) != hiddenSize)
            throw file.Wrong("pooler_hidden_size", $"hidden_size ({hiddenSize}), the width of what the pooler reads");
        if (file.Count("conv_groups", 1) != 1)
            throw file.Wrong("conv_groups", "1");
        if (file.Integer("conv_kernel_size", 0) is > 0 and var kernel && kernel % 2 == 0)
            throw file.Wrong("conv_kernel_size", "an odd number, so that the convolution keeps the length");
        var terms = Terms(file);
        var vocabularySize = file.Count("vocab_size", 128100);
        var positions = file.Count("max_position_embeddings", 512);
        var config = new DebertaV2Config
        {
            VocabSize = vocabularySize,
            EmbeddingSize = file.Count("embedding_size", hiddenSize),
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", 6144),
            NumHiddenLayers = file.Count("num_hidden_layers", 24),
            NumAttentionHeads = heads,
            MaxPositionEmbeddings = positions,
            PositionBiasedInput = file.Flag("position_biased_input", absent: true),
            TypeVocabSize = file.Integer("type_vocab_size", 0) ?? 0,
            RelativeAttention = file.Flag("relative_attention", absent: false),
            MaxRelativePositions = file.Integer("max_relative_positions", -1) is > 0 and var given ? given : positions,
            PositionBuckets = file.Integer("position_buckets", -1) ?? -1,
            ShareAttKey = file.Flag("share_att_key", absent: false),
            HasContentToPosition = terms.Contains(ContentToPosition),
            HasPositionToContent = terms.Contains(PositionToContent),
            NormsRelativeEmbeddings = NormsRelative(file),
            ConvKernelSize = file.Integer("conv_kernel_size", 0) ?? 0,
            ConvAct = Activation.ReadName(file, "tanh", "conv_act"),
            HiddenAct = Activation.ReadName(file, "gelu"),
            PoolerHiddenAct = Activation.ReadName(file, "gelu", "pooler_hidden_act"),
            LayerNormEps = file.Positive("layer_norm_eps", 1e-7),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize, absent: 0),
        };
        if (config.PositionBuckets > 0 && (config.PositionBuckets < 2 || config.MaxRelativePositions - 1 <= config.PositionBuckets / 2))
            throw file.Wrong(
                "position_buckets",
                $"a number from 2 on, half of which lies below the farthest distance ({config.MaxRelativePositions - 1})"
            );
        CommonKeys.Close(file, Inert, warnings);
        return config;
    }

    /// <summary>Factor of the scores: each term is divided by the root of head_dim and of their count.</summary>
    public double Scale =>
        1 / Math.Sqrt((double)HiddenSize / NumAttentionHeads * (1 + (HasContentToPosition ? 1 : 0) + (HasPositionToContent ? 1 : 0)));

    // A list, or in older files a text such as "p2c|c2p".
    private static IReadOnlyList<string> Terms(ConfigFile file)
    {
        var isText = file.Root.TryGetProperty("pos_att_type", out var value) && value.ValueKind == JsonValueKind.String;
        var terms = isText ? Parts(file.Text("pos_att_type")!) : file.TextList("pos_att_type") ?? [];
        return terms.All(term => term is ContentToPosition or PositionToContent)
            ? terms
            : throw file.Wrong("pos_att_type", $"\"{ContentToPosition}\", \"{PositionToContent}\" or both");
    }

    private static bool NormsRelative(ConfigFile file)
    {
        var parts = Parts(file.Text("norm_rel_ebd") ?? "none");
        return parts.All(part => part is "none" or "layer_norm")
            ? parts.Contains("layer_norm")
            : throw file.Wrong("norm_rel_ebd", "\"none\" or \"layer_norm\"");
    }

    private static string[] Parts(string text) => text.ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries);
}

internal sealed class DebertaV2Block
{
    private readonly DebertaV2Config _config;
    private readonly FeedForward _feedForward;

    public DebertaV2Block(DebertaV2Config config, Weights weights)
    {
        _config = config;
        var hidden = config.HiddenSize;
        var attention = weights.At("attention.self");
        QueryProj = Linear.Read(attention.At("query_proj"), hidden, hidden, hasBias: true);
        KeyProj = Linear.Read(attention.At("key_proj"), hidden, hidden, hasBias: true);
        ValueProj = Linear.Read(attention.At("value_proj"), hidden, hidden, hasBias: true);
        if (config.RelativeAttention && config.HasContentToPosition)
            PosKeyProj = config.ShareAttKey ? KeyProj : Linear.Read(attention.At("pos_key_proj"), hidden, hidden, hasBias: true);
        if (config.RelativeAttention && config.HasPositionToContent)
            PosQueryProj = config.ShareAttKey ? QueryProj : Linear.Read(attention.At("pos_query_proj"), hidden, hidden, hasBias: true);
        AttentionOutputDense = Linear.Read(weights.At("attention.output.dense"), hidden, hidden, hasBias: true);
        AttentionOutputLayerNorm = LayerNorm.Read(weights.At("attention.output.LayerNorm"), hidden, config.LayerNormEps);
        IntermediateDense = Linear.Read(weights.At("intermediate.dense"), hidden, config.IntermediateSize, hasBias: true);
        OutputDense = Linear.Read(weights.At("output.dense"), config.IntermediateSize, hidden, hasBias: true);
        OutputLayerNorm = LayerNorm.Read(weights.At("output.LayerNorm"), hidden, config.LayerNormEps);
        _feedForward = new FeedForward(IntermediateDense, OutputDense, Activation.Of(config.HiddenAct));
    }

    public Linear QueryProj { get; }

    public Linear KeyProj { get; }

    public Linear ValueProj { get; }

    /// <summary>The positions' keys, for content to position.</summary>
    public Linear? PosKeyProj { get; }

    /// <summary>The positions' queries, for position to content.</summary>
    public Linear? PosQueryProj { get; }

    public Linear AttentionOutputDense { get; }

    public LayerNorm AttentionOutputLayerNorm { get; }

    public Linear IntermediateDense { get; }

    public Linear OutputDense { get; }

    public LayerNorm OutputLayerNorm { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="relative">[distances, hidden]: the embeddings of relative positions that this batch uses; none without relative
    /// attention.</param>
    /// <param name="rowOfDistance">Which of them each distance has, as <see cref="RelativeDistances.Used"/> gives it.</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, Tensor? relative, ReadOnlySpan<int> rowOfDistance, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var (query, key, value) = (QueryProj.Forward(x), KeyProj.Forward(x), ValueProj.Forward(x));
        Tensor? Position(Linear? projection) => relative is null ? null : projection?.Forward(relative);
        var attended = query.DisentangledAttention(
            key,
            value,
            Position(PosKeyProj),
            Position(PosQueryProj),
            rowOfDistance,
            segments,
            _config.NumAttentionHeads,
            _config.Scale
        );
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        x = AttentionOutputLayerNorm.Forward(AttentionOutputDense.Forward(attended, residual: x));
        return scope.Keep(OutputLayerNorm.Forward(_feedForward.Forward(x, residual: x)));
    }
}

/// <summary>
/// The convolution of the large v2 models: <c>LayerNorm(residual + act(conv(x)))</c>, each sequence by itself with zeros around it.
/// </summary>
internal sealed class DebertaV2Conv
{
    private readonly DebertaV2Config _config;
    private readonly Activation _activation;
    private readonly LayerNorm _norm;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    public DebertaV2Conv(DebertaV2Config config, Weights weights)
    {
        _config = config;
        _activation = Activation.Of(config.ConvAct);
        _weight = weights.Read("conv.weight", config.HiddenSize, config.HiddenSize, config.ConvKernelSize);
        _bias = weights.Read("conv.bias", config.HiddenSize);
        _norm = LayerNorm.Read(weights.At("LayerNorm"), config.HiddenSize, config.LayerNormEps);
    }

    /// <param name="x">[tokens, hidden]: what is convolved.</param>
    /// <param name="residual">[rows, hidden]</param>
    /// <param name="segments">The sequences.</param>
    /// <param name="rows">The tokens of <paramref name="residual"/>, or null for all.</param>
    public Tensor Forward(Tensor x, Tensor residual, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var (hidden, kernel, tokens) = (_config.HiddenSize, _config.ConvKernelSize, (int)x.Shape[0]);
        var padded = Tensor.Cat(0, x, Tensor.Zeros(x.DType, x.Device, 1, hidden)); // the last row stands for what lies outside a sequence
        var neighbours = new List<Tensor>();
        for (var offset = -kernel / 2; offset <= kernel / 2; offset++)
        {
            var index = new int[tokens];
            foreach (var segment in segments)
                for (var at = 0; at < segment.Length; at++)
                    index[segment.Start + at] =
                        at + offset >= 0 && at + offset < segment.Length ? (int)segment.Start + at + offset : tokens;
            neighbours.Add(padded.SelectRows(rows is null ? index : [.. rows.Select(row => index[row])]).Reshape(-1, hidden, 1));
        }
        var columns = Tensor.Cat(2, neighbours).Reshape(-1, (long)hidden * kernel); // [rows, hidden * kernel], as the weight's rows lie
        var convolved = columns.Linear(_weight.Value.Reshape(hidden, (long)hidden * kernel), _bias.Value);
        return scope.Keep(_norm.Forward(residual + _activation.Forward(convolved)));
    }
}

/// <summary>A DeBERTa v2 or v3 with its pooler and a one-unit classifier with bias on the first token.</summary>
internal sealed class DebertaV2 : RewardNetwork
{
    private readonly Activation _poolerActivation;
    private readonly RelativeDistances _distances;

    private DebertaV2(DebertaV2Config config, Weights weights)
        : base(config.VocabSize, config.PositionBiasedInput ? config.MaxPositionEmbeddings : null, config.PadTokenId, PackingRules.Encoder)
    {
        _poolerActivation = Activation.Of(config.PoolerHiddenAct);
        _distances = new RelativeDistances(config.PositionBuckets, config.MaxRelativePositions);
        var hidden = config.HiddenSize;
        var (embeddings, encoder) = (weights.At("deberta.embeddings"), weights.At("deberta.encoder"));
        WordEmbeddings = Embedding.Read(embeddings.At("word_embeddings"), config.VocabSize, config.EmbeddingSize, config.PadTokenId ?? -1);
        if (config.PositionBiasedInput)
            PositionEmbeddings = Embedding.Read(embeddings.At("position_embeddings"), config.MaxPositionEmbeddings, config.EmbeddingSize);
        else
            embeddings.Skip("position_embeddings.weight");
        if (config.TypeVocabSize > 0)
            TokenTypeEmbeddings = Embedding.Read(embeddings.At("token_type_embeddings"), config.TypeVocabSize, config.EmbeddingSize);
        if (config.EmbeddingSize != hidden)
            EmbedProj = Linear.Read(embeddings.At("embed_proj"), config.EmbeddingSize, hidden, hasBias: false);
        EmbeddingsLayerNorm = LayerNorm.Read(embeddings.At("LayerNorm"), hidden, config.LayerNormEps);
        if (config.RelativeAttention)
            RelEmbeddings = Embedding.Read(encoder.At("rel_embeddings"), 2 * _distances.Span, hidden);
        if (config.NormsRelativeEmbeddings)
            RelEmbeddingsLayerNorm = LayerNorm.Read(encoder.At("LayerNorm"), hidden, config.LayerNormEps);
        Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new DebertaV2Block(config, encoder.At($"layer.{layer}")))];
        if (config.ConvKernelSize > 0)
            Conv = new DebertaV2Conv(config, encoder.At("conv"));
        PoolerDense = Fresh(weights.At("pooler.dense"), config, hidden);
        Classifier = Fresh(weights.At("classifier"), config, 1);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "deberta-v2",
            SequenceClassifier = "DebertaV2ForSequenceClassification",
            TokenClassifier = ("DebertaV2ForTokenClassification", "classifier"),
            WithoutHead = ["DebertaV2Model", "DebertaV2ForMaskedLM"],
            BasePrefix = "deberta.",
            HeadTensors = ["classifier.weight", "classifier.bias"],
            SharedHeadTensors = ["pooler.dense.weight", "pooler.dense.bias"],
            OtherHeads = ["cls.", "lm_predictions.", "mask_predictions."],
            Buffers = ["embeddings.position_ids"],
            ScoredTokens = [ScoredToken.First],
        };

    public Embedding WordEmbeddings { get; }

    public Embedding? PositionEmbeddings { get; }

    public Embedding? TokenTypeEmbeddings { get; }

    public Linear? EmbedProj { get; }

    public LayerNorm EmbeddingsLayerNorm { get; }

    public Embedding? RelEmbeddings { get; }

    public LayerNorm? RelEmbeddingsLayerNorm { get; }

    public IReadOnlyList<DebertaV2Block> Layers { get; }

    public DebertaV2Conv? Conv { get; }

    public Linear PoolerDense { get; }

    public Linear Classifier { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = WordEmbeddings.Forward(batch.TokenIds, ComputeType); // [tokens, embedding]
        if (PositionEmbeddings is not null)
            x += PositionEmbeddings.Forward(batch.Positions, ComputeType);
        if (TokenTypeEmbeddings is not null)
            x += TokenTypeEmbeddings.Forward(batch.TokenTypes, ComputeType);
        x = EmbeddingsLayerNorm.Forward(EmbedProj?.Forward(x) ?? x); // [tokens, hidden]
        Observe("deberta.embeddings", x);
        var (first, count, rowOfDistance) = _distances.Used((int)segments.Max(segment => segment.Length));
        var relative = RelEmbeddings?.Forward([.. Enumerable.Range(first, count)], ComputeType); // [distances, hidden]
        if (relative is not null)
            relative = RelEmbeddingsLayerNorm?.Forward(relative) ?? relative;
        var embedded = x;
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = relative is null
                ? Run(inputs => block.Forward(inputs[0], null, rowOfDistance, segments, wanted), x)
                : Run(inputs => block.Forward(inputs[0], inputs[1], rowOfDistance, segments, wanted), x, relative);
            Observe($"deberta.encoder.layer.{layer}", x);
            if (layer > 0 || Conv is null)
                continue;
            x = Conv.Forward(embedded, x, segments, wanted);
            Observe("deberta.encoder.conv", x);
        }
        return x; // [sequences, hidden]
    }

    private protected override Tensor Head(Tensor pooled)
    {
        pooled = _poolerActivation.Forward(PoolerDense.Forward(ForHead(pooled))); // [sequences, hidden]
        Observe("pooler", pooled);
        return Classifier.Forward(pooled); // [sequences, 1]
    }

    private static Linear Fresh(Weights weights, DebertaV2Config config, int outputs) =>
        new(
            weights.ReadOrDraw("weight", config.InitializerRange, ParameterRole.Head, outputs, config.HiddenSize),
            weights.ReadOrDraw("bias", 0, ParameterRole.Head, outputs)
        );

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = DebertaV2Config.Read(checkpoint.Config, warnings);
        return weights => new DebertaV2(config, weights);
    }
}
