using System.Diagnostics;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests;

public sealed class RealCheckpointTests(ITestOutputHelper output)
{
    private const int RecordedPairs = 32;

    [SharedTheory]
    [InlineData("minilm")]
    [InlineData("smollm2")]
    public void All_64_scores_the_states_and_the_gradient_norms_agree(string name)
    {
        var checkpoint = RealCheckpoint.All.Single(checkpoint => checkpoint.Name == name);
        var watch = Stopwatch.StartNew();
        var measured = checkpoint.Measure();
        Assert.Equal(RecordedPairs, checkpoint.PairCount);
        foreach (var measurement in measured)
            output.WriteLine(measurement.ToString());
        output.WriteLine(
            $"{watch.Elapsed.TotalSeconds:f1} s, {TorchRuntime.ThreadCount} threads, peak {TorchRuntime.PeakMemoryBytes >> 20} MiB"
        );
        Measurements.AllHold(measured);
    }
}
