using System.Diagnostics;
using System.Globalization;
using System.Text;
using Assay.Ranks.Nccl;

namespace Assay.Ranks;

/// <summary>
/// The processes that work together, and what they say to each other. Every collective has to be called by all ranks, in the same order; it
/// returns when all have come so far. Where one process works alone (<see cref="Alone"/>) nothing is loaded and every collective returns at
/// once. To be called from one thread at a time.
/// </summary>
public abstract class Communicator : ICollectives
{
    private string[] hosts = [Environment.MachineName];
    private int onTheseCores = 1;

    /// <summary>One process.</summary>
    public static Communicator Alone { get; } = new OneRank();

    /// <summary>This process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are.</summary>
    public abstract int Size { get; }

    /// <summary>The host of each rank.</summary>
    public IReadOnlyList<string> Hosts => hosts;

    /// <summary>Ranks that share the memory of this one's host, with itself.</summary>
    public int OnThisHost => Hosts.Count(host => host == Hosts[Rank]);

    /// <summary>Ranks that may run on this one's cores, with itself.</summary>
    public int OnTheseCores => onTheseCores;

    /// <summary>
    /// Collectives on memory where tensors lie: of a CUDA device after <see cref="UseDevice"/>, else of the host, as this communicator's
    /// own.
    /// </summary>
    public ICollectives OfTensors => Device ?? (ICollectives)this;

    /// <summary>Over the ranks' devices, where there are any.</summary>
    private protected NcclGroup? Device { get; set; }

    /// <summary>Whether this is the rank that reads, writes and speaks for all.</summary>
    public bool IsFirst => Rank == 0;

    public bool IsAlone => Size == 1;

    /// <summary>How long callers waited for collectives so far.</summary>
    public abstract TimeSpan Waited { get; }

    /// <summary>
    /// Joins the processes that a launcher started, by MPI; those of torchrun, which starts none, by NCCL; <see cref="Alone"/> where there
    /// is none.
    /// </summary>
    /// <param name="silence">A rank that gives no sign of life for so long ends the work on all; a rank that lives and is late is only
    /// named.</param>
    /// <param name="noticed">Told of ranks that are late, from another thread.</param>
    /// <param name="lost">Told of a rank that is lost while this one is at no collective, from another thread; the next collective throws
    /// the same.</param>
    /// <param name="cuda">This rank's CUDA device; null where there is none. Asked where there is no
    /// MPI.</param>
    /// <exception cref="RankFaultException">MPI is missing or knows of another number of processes, or there is neither MPI nor a CUDA
    /// device; the message says what to call.</exception>
    public static Communicator Join(
        TimeSpan silence,
        Action<string> noticed,
        Action<RankFaultException>? lost = null,
        Func<CudaPlace?>? cuda = null
    ) =>
        Launcher.Find() switch
        {
            null => Alone,
            { HasMpi: true } launcher => MpiCommunicator.Join(launcher, silence, noticed, lost),
            var launcher when cuda?.Invoke() is { } place => NcclCommunicator.Join(
                launcher,
                NcclLibrary.Load(place.Folder),
                CudaDriver.Load(),
                place,
                silence,
                noticed,
                lost
            ),
            var launcher => throw new RankFaultException(
                $"{launcher.Name} (RANK, WORLD_SIZE) started {launcher.Size} processes. Without a CUDA device these work together by MPI, which it does not start: {launcher.HowByMpi}"
            ),
        };

    /// <summary>
    /// Takes a CUDA device, one each, for <see cref="OfTensors"/>; returns when all ranks have called it. Where NCCL is at work already
    /// nothing is left to do.
    /// </summary>
    /// <exception cref="RankFaultException">NCCL is missing on a rank, of another version there, or does not start.</exception>
    public virtual void UseDevice(CudaPlace place) { }

    /// <summary>A rank in words: <c>rank 3 on host</c>.</summary>
    public string NameOf(int rank) => $"rank {rank} on {Hosts[rank]}";

    /// <summary>What each rank gives, in the order of ranks.</summary>
    public abstract byte[][] AllGather(ReadOnlySpan<byte> own);

    /// <summary>Of one rank to all others.</summary>
    /// <param name="bytes">As many on each rank.</param>
    /// <param name="from">The rank that gives.</param>
    public unsafe void Broadcast(Span<byte> bytes, int from = 0)
    {
        fixed (byte* start = bytes)
            BeginBroadcast((nint)start, bytes.Length, from).Wait();
    }

