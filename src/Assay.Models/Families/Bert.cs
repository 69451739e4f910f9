// BERT: post-norm encoder with learned absolute positions, GELU by the error function and a tanh pooler on [CLS] (arXiv 1810.04805).
// Source: transformers 5.23, models/bert/modeling_bert.py and configuration_bert.py; the score head is its one-unit classifier with bias on
// the pooled [CLS]. Unusual beside Llama: every state sees the whole sequence, so no prefix is shared, and sequences longer than the
// position table are refused. The token type is 0 unless the batch says otherwise, as TRL has it: a conversation is one text. Compared: the
// bert case, and sentence-transformers/all-MiniLM-L6-v2.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary><c>config.json</c> of a BERT, defaults as in transformers.</summary>
public sealed record BertConfig
{
    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int MaxPositionEmbeddings { get; init; }

    public required int TypeVocabSize { get; init; }

    public required double LayerNormEps { get; init; }

    public required double InitializerRange { get; init; }

    public required int? PadTokenId { get; init; }

    public required string HiddenAct { get; init; }

    internal static BertConfig Read(ConfigFile file, ICollection<string> warnings, int absentVocabulary = 30522, int absentPad = 0)
    {
        var hiddenSize = file.Count("hidden_size", 768);
        var heads = file.Count("num_attention_heads", 12);
        if (hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        if (file.Text("position_embedding_type") is not (null or "absolute"))
            throw file.Wrong("position_embedding_type", "\"absolute\"");
        if (file.Flag("is_decoder", absent: false))
            throw file.Wrong("is_decoder", "false: a reward model reads an encoder");
        if (file.Flag("add_cross_attention", absent: false))
            throw file.Wrong("add_cross_attention", "false");
        var vocabularySize = file.Count("vocab_size", absentVocabulary);
        var config = new BertConfig
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", 3072),
            NumHiddenLayers = file.Count("num_hidden_layers", 12),
            NumAttentionHeads = heads,
            MaxPositionEmbeddings = file.Count("max_position_embeddings", 512),
            TypeVocabSize = file.Count("type_vocab_size", 2),
            LayerNormEps = file.Positive("layer_norm_eps", 1e-12),
            InitializerRange = file.Positive("initializer_range", 0.02),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize, absent: absentPad),
            HiddenAct = Activation.ReadName(file, "gelu"),
        };
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        return config;
    }
}

internal sealed class BertBlock
{
    private readonly BertConfig _config;
    private readonly FeedForward _feedForward;

    public BertBlock(BertConfig config, Weights weights)
    {
        _config = config;
        var hidden = config.HiddenSize;
        var attention = weights.At("attention");
        Query = Linear.Read(attention.At("self.query"), hidden, hidden, hasBias: true);
        Key = Linear.Read(attention.At("self.key"), hidden, hidden, hasBias: true);
        Value = Linear.Read(attention.At("self.value"), hidden, hidden, hasBias: true);
        AttentionOutputDense = Linear.Read(attention.At("output.dense"), hidden, hidden, hasBias: true);
        AttentionOutputLayerNorm = LayerNorm.Read(attention.At("output.LayerNorm"), hidden, config.LayerNormEps);
        IntermediateDense = Linear.Read(weights.At("intermediate.dense"), hidden, config.IntermediateSize, hasBias: true);
        OutputDense = Linear.Read(weights.At("output.dense"), config.IntermediateSize, hidden, hasBias: true);
        OutputLayerNorm = LayerNorm.Read(weights.At("output.LayerNorm"), hidden, config.LayerNormEps);
        _feedForward = new FeedForward(IntermediateDense, OutputDense, Activation.Of(config.HiddenAct));
    }

    public Linear Query { get; }

    public Linear Key { get; }

    public Linear Value { get; }

    public Linear AttentionOutputDense { get; }

    public LayerNorm AttentionOutputLayerNorm { get; }

    public Linear IntermediateDense { get; }

    public Linear OutputDense { get; }

    public LayerNorm OutputLayerNorm { get; }

