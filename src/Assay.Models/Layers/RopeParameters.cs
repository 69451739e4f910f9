using Assay.Models.Checkpoints;

namespace Assay.Models.Layers;

/// <summary>
/// What <c>rope_parameters</c> (transformers 5) or <c>rope_theta</c> and <c>rope_scaling</c> (4) say, with the library's defaults filled in
/// (transformers 5.23, modeling_rope_utils.py: <c>standardize_rope_params</c> and the functions of <c>ROPE_INIT_FUNCTIONS</c>).
/// </summary>
public sealed record RopeParameters
{
    private static readonly Dictionary<string, RopeKind> Kinds = new()
    {
        ["default"] = RopeKind.Default,
        ["linear"] = RopeKind.Linear,
        ["dynamic"] = RopeKind.Dynamic,
        ["llama3"] = RopeKind.Llama3,
        ["yarn"] = RopeKind.Yarn,
        ["longrope"] = RopeKind.LongRope,
    };

    private static readonly HashSet<string> NothingInert = [];

    public RopeKind Kind { get; init; }

    /// <summary><c>rope_theta</c>: the base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>The model's <c>max_position_embeddings</c>.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>
    /// <c>original_max_position_embeddings</c>: before the context was stretched. Equal to <see cref="MaxPositions"/> when not given.
    /// </summary>
    public required int OriginalMaxPositions { get; init; }

    /// <summary>Share of each head that is rotated, 0..1.</summary>
    public double PartialFactor { get; init; } = 1;

    public double Factor { get; init; } = 1;

    /// <summary>yarn, longrope: what cos and sin are multiplied by; null: the kind's own formula.</summary>
    public double? AttentionFactor { get; init; }

    public double LowFrequencyFactor { get; init; } = 1;

    public double HighFrequencyFactor { get; init; } = 4;

    public double BetaFast { get; init; } = 32;

    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn's <c>mscale</c> and <c>mscale_all_dim</c> count only when both are given and not 0.</summary>
    public double? Mscale { get; init; }

    public double? MscaleAllDimensions { get; init; }

    /// <summary>yarn: whether the corrected range is rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    public IReadOnlyList<double> ShortFactor { get; init; } = [];

    public IReadOnlyList<double> LongFactor { get; init; } = [];

    /// <summary>
    /// The longest sequence whose frequencies do not depend on its length: up to it a prefix shared by sequences of different lengths is
    /// exact.
    /// </summary>
    public int LongestWithFixedFrequencies =>
        Kind switch
        {
            RopeKind.Dynamic => MaxPositions,
            RopeKind.LongRope => OriginalMaxPositions,
            _ => int.MaxValue,
        };

    /// <summary>
    /// Reads both forms of the keys; what stands in the rope object and means nothing for its kind is added to <paramref name="warnings"/>.
    /// </summary>
    /// <exception cref="CheckpointException">An unknown <c>rope_type</c>, or a value that its kind needs is missing or wrong.</exception>
    /// <param name="config">The configuration.</param>
    /// <param name="maxPositions">Its <c>max_position_embeddings</c>.</param>
    /// <param name="headDimension">Width of a head.</param>
    /// <param name="absentTheta">The family's <c>rope_theta</c> where none is given.</param>
    /// <param name="warnings">What was found and has no effect.</param>
    /// <param name="absentPartialFactor">The family's <c>partial_rotary_factor</c> where none is given.</param>
    /// <param name="otherNames">Names that a family has for kinds, before the usual ones.</param>
    public static RopeParameters Read(
        ConfigFile config,
        int maxPositions,
        int headDimension,
        double absentTheta,
        ICollection<string> warnings,
        double absentPartialFactor = 1,
        IReadOnlyDictionary<string, RopeKind>? otherNames = null
    )
    {
        var topTheta = config.Positive("rope_theta");
        var old = config.Inner("rope_scaling");
        var current = config.Inner("rope_parameters");
        if (old is not null && current is not null)
            warnings.Add($"{config.Path}: both rope_scaling and rope_parameters are given; rope_scaling is taken, as transformers does");
        return Of(config, old ?? current, maxPositions, headDimension, topTheta ?? absentTheta, warnings, absentPartialFactor, otherNames);
    }

