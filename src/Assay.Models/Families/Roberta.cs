// RoBERTa and XLM-RoBERTa: BERT's encoder trained longer, with another head and other positions (arXiv 1907.11692, 1911.02116). Source:
// transformers 5.23, models/roberta/modeling_roberta.py and models/xlm_roberta; the score head is tanh(dense) and a one-unit projection on
// the first token <s>, no pooler. Unusual: positions count from pad_token_id + 1, and a token that is the pad id has position pad_token_id
// and is not counted, wherever it stands: the ids alone decide, as in the reference. So a table of 514 positions holds 512 tokens.
// Compared: the roberta and xlm-roberta cases, and layouts/names-roberta-pooler.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary>A RoBERTa with its classification head of two layers on the first token.</summary>
internal sealed class Roberta : RewardNetwork
{
    private readonly int _pad;

    private Roberta(BertConfig config, Weights weights)
        : base(config.VocabSize, config.MaxPositionEmbeddings - config.PadTokenId!.Value - 1, config.PadTokenId, PackingRules.Encoder)
    {
        _pad = config.PadTokenId.Value;
        var hidden = config.HiddenSize;
        var embeddings = weights.At("roberta.embeddings");
        WordEmbeddings = Embedding.Read(embeddings.At("word_embeddings"), config.VocabSize, hidden, _pad);
        PositionEmbeddings = Embedding.Read(embeddings.At("position_embeddings"), config.MaxPositionEmbeddings, hidden, _pad);
        TokenTypeEmbeddings = Embedding.Read(embeddings.At("token_type_embeddings"), config.TypeVocabSize, hidden);
        EmbeddingsLayerNorm = LayerNorm.Read(embeddings.At("LayerNorm"), hidden, config.LayerNormEps);
        Layers =
        [
            .. Enumerable
                .Range(0, config.NumHiddenLayers)
                .Select(layer => new BertBlock(config, weights.At($"roberta.encoder.layer.{layer}"))),
        ];
        ClassifierDense = Fresh(weights.At("classifier.dense"), config, hidden);
        ClassifierOutProj = Fresh(weights.At("classifier.out_proj"), config, 1);
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        new(Prepare(absentVocabulary: 50265))
        {
            ModelType = "roberta",
            SequenceClassifier = "RobertaForSequenceClassification",
            TokenClassifier = ("RobertaForTokenClassification", "classifier"),
            WithoutHead = ["RobertaModel", "RobertaForMaskedLM"],
            BasePrefix = "roberta.",
            HeadTensors = ["classifier.dense.weight", "classifier.dense.bias", "classifier.out_proj.weight", "classifier.out_proj.bias"],
            OtherHeads = ["lm_head.", "roberta.pooler."],
            Buffers = ["embeddings.position_ids", "embeddings.token_type_ids"],
            ScoredTokens = [ScoredToken.First],
        };

    /// <summary>XLM-RoBERTa's: the same network under other names.</summary>
    public static ModelFamily XlmEntry { get; } =
        new(Prepare(absentVocabulary: 30522))
        {
            ModelType = "xlm-roberta",
            SequenceClassifier = "XLMRobertaForSequenceClassification",
            TokenClassifier = ("XLMRobertaForTokenClassification", "classifier"),
            WithoutHead = ["XLMRobertaModel", "XLMRobertaForMaskedLM"],
            BasePrefix = Entry.BasePrefix,
            HeadTensors = Entry.HeadTensors,
            OtherHeads = Entry.OtherHeads,
            Buffers = Entry.Buffers,
            ScoredTokens = Entry.ScoredTokens,
        };

    public Embedding WordEmbeddings { get; }

    public Embedding PositionEmbeddings { get; }

    public Embedding TokenTypeEmbeddings { get; }

    public LayerNorm EmbeddingsLayerNorm { get; }

    public IReadOnlyList<BertBlock> Layers { get; }

    public Linear ClassifierDense { get; }

    public Linear ClassifierOutProj { get; }

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var types = TokenTypeEmbeddings.Forward(batch.TokenTypes, ComputeType);
        var x = EmbeddingsLayerNorm.Forward(
            WordEmbeddings.Forward(batch.TokenIds, ComputeType) + types + PositionEmbeddings.Forward(Positions(batch), ComputeType)
        ); // [tokens, hidden]
        Observe("roberta.embeddings", x);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var block = Layers[layer];
            var wanted = layer == Layers.Count - 1 ? rows : null;
            x = Run(inputs => block.Forward(inputs[0], segments, wanted), x);
            Observe($"roberta.encoder.layer.{layer}", x);
        }
        return x; // [sequences, hidden]
    }

    private protected override Tensor Head(Tensor pooled)
    {
        pooled = ClassifierDense.Forward(ForHead(pooled)); // [sequences, hidden]
        Observe("classifier.dense", pooled);
        return ClassifierOutProj.Forward(pooled.Tanh()); // [sequences, 1]
    }

    private static Linear Fresh(Weights weights, BertConfig config, int outputs) =>
        new(
            weights.ReadOrDraw("weight", config.InitializerRange, ParameterRole.Head, outputs, config.HiddenSize),
            weights.ReadOrDraw("bias", 0, ParameterRole.Head, outputs)
        );

    // The row of the position table for each token.
    private int[] Positions(PackedBatch batch)
    {
        var positions = new int[batch.TokenCount];
        var counted = 0;
        for (var token = 0; token < positions.Length; token++)
        {
            if (batch.Positions[token] == 0)
                counted = 0;
            positions[token] = batch.TokenIds[token] == _pad ? _pad : _pad + ++counted;
        }
        return positions;
    }

    private static Func<Checkpoint, ICollection<string>, Func<Weights, RewardNetwork>> Prepare(int absentVocabulary) =>
        (checkpoint, warnings) =>
        {
            var config = BertConfig.Read(checkpoint.Config, warnings, absentVocabulary, absentPad: 1);
            if (config.PadTokenId is not { } pad)
                throw checkpoint.Config.Wrong("pad_token_id", "an id: positions count from it");
            if (config.MaxPositionEmbeddings <= pad + 1)
                throw checkpoint.Config.Wrong(
                    "max_position_embeddings",
                    $"more than pad_token_id + 1 ({pad + 1}): positions count from there"
                );
            return weights => new Roberta(config, weights);
        };
}
