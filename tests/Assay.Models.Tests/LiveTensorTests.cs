using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Torch;

namespace Assay.Models.Tests;

/// <summary>Counts the process's tensors, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(LiveTensorTests), DisableParallelization = true)]
[Collection(nameof(LiveTensorTests))]
public sealed class LiveTensorTests
{
    [Fact]
    public void No_tensor_is_left_behind_by_loading_scoring_training_and_failing()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var broken = TinyCheckpoint.Bert().With((_, shapes) => shapes.Remove("bert.pooler.dense.weight"));
        Cycle(); // the first use of some operations keeps something for good
        Settle();
        var before = TorchRuntime.LiveTensorCount;
        for (var i = 0; i < 20; i++)
            Cycle();
        Assert.Equal(before, TorchRuntime.LiveTensorCount);

        void Cycle()
        {
            using (var network = RewardNetwork.Load(tiny.Path).Network)
            {
                using var scope = new TensorScope();
                BradleyTerry.Loss(network.Score(PackedBatch.FromPairs([([1, 2, 3], [1, 2, 4, 5])], network.Packing))).Backward();
                network.ConvertTo(DType.Float64);
            }
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(broken.Path));
        }

        // What earlier tests left to the collector is none of this test's.
        static void Settle()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
