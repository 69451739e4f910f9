using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary>
/// A decoder in Llama's manner: token embeddings, blocks, a last norm and a one-unit score head without bias on the last token
/// (transformers 5.23, modeling_layers.py, <c>GenericForSequenceClassification</c>). What the blocks are is the family's.
/// </summary>
internal sealed class Decoder : RewardNetwork
{
    private readonly DecoderConfig _config;
    private readonly Embedding _embedTokens;
    private readonly IReadOnlyList<IDecoderBlock> _layers;
    private readonly RmsNorm _norm;
    private readonly Linear _score;

    private Decoder(DecoderConfig config, Embedding embedTokens, IReadOnlyList<IDecoderBlock> layers, RmsNorm norm, Linear score)
        : base(
            config.VocabSize,
            longestSequence: null,
            config.PadTokenId,
            PackingRules.Causal with
            {
                SharedPrefixLimit = layers.Min(layer => layer.Rotary?.LongestWithFixedFrequencies ?? int.MaxValue),
            }
        ) => (_config, _embedTokens, _layers, _norm, _score) = (config, embedTokens, layers, norm, score);

    /// <param name="config">Sizes.</param>
    /// <param name="weights">At the root of the checkpoint.</param>
    /// <param name="block">Builds a layer from its number and its weights.</param>
    public static Decoder Read(DecoderConfig config, Weights weights, Func<int, Weights, IDecoderBlock> block)
    {
        weights.Prove("attention.head_count", "num_attention_heads", config.NumAttentionHeads);
        weights.Prove("attention.head_count_kv", "num_key_value_heads", config.KeyValueHeads);
        weights.Prove("attention.layer_norm_rms_epsilon", "rms_norm_eps", config.RmsNormEps);
        weights.Prove("rope.freq_base", "rope_theta", config.Rope.Theta);
        var model = weights.At("model");
        var embedTokens = Embedding.Read(model.At("embed_tokens"), config.VocabSize, config.HiddenSize, config.PadTokenId ?? -1);
        IDecoderBlock[] layers =
        [
            .. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => block(layer, model.At($"layers.{layer}"))),
        ];
        var norm = config.Norm(model.At("norm"));
        return new Decoder(
            config,
            embedTokens,
            layers,
            norm,
            Linear.ReadScore(weights.At("score"), config.HiddenSize, config.InitializerRange)
        );
    }

    /// <summary>Its entry in <see cref="ModelFamily.All"/>, names as transformers gives them.</summary>
    /// <param name="modelType">In <c>config.json</c>.</param>
    /// <param name="name">What the names of its classes begin with.</param>
    /// <param name="prepare">Reads the configuration and says how the network is built.</param>
    /// <param name="gguf">What llama.cpp calls it.</param>
    public static ModelFamily Entry(
        string modelType,
        string name,
        Func<Checkpoint, ICollection<string>, Func<Weights, RewardNetwork>> prepare,
        string gguf
    ) =>
        new(prepare)
        {
            ModelType = modelType,
            SequenceClassifier = $"{name}ForSequenceClassification",
            WithoutHead = [$"{name}ForCausalLM", $"{name}Model"],
            TokenClassifier = ($"{name}ForTokenClassification", "score"),
            LanguageModel = ($"{name}ForCausalLM", "lm_head"),
            BasePrefix = "model.",
            HeadTensors = ["score.weight"],
            OtherHeads = ["lm_head."],
            Buffers = [".rotary_emb.inv_freq", "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"],
            GgufArchitecture = gguf,
        };

    private protected override Tensor Pool(PackedBatch batch)
    {
        int[] rows = [.. batch.ScoredRows];
        var segments = batch.Segments.ToArray();
        var x = Embed(batch); // [tokens, hidden]
        Observe("model.embed_tokens", x);
        var tables = new Dictionary<RotaryEmbedding, RotaryTables>();
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            var block = _layers[layer];
            var wanted = layer == _layers.Count - 1 ? rows : null;
            if (block.Rotary is { } rotary)
            {
                if (!tables.TryGetValue(rotary, out var angles))
                    tables[rotary] = angles = rotary.Tables(batch, DType, ReadAs, x.Device);
                x = Run(
                    inputs => block.Forward(inputs[0], new BlockInput(new RotaryTables(inputs[1], inputs[2]), segments, wanted)),
                    x,
                    angles.Cosine,
                    angles.Sine
                );
            }
            else
            {
                x = Run(inputs => block.Forward(inputs[0], new BlockInput(null, segments, wanted)), x);
            }
            Observe($"model.layers.{layer}", x);
        }
        x = _norm.Forward(x); // [sequences, hidden]
        Observe("model.norm", x);
        return x;
    }

    private protected override Tensor Head(Tensor pooled) => _score.Forward(ForHead(pooled));

    private Tensor Embed(PackedBatch batch)
    {
        if (_config.EmbeddingScale == 1)
            return _embedTokens.Forward(batch.TokenIds, ComputeType);
        using var scope = new TensorScope();
        var scale = Tensor.Scalar(_config.EmbeddingScale, DType).ToScalar(); // in bf16 Gemma's 55.4256 is 55.5
        return scope.Keep((_embedTokens.Forward(batch.TokenIds, DType) * scale).To(ComputeType));
    }
}
