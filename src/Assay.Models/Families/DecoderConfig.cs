using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>
/// What stands in <c>config.json</c> of every decoder in Llama's manner, under the same keys (transformers 5.23,
/// models/*/configuration_*.py). A family states its defaults as one of these, and <see cref="Read"/> puts what the file says in their
/// place.
/// </summary>
internal sealed record DecoderConfig
{
    public required int VocabSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    /// <summary>As a default, null: as many as query heads.</summary>
    public required int? NumKeyValueHeads { get; init; }

    /// <summary>As a default, null: the hidden size divided by the query heads.</summary>
    public int? HeadDim { get; init; }

    public required int MaxPositionEmbeddings { get; init; }

    public double RmsNormEps { get; init; } = 1e-6;

    public double InitializerRange { get; init; } = 0.02;

    public int? PadTokenId { get; init; }

    public string HiddenAct { get; init; } = "silu";

    public double RopeTheta { get; init; } = 10000;

    /// <summary>What the norms add to their weights.</summary>
    public double NormOffset { get; init; }

    /// <summary>What embeddings are multiplied by, rounded to the weights' type.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>Only in what was read.</summary>
    public RopeParameters Rope { get; init; } = null!;

    public int KeyValueHeads => NumKeyValueHeads ?? NumAttentionHeads;

    public int HeadWidth => HeadDim ?? HiddenSize / NumAttentionHeads;

    public Activation Activation => Activation.Of(HiddenAct);

    /// <exception cref="CheckpointException">A value that is wrong by itself or beside another; it is named.</exception>
    public static DecoderConfig Read(ConfigFile file, DecoderConfig defaults, ICollection<string> warnings)
    {
        var config = ReadWithoutRope(file, defaults);
        var rope = RopeParameters.Read(file, config.MaxPositionEmbeddings, config.HeadWidth, config.RopeTheta, warnings);
        if (rope.PartialFactor != 1)
            throw file.Wrong("partial_rotary_factor", "1: this family rotates whole heads");
        return config with { Rope = rope };
    }

    /// <summary>For families whose rotary keys are their own.</summary>
    public static DecoderConfig ReadWithoutRope(ConfigFile file, DecoderConfig defaults)
    {
        var hiddenSize = file.Count("hidden_size", defaults.HiddenSize);
        var heads = file.Count("num_attention_heads", defaults.NumAttentionHeads);
        var headDimension = file.Integer("head_dim", least: 1) ?? defaults.HeadDim;
        if (headDimension is null && hiddenSize % heads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({hiddenSize})");
        var keyValueHeads =
            file.Integer("num_key_value_heads", least: 1)
            ?? (file.Holds("num_key_value_heads") ? null : defaults.NumKeyValueHeads)
            ?? heads;
        if (heads % keyValueHeads != 0)
            throw file.Wrong("num_key_value_heads", $"a divisor of num_attention_heads ({heads})");
        var vocabularySize = file.Count("vocab_size", defaults.VocabSize);
        var config = defaults with
        {
            VocabSize = vocabularySize,
            HiddenSize = hiddenSize,
            IntermediateSize = file.Count("intermediate_size", defaults.IntermediateSize),
            NumHiddenLayers = file.Count("num_hidden_layers", defaults.NumHiddenLayers),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = headDimension ?? hiddenSize / heads,
            MaxPositionEmbeddings = file.Count("max_position_embeddings", defaults.MaxPositionEmbeddings),
            RmsNormEps = file.Positive("rms_norm_eps", defaults.RmsNormEps),
            InitializerRange = file.Positive("initializer_range", defaults.InitializerRange),
            PadTokenId = CommonKeys.PadTokenId(file, vocabularySize, defaults.PadTokenId < vocabularySize ? defaults.PadTokenId : null),
            HiddenAct = Activation.ReadName(file, defaults.HiddenAct),
        };
        if (config.HeadWidth % 2 != 0)
            throw file.Wrong(
                file.Has("head_dim") ? "head_dim" : "num_attention_heads",
                $"heads of an even size, which rotary positions need; it is {config.HeadWidth}"
            );
        return config;
    }

    /// <summary>
    /// The attention with scores divided by the root of a head's width, rotated by <see cref="Rope"/>, which one object does for all
    /// layers.
    /// </summary>
    public CausalHeads Heads() =>
        new(NumAttentionHeads, KeyValueHeads, HeadWidth, 1 / Math.Sqrt(HeadWidth), new RotaryEmbedding(Rope, HeadWidth));

    /// <summary>A norm over the hidden size.</summary>
    public RmsNorm Norm(Weights weights) => RmsNorm.Read(weights, HiddenSize, RmsNormEps, NormOffset);

    /// <summary>A norm over a head's width, for queries or keys.</summary>
    public RmsNorm HeadNorm(Weights weights) => RmsNorm.Read(weights, HeadWidth, RmsNormEps, NormOffset);

    public GatedMlp Mlp(Weights weights, bool hasBias = false) => GatedMlp.Read(weights, HiddenSize, IntermediateSize, Activation, hasBias);
}
