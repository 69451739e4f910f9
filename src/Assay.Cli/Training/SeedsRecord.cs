using System.Text.Json.Serialization;

namespace Assay.Cli.Training;

/// <summary><c>seeds.json</c>: what the runs of several seeds came to.</summary>
internal sealed record SeedsRecord
{
    public const string FileName = "seeds.json",
        Kind = "assay.seeds/1";

    public string Format => Kind;

    public required string OutputDir { get; init; }

    public required IReadOnlyList<Run> Runs { get; init; }

    /// <summary>Seeds that were not trained yet.</summary>
    public required IReadOnlyList<long> Missing { get; init; }

    /// <summary>Of each closing figure that all runs have.</summary>
    public required IReadOnlyDictionary<string, Spread> Figures { get; init; }

    public required MedianRun Median { get; init; }

    /// <summary>A run's closing figures; null where it has none of that name.</summary>
    public sealed record Run(
        long Seed,
        string Folder,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? EvalAccuracy,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? EvalLoss,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? EvalMargin,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? TrainLoss
    )
    {
        /// <summary>The figures by the names they have in a run's summary.</summary>
        public double? this[string name] =>
            name switch
            {
                "eval_accuracy" => EvalAccuracy,
                "eval_loss" => EvalLoss,
                "eval_margin" => EvalMargin,
                "train_loss" => TrainLoss,
                _ => null,
            };
    }

    /// <summary>
    /// A figure over the runs: mean, standard deviation (divisor n - 1) and Student's interval of 95 %, low and high; the last two are null
    /// for one run.
    /// </summary>
    public sealed record Spread(
        double Mean,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Std,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<double>? Interval
    );

    /// <summary>The run in the middle, and the figure by which it is; of an even number the lower one.</summary>
    public sealed record MedianRun(string By, long Seed, string Folder);
}