    /// <summary>
    /// Reads one rope object of a configuration that has several, or none; <c>rope_theta</c> inside it wins over <paramref name="theta"/>.
    /// </summary>
    /// <exception cref="CheckpointException">As <see cref="Read"/>.</exception>
    public static RopeParameters Of(
        ConfigFile config,
        ConfigFile? rope,
        int maxPositions,
        int headDimension,
        double theta,
        ICollection<string> warnings,
        double absentPartialFactor = 1,
        IReadOnlyDictionary<string, RopeKind>? otherNames = null
    )
    {
        var topPartial = config.Positive("partial_rotary_factor");
        var topOriginal = config.Integer("original_max_position_embeddings", least: 1);
        var name = rope?.Text("rope_type") ?? rope?.Text("type") ?? "default";
        _ = rope?.Has("type") is true ? rope.Text("type") : null;
        if (otherNames?.TryGetValue(name, out var kind) is not true && !Kinds.TryGetValue(name, out kind))
            throw rope!.Wrong(rope.Has("rope_type") ? "rope_type" : "type", $"one of {string.Join(", ", Kinds.Keys)}");
        var parameters = new RopeParameters
        {
            Kind = kind,
            Theta = rope?.Positive("rope_theta") ?? theta,
            MaxPositions = maxPositions,
            PartialFactor = rope?.Positive("partial_rotary_factor") ?? topPartial ?? absentPartialFactor,
            OriginalMaxPositions =
                topOriginal
                ?? (kind >= RopeKind.Llama3 ? rope?.Integer("original_max_position_embeddings", least: 1) : null)
                ?? maxPositions,
        };
        if (parameters.PartialFactor > 1)
            throw (rope ?? config).Wrong("partial_rotary_factor", "a share of at most 1");
        if (rope is null)
            return parameters;
        if (topOriginal is not null)
            _ = rope.Integer("original_max_position_embeddings", least: 1);
        parameters = kind switch
        {
            RopeKind.Linear or RopeKind.Dynamic => parameters with { Factor = Needed(rope, "factor") },
            RopeKind.Llama3 => parameters with
            {
                Factor = Needed(rope, "factor"),
                LowFrequencyFactor = Needed(rope, "low_freq_factor"),
                HighFrequencyFactor = Needed(rope, "high_freq_factor"),
            },
            RopeKind.Yarn => parameters with
            {
                Factor = rope.Positive("factor") ?? (double)maxPositions / parameters.OriginalMaxPositions,
                AttentionFactor = rope.Positive("attention_factor"),
                BetaFast = OrDefault(rope.NotNegative("beta_fast", 32), 32),
                BetaSlow = OrDefault(rope.NotNegative("beta_slow", 1), 1),
                Mscale = rope.NotNegative("mscale", 0),
                MscaleAllDimensions = rope.NotNegative("mscale_all_dim", 0),
                Truncate = rope.Flag("truncate", absent: true),
            },
            RopeKind.LongRope => parameters with
            {
                Factor = rope.Positive("factor") ?? (double)maxPositions / parameters.OriginalMaxPositions,
                AttentionFactor = rope.Positive("attention_factor"),
                ShortFactor = FactorList(rope, "short_factor", parameters.RotaryDimension(headDimension) / 2),
                LongFactor = FactorList(rope, "long_factor", parameters.RotaryDimension(headDimension) / 2),
            },
            _ => parameters,
        };
        if (kind == RopeKind.Llama3 && parameters.HighFrequencyFactor <= parameters.LowFrequencyFactor)
            throw rope.Wrong("high_freq_factor", $"more than low_freq_factor ({parameters.LowFrequencyFactor})");
        foreach (var key in rope.UnreadKeys(NothingInert))
            warnings.Add($"{config.Path}: {key} means nothing for rope_type \"{name}\" and was not used");
        return parameters;
    }

    /// <summary>How many of a head's numbers are rotated: <c>int(head_dim * partial_rotary_factor)</c>.</summary>
    public int RotaryDimension(int headDimension) => (int)(headDimension * PartialFactor);

    private static double Needed(ConfigFile rope, string key) =>
        rope.Positive(key) ?? throw rope.Wrong(key, "a number above 0, which this rope_type needs");

    private static IReadOnlyList<double> FactorList(ConfigFile rope, string key, int count) =>
        rope.PositiveList(key) is { } list && list.Count == count
            ? list
            : throw rope.Wrong(key, $"a list of {count} numbers, one for each rotated pair");

    // The library reads 0 as "not given" here ("or 32").
    private static double OrDefault(double value, double absent) => value == 0 ? absent : value;
}

/// <summary>The rotary kinds of <c>rope_type</c>.</summary>
public enum RopeKind
{
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
    LongRope,
}
