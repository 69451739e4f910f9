using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public class GradientTests(ITestOutputHelper output)
{
    /// <summary>
    /// Of the largest gradient of its tensor. fp32 gradients are sums over some 1,400 tokens; the reference's own fp32 and fp64 gradients
    /// differ by 1e-6 in norm, and a single element by a few times that.
    /// </summary>
    private const double RelativeToLargest = 2e-5;

    /// <summary>Gradients that are 0 in exact arithmetic: what stands there is rounding noise on both sides.</summary>
    private const double Noise = 2e-7;

    [SharedTheory]
    [InlineData("a_default", 21)]
    [InlineData("g_bert", 41)]
    public void Gradients_of_the_first_step_are_the_recorded_ones(string name, int tensors)
    {
        var run = RecordedRun.Read(name);
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        Dictionary<string, float[]> gradients = [];
        var trainer = new RewardTrainer(network, run.Settings with { MaxSteps = 1 }, run.Train, [], TimeProvider.System)
        {
            Observer = new TrainingObserver { GradientsReady = _ => gradients = Read(network) },
        };
        trainer.Run(null);
        var failures = new Failures();
        var worst = 0.0;
        foreach (var (tensor, wanted) in RecordedRun.ReadTensors(TrainingGoldens.PathOf("reward", name, "grads_step1.safetensors")))
        {
            failures.Case();
            var largest = wanted.Max(Math.Abs);
            var limit = RelativeToLargest * largest + Noise;
            for (var i = 0; i < wanted.Length; i++)
            {
                failures.Near(wanted[i], gradients[tensor][i], limit, $"{tensor}[{i}]");
                worst = Math.Max(worst, Math.Abs(wanted[i] - gradients[tensor][i]) / (largest + Noise / RelativeToLargest));
            }
        }
        output.WriteLine($"{name}: {failures.Cases} tensors, largest difference {worst:G2} of the tensor's largest gradient");
        failures.AssertNone(tensors);
    }

    private static Dictionary<string, float[]> Read(RewardNetwork network) =>
        network.Parameters.ToDictionary(
            p => p.Name,
            p =>
            {
                using var gradient = p.Value.Grad;
                return gradient?.ToFloats() ?? new float[p.Value.ElementCount];
            }
        );
}