    /// <param name="x">[tokens, hidden]</param>
    /// <param name="segments">Who attends to whom.</param>
    /// <param name="rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
    public Tensor Forward(Tensor x, ReadOnlySpan<Segment> segments, int[]? rows)
    {
        using var scope = new TensorScope();
        var (query, key, value) = (Query.Forward(x), Key.Forward(x), Value.Forward(x));
        var heads = _config.NumAttentionHeads;
        var attended = query.Attention(
            key,
            value,
            segments,
            heads,
            heads,
            1 / Math.Sqrt((double)_config.HiddenSize / heads),
            AttentionDirection.Bidirectional
        );
        if (rows is not null)
            (attended, x) = (attended.SelectRows(rows), x.SelectRows(rows)); // [rows, hidden]
        x = AttentionOutputLayerNorm.Forward(AttentionOutputDense.Forward(attended, residual: x));
        return scope.Keep(OutputLayerNorm.Forward(_feedForward.Forward(x, residual: x)));
    }
}

/// <summary>A BERT with its pooler and a one-unit classifier with bias on the first token.</summary>
internal sealed class Bert : RewardNetwork
{
    private Bert(BertConfig config, Weights weights)
        : base(config.VocabSize, config.MaxPositionEmbeddings, config.PadTokenId, PackingRules.Encoder)
    {
        var hidden = config.HiddenSize;
        var embeddings = weights.At("bert.embeddings");
        WordEmbeddings = Embedding.Read(embeddings.At("word_embeddings"), config.VocabSize, hidden, config.PadTokenId ?? -1);
        PositionEmbeddings = Embedding.Read(embeddings.At("position_embeddings"), config.MaxPositionEmbeddings, hidden);
        TokenTypeEmbeddings = Embedding.Read(embeddings.At("token_type_embeddings"), config.TypeVocabSize, hidden);
        EmbeddingsLayerNorm = LayerNorm.Read(embeddings.At("LayerNorm"), hidden, config.LayerNormEps);
        Layers =
        [
            .. Enumerable
                .Range(0, config.NumHiddenLayers)
                .Select(layer => new BertBlock(config, weights.At($"bert.encoder.layer.{layer}"))),
        ];
        // A base checkpoint may come without a pooler (masked language models do); it is then drawn with the head, and only with it.
        var pooler = weights.At("bert.pooler.dense");
        PoolerDense = new Linear(
            pooler.ReadOrDraw("weight", config.InitializerRange, ParameterRole.Body, hidden, hidden),
            pooler.ReadOrDraw("bias", 0, ParameterRole.Body, hidden)
        );
        var classifier = weights.At("classifier");
        Classifier = new Linear(
            classifier.ReadOrDraw("weight", config.InitializerRange, ParameterRole.Head, 1, hidden),
            classifier.ReadOrDraw("bias", 0, ParameterRole.Head, 1)
        );
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare)
        {
            ModelType = "bert",
            SequenceClassifier = "BertForSequenceClassification",
            TokenClassifier = ("BertForTokenClassification", "classifier"),
            WithoutHead = ["BertModel", "BertForMaskedLM", "BertForPreTraining"],
            BasePrefix = "bert.",
            HeadTensors = ["classifier.weight", "classifier.bias"],
            OtherHeads = ["cls."],
            Buffers = ["embeddings.position_ids", "embeddings.token_type_ids"],
            ScoredTokens = [ScoredToken.First],
            GgufArchitecture = "bert",
        };

    public Embedding WordEmbeddings { get; }

    public Embedding PositionEmbeddings { get; }

    public Embedding TokenTypeEmbeddings { get; }

    public LayerNorm EmbeddingsLayerNorm { get; }

    public IReadOnlyList<BertBlock> Layers { get; }

    public Linear PoolerDense { get; }

    public Linear Classifier { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var types = TokenTypeEmbeddings.Forward(batch.TokenTypes, ComputeType);
        var x = EmbeddingsLayerNorm.Forward(
            WordEmbeddings.Forward(batch.TokenIds, ComputeType) + types + PositionEmbeddings.Forward(batch.Positions, ComputeType)
        ); // [tokens, hidden]
        Observe("bert.embeddings", x);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], segments, wanted), x);
            Observe($"bert.encoder.layer.{layer}", x);
        }
        return x; // [sequences, hidden]
    }

    private protected override Tensor Head(Tensor pooled)
    {
        pooled = PoolerDense.Forward(pooled).Tanh(); // [sequences, hidden]
        Observe("bert.pooler", pooled);
        return Classifier.Forward(ForHead(pooled)); // [sequences, 1]
    }

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var config = BertConfig.Read(checkpoint.Config, warnings);
        return weights => new Bert(config, weights);
    }
}
