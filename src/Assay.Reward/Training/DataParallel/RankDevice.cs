using Assay.Ranks;
using Assay.Torch;

namespace Assay.Reward.Training.DataParallel;

/// <summary>The devices of ranks: all on CPUs, or each on a CUDA device of its own, whose memory NCCL works on.</summary>
public static class RankDevice
{
    /// <summary>What NCCL has to know of a CUDA device here; loads libtorch.</summary>
    public static CudaPlace PlaceOf(Device device) =>
        new(device.Index, () => TorchRuntime.ComputeStream(device), Path.GetDirectoryName(TorchRuntime.LibraryPath));

    /// <summary>Lets collectives on tensors work where the tensors are; called by all ranks.</summary>
    /// <exception cref="RankFaultException">Some are on CPUs and others are not, or NCCL does not start.</exception>
    internal static void Take(Communicator ranks, Device device)
    {
        ranks.Agree(
            [("a network on", device.IsCpu ? "a CPU" : "a CUDA device")],
            "all have to run on the same kind: set device: cpu, or give each rank a CUDA device"
        );
        if (!device.IsCpu)
            ranks.UseDevice(PlaceOf(device));
    }
}
