using System.Globalization;
using System.Text;
using Assay.Reward.Tests;
using Assay.Reward.Tests.Training;
using Assay.Torch;

namespace Assay.Bench;

/// <summary>
/// The section of <c>docs/parity.md</c> on recorded training runs: each is run again, and compared by what the tests compare with.
/// </summary>
internal static class TrainingParity
{
    public static void Append(StringBuilder text)
    {
        text.AppendLine();
        text.AppendLine("## Training runs");
        text.AppendLine();
        text.AppendLine(
            "Every recorded run of TRL's RewardTrainer (`goldens/training`), run again. Shown is the largest difference over all its steps of a micro-batch's loss, of the logged accuracy and mean margin,"
        );
        text.AppendLine(
            "of a pair's margin, of the gradient norm (relative), and of a final weight. fp64: against the reference's run in fp64, read in fp32 as there. Limits of the tests: loss 1e-5, margin 2e-5, gradient"
        );
        text.AppendLine(
            "norm 1e-5, weight 1e-4 in fp32, five times those for d2, and 1e-11 in fp64. Weights whose gradient is 0 in exact arithmetic (BERT's key biases, the head's bias) have no part."
        );
        text.AppendLine();
        text.AppendLine(
            "| run | steps | loss | accuracy | mean margin | margin of a pair | gradient norm | final weight | loss fp64 | margin of a pair fp64 | gradient norm fp64 |"
        );
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (
            var name in Directory
                .EnumerateDirectories(TrainingGoldens.PathOf("reward"))
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
        )
        {
            if (!File.Exists(TrainingGoldens.PathOf("reward", name, "trajectory.json")))
                continue;
            var run = RecordedRun.Read(name);
            var single = RunDifferences.Of(run, run.Replay());
            var inDouble = run.Trajectory["steps"]![0]!["fp64"] is null
                ? null
                : RunDifferences.InDouble(run, run.Replay(dtype: DType.Float64));
            text.AppendLine(
                $"| {name} | {run.Trajectory["steps"]!.AsArray().Count} | {Digits(single.Loss)} | {Digits(single.Accuracy)} | {Digits(single.Margin)} | {Digits(single.Difference)} | {Digits(single.GradNorm)} | {Digits(single.Weight)} "
                    + $"| {Digits(inDouble?.Loss)} | {Digits(inDouble?.Difference)} | {Digits(inDouble?.GradNorm)} |"
            );
        }
    }

    private static string Digits(double? value) =>
        value switch
        {
            null => "",
            0 => "0",
            _ => value.Value.ToString("0.0e-0", CultureInfo.InvariantCulture),
        };
}