    /// <inheritdoc/>
    public abstract IPending BeginBroadcast(nint address, long bytes, int from);

    /// <summary>
    /// The sums over ranks, in the place of what each gave: the same bits on each, and again in each run of as many ranks.
    /// </summary>
    public unsafe void AllReduce(Span<float> values)
    {
        fixed (float* start = values)
            BeginAllReduce((nint)start, values.Length, isDouble: false).Wait();
    }

    /// <inheritdoc cref="AllReduce(Span{float})"/>
    public unsafe void AllReduce(Span<double> values)
    {
        fixed (double* start = values)
            BeginAllReduce((nint)start, values.Length, isDouble: true).Wait();
    }

    /// <inheritdoc/>
    public abstract IPending BeginAllReduce(nint address, long count, bool isDouble);

    /// <inheritdoc/>
    public abstract IPending BeginReduce(nint address, long count, bool isDouble, int to);

    /// <summary>Returns when all have called it.</summary>
    public abstract void Barrier();

    /// <summary>
    /// Ends the work together: after it nothing may be called. A process that ends without it has failed, and the launcher ends the others.
    /// </summary>
    public abstract void Finish();

    /// <summary>Of the first rank to all others, whatever its length.</summary>
    public byte[] BroadcastAny(ReadOnlySpan<byte> own)
    {
        var length = new byte[sizeof(long)];
        BitConverter.TryWriteBytes(length, (long)own.Length);
        Broadcast(length);
        var bytes = IsFirst ? own.ToArray() : new byte[BitConverter.ToInt64(length)];
        Broadcast(bytes);
        return bytes;
    }

    /// <summary>Refuses to go on where ranks differ.</summary>
    /// <param name="what">Names, the same on all ranks, and the value of each here.</param>
    /// <param name="advice">What to do, for the end of the message.</param>
    /// <exception cref="RankFaultException">Names the first rank that differs from the first one, its host, and in what; on all ranks
    /// alike.</exception>
    public void Agree(IReadOnlyList<(string What, string Value)> what, string advice)
    {
        var own = Encoding.UTF8.GetBytes(string.Join('\0', what.Select(one => one.Value.Replace('\0', ' '))));
        string[][] all = [.. AllGather(own).Select(bytes => Encoding.UTF8.GetString(bytes).Split('\0'))];
        for (var rank = 1; rank < Size; rank++)
        {
            for (var i = 0; i < what.Count; i++)
            {
                if (i < all[rank].Length && all[rank][i] == all[0][i])
                    continue;
                throw new RankFaultException(
                    $"{NameOf(rank)} has {what[i].What} {(i < all[rank].Length ? all[rank][i] : "(none)")}, {NameOf(0)} has {all[0][i]}: {advice}"
                );
            }
        }
    }

    /// <summary>Where this process runs: its host, and the cores that its launcher left to it.</summary>
    private protected static string OwnPlace()
    {
        var cores =
            OperatingSystem.IsLinux() || OperatingSystem.IsWindows()
                ? Process.GetCurrentProcess().ProcessorAffinity.ToString(CultureInfo.InvariantCulture)
                : "all";
        return $"{Environment.MachineName}\n{cores}";
    }

    /// <param name="places">As <see cref="OwnPlace"/> said it on each rank.</param>
    private protected void Place(string[] places)
    {
        hosts = [.. places.Select(place => place.Split('\n')[0])];
        onTheseCores = places.Count(place => place == places[Rank]);
    }

    private sealed class OneRank : Communicator
    {
        public override int Rank => 0;

        public override int Size => 1;

        public override TimeSpan Waited => TimeSpan.Zero;

        public override byte[][] AllGather(ReadOnlySpan<byte> own) => [own.ToArray()];

        public override IPending BeginBroadcast(nint address, long bytes, int from) => Done.Already;

        public override IPending BeginAllReduce(nint address, long count, bool isDouble) => Done.Already;

        public override IPending BeginReduce(nint address, long count, bool isDouble, int to) => Done.Already;

        public override void Barrier() { }

        public override void Finish() { }
    }

    private protected sealed class Done : IPending
    {
        public static Done Already { get; } = new();

        public void Wait() { }
    }
}
