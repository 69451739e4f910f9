using System.Text.Json.Nodes;
using Assay.Data;

namespace Assay.Reward.Training;

/// <summary>
/// The learning rate of each update, by transformers' formulas (src/transformers/optimization.py, 5.23). Update t counts from 0 and uses
/// schedule(t), so with warm-up the first update has rate 0, and <c>linear</c> ends at rate/T, not at 0. <c>constant</c> ignores warm-up,
/// as the reference does.
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly Func<long, double> factor;
    private readonly double peak;

    private LearningRateSchedule(double peak, Func<long, double> factor) => (this.peak, this.factor) = (peak, factor);

    /// <summary>The kinds known, by transformers' names.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "linear",
        "cosine",
        "cosine_with_restarts",
        "polynomial",
        "constant",
        "constant_with_warmup",
        "inverse_sqrt",
        "cosine_with_min_lr",
        "warmup_stable_decay",
    ];

    /// <summary>What <c>lr_scheduler_kwargs</c> may hold for a kind.</summary>
    private static readonly Dictionary<string, string[]> ArgumentsOf = new()
    {
        ["linear"] = [],
        ["cosine"] = ["num_cycles"],
        ["cosine_with_restarts"] = ["num_cycles"],
        ["polynomial"] = ["lr_end", "power"],
        ["constant"] = [],
        ["constant_with_warmup"] = [],
        ["inverse_sqrt"] = ["timescale"],
        ["cosine_with_min_lr"] = ["num_cycles", "min_lr", "min_lr_rate"],
        ["warmup_stable_decay"] = ["num_decay_steps", "num_stable_steps", "min_lr_ratio", "num_cycles", "warmup_type", "decay_type"],
    };

    /// <summary>Updates of warm-up: <paramref name="warmupSteps"/> itself, or below 1 that share of all updates, rounded up.</summary>
    public static long WarmupUpdates(double warmupSteps, long totalSteps) =>
        warmupSteps >= 1 ? (long)warmupSteps : (long)Math.Ceiling(warmupSteps * totalSteps);

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="learningRate">The peak rate.</param>
    /// <param name="warmupSteps">Updates of warm-up; below 1 a share of <paramref name="totalSteps"/>.</param>
    /// <param name="totalSteps">Updates of the whole run.</param>
    /// <param name="arguments">transformers' <c>lr_scheduler_kwargs</c>, or null.</param>
    /// <exception cref="RewardException">The kind, or an argument of it, is unknown or missing.</exception>
    public static LearningRateSchedule Create(
        string kind,
        double learningRate,
        double warmupSteps,
        long totalSteps,
        JsonObject? arguments = null
    )
    {
        if (!ArgumentsOf.TryGetValue(kind, out var allowed))
            throw new RewardException(
                $"lr_scheduler_type: unknown schedule '{kind}'{NearestName.Suggest(kind, Kinds)}; known: {string.Join(", ", Kinds)}"
            );
        foreach (var (name, _) in arguments ?? [])
        {
            if (!allowed.Contains(name))
                throw new RewardException(
                    $"lr_scheduler_kwargs: '{kind}' has no argument '{name}'; it takes {(allowed.Length == 0 ? "none" : string.Join(", ", allowed))}"
                );
        }
        double w = WarmupUpdates(warmupSteps, totalSteps),
            total = totalSteps;
        double Number(string name, double fallback) => OptionalNumber(arguments, name) ?? fallback;
        var cosineCycles = Number("num_cycles", 0.5);
        double Rise(double t) => t / Math.Max(1, w);
        double Progress(double t) => (t - w) / Math.Max(1, total - w);
        double Cosine(double progress, double cycles) => 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * progress));

        Func<long, double> afterWarmup;
        switch (kind)
        {
            case "linear":
                afterWarmup = t => Math.Max(0, (total - t) / Math.Max(1, total - w));
                break;
            case "cosine":
                afterWarmup = t => Math.Max(0, Cosine(Progress(t), cosineCycles));
                break;
            case "cosine_with_restarts":
                var restarts = Number("num_cycles", 1);
                afterWarmup = t => Progress(t) >= 1 ? 0 : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (restarts * Progress(t) % 1))));
                break;
            case "polynomial":
                double end = Number("lr_end", 1e-7),
                    power = Number("power", 1);
                if (!(learningRate > end))
                    throw new RewardException($"lr_scheduler_kwargs: lr_end {end} must be below learning_rate {learningRate}");
                afterWarmup = t =>
                    t > total
                        ? end / learningRate
                        : ((learningRate - end) * Math.Pow(1 - (t - w) / (total - w), power) + end) / learningRate;
                break;
            case "constant":
                return new LearningRateSchedule(learningRate, _ => 1);
            case "constant_with_warmup":
                afterWarmup = _ => 1;
                break;
            case "inverse_sqrt":
                var timescale = Number("timescale", w > 0 ? w : 10_000);
                afterWarmup = t => 1 / Math.Sqrt((t + timescale - w) / timescale);
                break;
            case "cosine_with_min_lr":
                if (OptionalNumber(arguments, "min_lr") is null == OptionalNumber(arguments, "min_lr_rate") is null)
                    throw new RewardException("lr_scheduler_kwargs: 'cosine_with_min_lr' wants either min_lr or min_lr_rate");
                var floor = OptionalNumber(arguments, "min_lr") is { } least ? least / learningRate : Number("min_lr_rate", 0);
                afterWarmup = t => Math.Max(0, Cosine(Progress(t), cosineCycles) * (1 - floor) + floor);
                break;
            default:
                return new LearningRateSchedule(learningRate, StableDecay(arguments, w, total, cosineCycles));
        }
        return new LearningRateSchedule(learningRate, t => t < w ? Rise(t) : afterWarmup(t));
    }

    /// <summary>The rate of update <paramref name="step"/>, counted from 0.</summary>
    public double RateAt(long step) => peak * factor(step);

    private static Func<long, double> StableDecay(JsonObject? arguments, double w, double total, double cycles)
    {
        var decay =
            OptionalNumber(arguments, "num_decay_steps")
            ?? throw new RewardException("lr_scheduler_kwargs: 'warmup_stable_decay' wants num_decay_steps");
        var stable = OptionalNumber(arguments, "num_stable_steps") ?? total - w - decay;
        var least = OptionalNumber(arguments, "min_lr_ratio") ?? 0;
        string rise = Shape(arguments, "warmup_type", "linear"),
            fall = Shape(arguments, "decay_type", "cosine");
        return t =>
        {
            if (t < w)
            {
                var up = t / Math.Max(1, w);
                return Scaled(
                    rise switch
                    {
                        "linear" => up,
                        "cosine" => 0.5 * (1 - Math.Cos(Math.PI * up)),
                        _ => 1 - Math.Sqrt(1 - up),
                    }
                );
            }
            if (t < w + stable)
                return 1;
            if (t >= w + stable + decay)
                return least;
            var down = (t - w - stable) / Math.Max(1, decay);
            return Scaled(
                fall switch
                {
                    "linear" => 1 - down,
                    "cosine" => 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * down)),
                    _ => 1 - Math.Sqrt(down),
                }
            );
        };

        double Scaled(double value) => Math.Max(0, value * (1 - least) + least);
    }

    private static string Shape(JsonObject? arguments, string name, string fallback)
    {
        if (arguments?[name] is not { } node)
            return fallback;
        var value = node.ToString();
        return value is "linear" or "cosine" or "1-sqrt"
            ? value
            : throw new RewardException($"lr_scheduler_kwargs: {name} is '{value}'; known: linear, cosine, 1-sqrt");
    }

    private static double? OptionalNumber(JsonObject? arguments, string name)
    {
        if (arguments?[name] is not { } node)
            return null;
        return node is JsonValue value && value.TryGetValue<double>(out var number)
            ? number
            : throw new RewardException($"lr_scheduler_kwargs: {name} is {node.ToJsonString()}, a number is wanted");
    }
}
