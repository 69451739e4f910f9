using System.Text.Json.Nodes;

namespace Assay.Reward.Tests.Training;

/// <summary>
/// The largest difference between a recorded run and the same by ours, over its steps, for each figure: what the tests hold against their
/// limits and docs/parity.md shows.
/// </summary>
/// <param name="Loss">Of a micro-batch's loss.</param>
/// <param name="Difference">Of a pair's chosen minus rejected score.</param>
/// <param name="GradNorm">Of the gradients' norm, relative.</param>
internal sealed record RunDifferences(double Loss, double Difference, double GradNorm)
{
    /// <summary>Of the logged accuracy; null in double precision, where none was recorded.</summary>
    public double? Accuracy { get; private init; }

    /// <summary>Of the logged mean margin; null in double precision.</summary>
    public double? Margin { get; private init; }

    /// <summary>Largest of a final weight; null where they were not recorded.</summary>
    public double? Weight { get; private init; }

    /// <summary>Against the reference's own fp32 run.</summary>
    public static RunDifferences Of(RecordedRun run, RecordedRun.Outcome outcome)
    {
        double accuracy = 0,
            margin = 0;
        foreach (var (step, update) in run.Trajectory["steps"]!.AsArray().Zip(outcome.Updates))
        {
            var log = step!["log"]!;
            accuracy = Math.Max(
                accuracy,
                Math.Abs(log["accuracy"]!.GetValue<double>() - update.MicroBatches.Average(batch => batch.Accuracy))
            );
            margin = Math.Max(margin, Math.Abs(log["margin"]!.GetValue<double>() - update.MicroBatches.Average(batch => batch.Margin)));
        }
        return Steps(run, outcome, step => step, step => step["log"]!["grad_norm"]!.GetValue<double>()) with
        {
            Accuracy = accuracy,
            Margin = margin,
            Weight = File.Exists(run.FinalWeightsPath)
                ? OfWeights(RecordedRun.ReadTensors(run.FinalWeightsPath), outcome.Weights).Largest
                : null,
        };
    }

    /// <summary>A run of ours in fp64 against the reference's.</summary>
    public static RunDifferences InDouble(RecordedRun run, RecordedRun.Outcome outcome) =>
        Steps(run, outcome, step => step["fp64"]!, step => step["fp64"]!["grad_norm"]!.GetValue<double>());

    /// <summary>Root mean square and largest difference of weights, over how many tensors.</summary>
    public static (double Rms, double Largest, int Tensors) OfWeights(Dictionary<string, float[]> wanted, Dictionary<string, float[]> got)
    {
        double squares = 0,
            largest = 0;
        long count = 0;
        var tensors = 0;
        foreach (var (name, values) in wanted)
        {
            if (HasNullGradient(name))
                continue;
            tensors++;
            var ours = got[name];
            for (var i = 0; i < values.Length; i++)
            {
                var difference = Math.Abs((double)values[i] - ours[i]);
                squares += difference * difference;
                largest = Math.Max(largest, difference);
            }
            count += values.Length;
        }
        return (Math.Sqrt(squares / count), largest, tensors);
    }

    /// <summary>
    /// Their gradient is 0 in exact arithmetic, so Adam turns rounding noise into steps of size lr; single scores move with them,
    /// differences do not.
    /// </summary>
    private static bool HasNullGradient(string name) =>
        name.EndsWith("attention.self.key.bias", StringComparison.Ordinal) || name.EndsWith("classifier.bias", StringComparison.Ordinal);

    private static RunDifferences Steps(
        RecordedRun run,
        RecordedRun.Outcome outcome,
        Func<JsonNode, JsonNode> recorded,
        Func<JsonNode, double> normOf
    )
    {
        double loss = 0,
            difference = 0,
            norm = 0;
        // A run that ended early would differ nowhere.
        if (run.Trajectory["steps"]!.AsArray().Count != outcome.Updates.Count)
            throw new InvalidOperationException(
                $"{outcome.Updates.Count} updates, {run.Trajectory["steps"]!.AsArray().Count} are recorded"
            );
        foreach (var (step, update) in run.Trajectory["steps"]!.AsArray().Zip(outcome.Updates))
        {
            norm = Math.Max(norm, Math.Abs(update.GradNorm / normOf(step!) - 1));
            foreach (var (wanted, got) in recorded(step!)["micro_batches"]!.AsArray().Zip(update.MicroBatches))
            {
                loss = Math.Max(loss, Math.Abs(wanted!["loss"]!.GetValue<double>() - got.Loss));
                double[] chosen = wanted["chosen"]!.Doubles(),
                    rejected = wanted["rejected"]!.Doubles();
                for (var i = 0; i < chosen.Length; i++)
                    difference = Math.Max(difference, Math.Abs(chosen[i] - rejected[i] - (got.Chosen[i] - got.Rejected[i])));
            }
        }
        return new(loss, difference, norm);
    }
}
