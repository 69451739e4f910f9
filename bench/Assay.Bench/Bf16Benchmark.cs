using System.Globalization;
using System.Text;
using Assay.Data.Splits;
using Assay.Reward;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Bench;

/// <summary>
/// What bf16 costs: MiniLM trained on HH-RLHF over several seeds in fp32 and in bf16, and one trained model's scores in both. Writes its
/// section of <c>docs/parity.md</c>, which <see cref="Parity"/> keeps.
/// </summary>
internal static class Bf16Benchmark
{
    public const string Heading = "## What bf16 costs";

    private const int Seeds = 5;

    public static int Run(string[] arguments)
    {
        var updates = arguments is [var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 80;
        var path = arguments is [_, var named, ..] ? named : Path.Combine("docs", "parity.md");
        var split = SplitFile.Read(Path.Combine(RealText.Shared, "goldens", "real", "hh_split.json"));
        var (trainRows, heldOutRows) = (split.Train.ToHashSet(), split.Heldout.ToHashSet());
        var table = new StringBuilder();
        double[] single = new double[Seeds],
            narrow = new double[Seeds];
        var scored = "";
        for (var seed = 0; seed < Seeds; seed++)
        {
            foreach (var bf16 in (bool[])[false, true])
            {
                using var model = RewardModel.LoadForTraining(RealText.PathOf("minilm"), seed);
                model.MaxLength = 512;
                var pairs = RealText.Encoded(model).ToList();
                var heldOut = pairs.Where(pair => heldOutRows.Contains(pair.Row)).ToList();
                // The recipe of runs/hh-minilm.yaml, shorter and with a warm-up.
                var settings = new TrainingSettings
                {
                    LearningRate = 1e-4,
                    LrSchedulerType = "linear",
                    WarmupSteps = 0.1,
                    NumTrainEpochs = 1,
                    MaxSteps = updates,
                    Seed = seed,
                    Bf16 = bf16,
                    MaxLength = 512,
                };
                var result = new RewardTrainer(
                    model.Network,
                    settings,
                    [.. pairs.Where(pair => trainRows.Contains(pair.Row))],
                    heldOut,
                    TimeProvider.System
                ).Run(null);
                (bf16 ? narrow : single)[seed] = result.Evaluation!.Accuracy;
                if (seed == 0 && !bf16)
                    scored = Differences(model, heldOut);
            }
            table.AppendLine(CultureInfo.InvariantCulture, $"| {seed} | {single[seed]:0.000} | {narrow[seed]:0.000} |");
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {single[seed]:0.000} in fp32, {narrow[seed]:0.000} in bf16")
            );
        }

        var section = new StringBuilder();
        section.AppendLine(Heading).AppendLine();
        section.AppendLine(
            CultureInfo.InvariantCulture,
            $"Written by `./run bench bf16 {updates}` on {TorchRuntime.ThreadCount} threads, libtorch {TorchRuntime.LibtorchVersion}. {scored}"
        );
        section
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"MiniLM, HH-RLHF harmless-base, {updates} updates of 8 pairs, held-out accuracy:")
            .AppendLine();
        section.AppendLine("| seed | fp32 | bf16 |").AppendLine("|---|---|---|").Append(table);
        section.AppendLine(CultureInfo.InvariantCulture, $"| mean | {single.Average():0.000} | {narrow.Average():0.000} |");
        File.WriteAllText(path, Without(File.ReadAllText(path)) + "\n" + section);
        Console.Out.Write(section);
        return 0;
    }

    /// <summary>The section as it stands in a file, or nothing.</summary>
    public static string In(string path) =>
        File.Exists(path) && File.ReadAllText(path) is var text && text.IndexOf(Heading, StringComparison.Ordinal) is >= 0 and var at
            ? "\n" + text[at..]
            : "";

    private static string Without(string text) =>
        text.IndexOf(Heading, StringComparison.Ordinal) is >= 0 and var at ? text[..at].TrimEnd() + "\n" : text;

    private static string Differences(RewardModel model, List<EncodedPair> pairs)
    {
        int[][] sequences = [.. pairs.SelectMany(pair => new[] { pair.Chosen, pair.Rejected })];
        model.Network.ComputeType = DType.Float32;
        var exact = model.ScoreIds(sequences);
        model.Network.ComputeType = DType.BFloat16;
        var rounded = model.ScoreIds(sequences);
        var largest = exact.Zip(rounded, (a, b) => Math.Abs((double)a - b)).Max();
        var mean = exact.Average(score => (double)score);
        var deviation = Math.Sqrt(exact.Average(score => (score - mean) * (score - mean)));
        var turned = Enumerable
            .Range(0, pairs.Count)
            .Count(i => exact[2 * i] > exact[(2 * i) + 1] != rounded[2 * i] > rounded[(2 * i) + 1]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The model of seed 0 scores {sequences.Length} held-out sides in fp32 and in bf16. The largest difference is {largest:0.0e-0} where the scores' standard deviation is {deviation:0.000}, and {turned} of {pairs.Count} pairs change sides."
        );
    }
}
