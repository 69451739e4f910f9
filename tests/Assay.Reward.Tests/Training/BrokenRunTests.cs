using Assay.Models;
using Assay.Reward.Training.Pairs;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public sealed class BrokenRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-broken-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SharedFact]
    public void A_loss_that_is_no_number_stops_the_run_and_names_step_and_row()
    {
        var run = RecordedRun.Read("a_default");
        var train = run.Train.ToList();
        train[48] = train[48] with { Margin = float.NaN, Row = 1049 };
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        var error = Assert.Throws<RewardException>(() =>
            new RewardTrainer(network, run.Settings, train, [], TimeProvider.System).Run(folder)
        );
        Assert.Contains("step 1: the loss is NaN", error.Message);
        Assert.Contains("1049", error.Message);
    }
}
