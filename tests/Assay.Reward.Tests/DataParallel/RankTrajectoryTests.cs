using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Reward.Tests.Training;
using Assay.Reward.Training;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.DataParallel;

/// <summary>
/// Recorded runs of the reference by several processes under mpirun: the same losses, norms and weights as by one, and the same bits again.
/// </summary>
public sealed class RankTrajectoryTests(ITestOutputHelper output) : IDisposable
{
    // As TrajectoryTests has them for one process.
    private const double WeightRmsLimit = 1e-6,
        WeightLargestLimit = 1e-4;

    private readonly string folder = Directory.CreateTempSubdirectory("assay-ranks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [MpiTheory(needsShared: true)]
    [InlineData(2)]
    [InlineData(4)]
    public void Recorded_runs_come_out_of_several_processes_in_double_precision(int ranks) =>
        RankedGoldens.Demand(Run(ranks, RankedGoldens.InDouble, DType.Float64), 190, output);

    [MpiFact(needsShared: true)]
    public void Two_processes_reach_the_recorded_weights_and_evaluations_and_the_same_bits_again()
    {
        var (first, again) = (Run(2, "a_default,f_lora,g_bert+zero", DType.Float32), Run(2, "a_default,f_lora,g_bert+zero", DType.Float32));
        foreach (var (name, outcome) in first)
        {
            var run = RecordedRun.Read(name.Replace(RankHost.Zero, "", StringComparison.Ordinal));
            var alone = run.Replay();
            var (rms, largest, tensors) = RunDifferences.OfWeights(RecordedRun.ReadTensors(run.FinalWeightsPath), outcome.Weights);
            output.WriteLine($"{name}: final weights of {tensors} tensors: rms {rms:G2}, largest {largest:G2}");
            Assert.InRange(rms, 0, WeightRmsLimit);
            Assert.InRange(largest, 0, WeightLargestLimit);
            Assert.Equal(alone.Updates.Select(update => update.TokenCount), outcome.Updates.Select(update => update.Tokens));
            Assert.Equal(alone.Evaluations.Count, outcome.Evaluations.Count);
            foreach (var (wanted, got) in alone.Evaluations.Zip(outcome.Evaluations))
            {
                Assert.Equal(wanted.Step, got.Step);
                Assert.Equal(wanted.Metrics.Loss, got.Loss, 1e-5);
                Assert.Equal(wanted.Metrics.Margin, got.Margin, 2e-5);
            }
            foreach (var (tensor, values) in outcome.Weights)
                Assert.True(
                    values.AsSpan().SequenceEqual(again[name].Weights[tensor]),
                    $"{name}: {tensor} differs between two runs of two ranks"
                );
        }
        // Ranks add in another order than one process does: were they not at work, the bits would be one process's.
        Assert.NotEqual(RecordedRun.Read("a_default").Replay().Updates[^1].GradNorm, first["a_default"].Updates[^1].GradNorm);
    }

    [MpiTheory(needsShared: true)]
    [InlineData(2, 1, "")]
    [InlineData(2, 4, "")]
    [InlineData(2, 3, RankHost.Zero)]
    [InlineData(2, 1, RankHost.Zero)]
    public void A_run_that_one_rank_was_told_to_stop_goes_on_with_another_number_of_ranks(int before, int after, string more)
    {
        Host(before, "checkpoint", folder, "13", more);
        Assert.Equal(14, TrainingCheckpoint.Newest(folder)!.Step); // the others hear of it with the next update
        Host(after, "checkpoint", folder, "0", more);
        var got = JsonSerializer.Deserialize<Dictionary<string, float[]>>(File.ReadAllText(Path.Combine(folder, "weights.json")))!;
        var (rms, largest, _) = RunDifferences.OfWeights(RecordedRun.ReadTensors(RecordedRun.Read("i_resume").FinalWeightsPath), got);
        output.WriteLine($"{before} ranks, then {after}: rms {rms:G2}, largest {largest:G2}");
        Assert.InRange(rms, 0, WeightRmsLimit);
        Assert.InRange(largest, 0, WeightLargestLimit);
        // One log of all parts, each step once.
        long[] steps =
        [
            .. File.ReadLines(Path.Combine(folder, "train_log.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Where(line => line["grad_norm"] is not null)
                .Select(line => line["step"]!.GetValue<long>()),
        ];
        Assert.NotEmpty(steps);
        Assert.Equal(steps.Distinct().Order(), steps);
    }

    private Dictionary<string, RankedOutcome> Run(int ranks, string names, DType type)
    {
        Host(ranks, "replay", names, type.ToString(), folder);
        return names
            .Split(',')
            .ToDictionary(
                name => name,
                name => JsonSerializer.Deserialize<RankedOutcome>(File.ReadAllText(Path.Combine(folder, name + ".json")))!
            );
    }

    private static void Host(int ranks, params string[] arguments)
    {
        var (code, _, error) = MpiRun.Run(ranks, typeof(RankHost).Assembly.Location, arguments);
        Assert.True(code == 0, $"exit code {code}: {error}");
    }
}
