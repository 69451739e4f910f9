using System.Globalization;
using Assay.Data;
using Assay.Models;
using Assay.Reward;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Bench;

/// <summary>
/// The real models on real text (HH-RLHF harmless-base, from the shared inputs): training, scoring of pairs, and scoring of sixteen answers
/// to each prompt. Each beside a large product of the same process, with the share of it: floating-point operations of the tokens as they
/// stand in the file, as if nothing were shared.
/// </summary>
internal static class ModelBenchmark
{
    private const int Candidates = 16;

    private sealed record Arguments(string Model, int Count, bool Bf16, bool GradientCheckpointing);

    public static int Train(string[] arguments) =>
        Run(
            "train",
            arguments,
            48,
            given =>
            {
                var settings = new TrainingSettings
                {
                    PerDeviceTrainBatchSize = 8,
                    NumTrainEpochs = 1,
                    LearningRate = 2e-5,
                    MaxLength = 512,
                    Bf16 = given.Bf16,
                    GradientCheckpointing = given.GradientCheckpointing,
                };
                using var model = RewardModel.LoadForTraining(RealText.PathOf(given.Model), 0);
                model.MaxLength = settings.MaxLength;
                var pairs = RealText.Encoded(model).Take(given.Count).ToList();
                var trainer = new RewardTrainer(model.Network, settings, pairs, [], TimeProvider.System);
                TrainingResult? result = null;
                var counted = TorchRuntime.CountTime(() => result = trainer.Run(null));
                var (count, tokens, updates, time) = result!.Trained;
                Say(given, model, "pairs", count, tokens, time.TotalSeconds, 6);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"peak memory {TorchRuntime.PeakMemoryBytes / 1073741824.0:f2} GiB, {result.Memory!.PeakBytes / 1073741824.0:f2} predicted; tensors {TorchRuntime.TensorBytes / 1073741824.0:f2} GiB now"
                    )
                );
                PrintTimes(counted);
            }
        );

    public static int Score(string[] arguments) =>
        Run(
            "score",
            arguments,
            128,
            given =>
            {
                using var model = Load(given);
                var pairs = RealText.Encoded(model).Take(given.Count).ToList();
                Time(given, model, "pairs", pairs.Count, [.. pairs.SelectMany(pair => new[] { pair.Chosen, pair.Rejected })]);
            }
        );

    public static int BestOf16(string[] arguments) =>
        Run(
            "best-of-16",
            arguments,
            8,
            given =>
            {
                using var model = Load(given);
                // Sixteen answers that people wrote, put behind one prompt: as long as answers are, and all different.
                var pairs = RealText.Pairs().Take(given.Count * Candidates).ToList();
                var sequences = new List<int[]>();
                foreach (var group in pairs.Chunk(Candidates).Take(given.Count))
                {
                    var prompt = group[0].Chosen.Messages!.SkipLast(1).ToList();
                    foreach (var pair in group)
                        if (
                            model.Encode(new Conversation { Messages = [.. prompt, pair.Rejected.Messages![^1]] }) is { Refused: null } read
                        )
                            sequences.Add(read.Ids);
                }
                Time(given, model, "answers", sequences.Count, sequences);
            }
        );

    private static int Run(string name, string[] arguments, int count, Action<Arguments> measure)
    {
        var words = arguments.Where(word => !word.StartsWith('-')).ToList();
        var model = words.FirstOrDefault() ?? "minilm";
        if (
            words.Count > 2
            || model is not ("minilm" or "smollm2")
            || arguments.Except(words).Except(["--bf16", "--gradient-checkpointing"]).Any()
            || (words.Count == 2 && !int.TryParse(words[1], out count))
        )
        {
            Console.Error.WriteLine(
                $"usage: ./run bench {name} [minilm|smollm2] [COUNT] [--bf16]{(name == "train" ? " [--gradient-checkpointing]" : "")}"
            );
            return 2;
        }
        if (!Directory.Exists(RealText.Shared))
        {
            Console.Error.WriteLine($"{RealText.Shared}: no such folder; set ASSAY_SHARED to the shared inputs");
            return 2;
        }
        measure(new Arguments(model, count, arguments.Contains("--bf16"), arguments.Contains("--gradient-checkpointing")));
        return 0;
    }

    // A fresh head: the work is the same.
    private static RewardModel Load(Arguments given) =>
        RewardModel.LoadForTraining(RealText.PathOf(given.Model), 0, placement: new Placement { Bf16 = given.Bf16 });

    private static void Time(Arguments given, RewardModel model, string what, int count, IReadOnlyList<int[]> sequences)
    {
        // The first round compiles the code.
        model.ScoreIds([.. sequences.Take(16)]);
        var start = Clock.Now;
        IReadOnlyList<(string, double, long)> counted = TorchRuntime.CountTime(() => model.ScoreIds(sequences));
        Say(given, model, what, count, sequences.Sum(ids => (long)ids.Length), Clock.Now - start, 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory {TorchRuntime.PeakMemoryBytes / 1073741824.0:f2} GiB"));
        PrintTimes(counted);
    }

    private static void Say(Arguments given, RewardModel model, string what, long count, long tokens, double seconds, int operations)
    {
        var gemm = TorchRuntime.MeasureGemm(dtype: given.Bf16 ? DType.BFloat16 : DType.Float32);
        var work = operations * (double)ModelSize.ParametersOutsideEmbeddings(model.Network) * tokens / seconds / 1e9;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{given.Model}{(given.Bf16 ? ", bf16" : "")}: {count / seconds:f2} {what}/s, {tokens / seconds:f0} tokens/s; {work:f0} GFLOPS, {work / gemm:p0} of GEMM ({gemm:f0} GFLOPS); libtorch {TorchRuntime.LibtorchVersion}, {TorchRuntime.ThreadCount} threads, products {TorchRuntime.Products}"
            )
        );
    }

    private static void PrintTimes(IReadOnlyList<(string Name, double Seconds, long Calls)> counted)
    {
        var whole = counted.Sum(one => one.Seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"where {whole:f2} s went:"));
        foreach (var (name, seconds, calls) in counted)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name, -28} {seconds / whole, 6:p1} {calls, 8} calls"));
    }
}
