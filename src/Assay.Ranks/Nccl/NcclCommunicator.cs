using System.Text;

namespace Assay.Ranks.Nccl;

/// <summary>
/// Ranks with a CUDA device each and no MPI, as torchrun starts them: what they tell each other goes by NCCL too, by way of their devices.
/// There are no signs of life but NCCL's own, so a rank that is late and one that hangs look alike: waiting is told after the stated time,
/// and taken for a loss after ten times that.
/// </summary>
internal sealed class NcclCommunicator : Communicator
{
    private const int Patience = 10;

    private readonly NcclGroup group;
    private readonly int rank,
        size;

    private NcclCommunicator(NcclGroup group, int rank, int size)
    {
        (this.group, this.rank, this.size) = (group, rank, size);
        Device = group;
        Place([.. AllGather(Encoding.UTF8.GetBytes(OwnPlace())).Select(Encoding.UTF8.GetString)]);
    }

    public override int Rank => rank;

    public override int Size => size;

    public override TimeSpan Waited => group.Waited;

    /// <exception cref="RankFaultException">NCCL does not start, or the ranks do not find each other.</exception>
    public static NcclCommunicator Join(
        Launcher launcher,
        NcclLibrary nccl,
        CudaDriver cuda,
        CudaPlace place,
        TimeSpan silence,
        Action<string> noticed,
        Action<RankFaultException>? lost
    )
    {
        Rendezvous.Prepare(nccl);
        var watch = new NcclWatch(silence, silence * Patience, noticed, lost);
        return new NcclCommunicator(
            NcclGroup.Join(nccl, cuda, place, nccl.NewId(), launcher.Rank, launcher.Size, watch),
            launcher.Rank,
            launcher.Size
        );
    }

    public override byte[][] AllGather(ReadOnlySpan<byte> own)
    {
        var lengths = group.Gather(BitConverter.GetBytes(own.Length));
        int[] each = [.. Enumerable.Range(0, size).Select(rank => BitConverter.ToInt32(lengths, rank * sizeof(int)))];
        // As many bytes of each: NCCL's gathering knows no other.
        var most = each.Max();
        var padded = new byte[most];
        own.CopyTo(padded);
        var all = group.Gather(padded);
        return [.. each.Select((length, rank) => all.AsSpan(rank * most, length).ToArray())];
    }

    public override IPending BeginBroadcast(nint address, long bytes, int from)
    {
        group.Staged(
            $"a broadcast of {bytes} bytes",
            address,
            bytes,
            (nccl, at, comm, stream) => nccl.Broadcast(at, bytes, from, comm, stream)
        );
        return Done.Already;
    }

    public override IPending BeginAllReduce(nint address, long count, bool isDouble)
    {
        var (type, bytes) = TypeOf(isDouble);
        group.Staged(
            $"a sum of {count} numbers",
            address,
            count * bytes,
            (nccl, at, comm, to) => nccl.AllReduce(at, count, type, comm, to)
        );
        return Done.Already;
    }

    public override IPending BeginReduce(nint address, long count, bool isDouble, int to)
    {
        var (type, bytes) = TypeOf(isDouble);
        group.Staged(
            $"a sum of {count} numbers",
            address,
            count * bytes,
            (nccl, at, comm, by) => nccl.Reduce(at, count, type, to, comm, by)
        );
        return Done.Already;
    }

    public override void Barrier() => group.Gather([0]);

    public override void Finish()
    {
        Barrier();
        group.Finish();
    }

    private static (int Type, int Bytes) TypeOf(bool isDouble) => (NcclGroup.TypeOf(isDouble), isDouble ? sizeof(double) : sizeof(float));
}
