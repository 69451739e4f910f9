using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Assay.Ranks.Nccl;

namespace Assay.Ranks;

/// <summary>
/// Ranks over MPI. One thread of its own makes every call (MPI_THREAD_FUNNELED), so that sums go on while others compute: MPI moves data
/// only inside its functions. Collectives are the non-blocking ones, looked after with MPI_Test, so that a rank which does not come is
/// noticed; before each all ranks meet, so that waiting for the last one takes no processor and only moving data does.
/// </summary>
internal sealed unsafe class MpiCommunicator : Communicator
{
    /// <summary>Numbers or bytes of one call, which counts in 32 bits.</summary>
    private const int MostAtOnce = 1 << 28;

    private const int Yields = 200;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100),
        LongestStart = TimeSpan.FromSeconds(120),
        Brief = TimeSpan.FromSeconds(1);

    private readonly Mpi mpi;
    private readonly TimeSpan silence;
    private readonly Action<string> noticed;
    private readonly Action<RankFaultException>? lost;
    private readonly BlockingCollection<Work> works = [];
    private Pulse? pulse;
    private RankFaultException? failure;
    private long collectives;
    private long waitedTicks;
    private int rank,
        size;

    private MpiCommunicator(Mpi mpi, TimeSpan silence, Action<string> noticed, Action<RankFaultException>? lost) =>
        (this.mpi, this.silence, this.noticed, this.lost) = (mpi, silence, noticed, lost);

    public override int Rank => rank;

    public override int Size => size;

    public override TimeSpan Waited => Stopwatch.GetElapsedTime(0, waitedTicks) + (Device?.Waited ?? TimeSpan.Zero);

    /// <exception cref="RankFaultException">MPI is missing, does not start, or knows of another number of processes than the launcher
    /// started.</exception>
    public static MpiCommunicator Join(Launcher launcher, TimeSpan silence, Action<string> noticed, Action<RankFaultException>? lost = null)
    {
        var ranks = new MpiCommunicator(Mpi.Load(launcher), silence, noticed, lost);
        var start = new Work("the start", ranks.Start);
        ranks.works.Add(start);
        new Thread(ranks.Serve) { IsBackground = true, Name = "MPI" }.Start();
        if (!start.IsDoneWithin(LongestStart))
            throw new RankFaultException(
                $"MPI ({ranks.mpi.Name}) has not started within {LongestStart.TotalSeconds:0} s: not all of the {launcher.Size} processes that {launcher.Name} started came so far"
            );
        start.Throw();
        return ranks.Size == launcher.Size
            ? ranks
            : throw new RankFaultException(
                $"{launcher.Name} started {launcher.Size} processes, and {ranks.mpi.Version} ({ranks.mpi.Name}) knows of {ranks.Size}: this library is not that launcher's. Name the right one in {Mpi.Variable}, or {launcher.HowByMpi}"
            );
    }

    public override byte[][] AllGather(ReadOnlySpan<byte> own)
    {
        var given = own.ToArray();
        byte[][] all = [];
        Run("a gathering", () => all = Gather(given));
        return all;
    }

    public override IPending BeginBroadcast(nint address, long bytes, int from) =>
        Begin(
            "a broadcast",
            () => InPieces(bytes, sizeof(byte), (at, length, request) => mpi.Broadcast(address + at, length, from, request))
        );

    public override IPending BeginAllReduce(nint address, long count, bool isDouble)
    {
        var (type, bytes) = TypeOf(isDouble);
        return Begin("a sum", () => InPieces(count, bytes, (at, length, request) => mpi.AllReduce(address + at, length, type, request)));
    }

    public override IPending BeginReduce(nint address, long count, bool isDouble, int to)
    {
        var (type, bytes) = TypeOf(isDouble);
        return Begin(
            "a sum",
            () => InPieces(count, bytes, (at, length, request) => mpi.Reduce(address + at, length, type, to, to == rank, request))
        );
    }

    public override void Barrier() => Run("a barrier", Meet);

    public override void UseDevice(CudaPlace place)
    {
        if (Device is not null)
            return;
        // What one has not, all have to hear of before they wait for it.
        NcclLibrary? nccl = null;
        CudaDriver? cuda = null;
        var error = "";
        try
        {
            (nccl, cuda) = (NcclLibrary.Load(place.Folder), CudaDriver.Load());
        }
        catch (RankFaultException fault)
        {
            error = fault.Message;
        }
        foreach (var (other, said) in AllGather(Encoding.UTF8.GetBytes(error)).Index())
            if (said.Length > 0)
                throw new RankFaultException($"{NameOf(other)}: {Encoding.UTF8.GetString(said)}");
        Agree([("NCCL", nccl!.Version.ToString())], "every host has to have the same NCCL");
        Join(nccl, cuda!, place);
    }

    internal void Join(NcclLibrary nccl, CudaDriver cuda, CudaPlace place)
    {
        var id = NcclUniqueId.From(BroadcastAny(IsFirst ? nccl.NewId().ToArray() : []));
        // Who is lost MPI's signs of life say.
        Device = NcclGroup.Join(nccl, cuda, place, id, rank, size, new NcclWatch(silence, TimeSpan.MaxValue, noticed, lost));
    }

    public override void Finish()
    {
        Barrier();
        Device?.Finish();
        Run(
            "the end",
            () =>
            {
                Meet();
                pulse!.Stop();
                mpi.End();
                pulse = null;
            }
        );
    }

    private (nint Type, int Bytes) TypeOf(bool isDouble) => isDouble ? (mpi.Double, sizeof(double)) : (mpi.Float, sizeof(float));

    private void Run(string name, Action action) => Begin(name, action).Wait();

    private Work Begin(string name, Action action)
    {
        var work = new Work(name, action) { Charge = ticks => waitedTicks += ticks };
        works.Add(work);
        return work;
    }

    // The thread of MPI: works in their order, and signs of life while there are none.
    private void Serve()
    {
        while (true)
        {
            if (works.TryTake(out var work, Idle))
                work.Do(failure);
            else if (failure is null)
                Look();
            if (work?.Error is RankFaultException fault)
                End(fault);
        }
    }

    private void Look()
    {
        try
        {
            pulse?.Tick(collectives);
        }
        catch (RankFaultException fault)
        {
            End(fault);
            lost?.Invoke(fault);
        }
    }

    private void End(RankFaultException fault)
    {
        failure ??= fault;
        Device?.Fail(fault);
    }

    private void Start()
    {
        (rank, size) = mpi.Start();
        Place([.. Enumerable.Repeat("?", size)]);
        Place([.. Gather(Encoding.UTF8.GetBytes(OwnPlace())).Select(Encoding.UTF8.GetString)]);
        pulse = new Pulse(mpi, this, silence);
    }

    private byte[][] Gather(byte[] own)
    {
        Meet();
        int[] counts = new int[size],
            starts = [.. Enumerable.Range(0, size)];
        int[] ones = [.. Enumerable.Repeat(sizeof(int), size)],
            places = [.. starts.Select(i => i * sizeof(int))];
        var length = own.Length;
        fixed (
            int* all = counts,
                one = ones,
                at = places
        )
        {
            nint request = 0;
            mpi.AllGather((nint)(&length), sizeof(int), (nint)all, one, at, &request);
            Complete(&request, isMeeting: false);
        }
        for (var i = 1; i < size; i++)
            starts[i] = checked(starts[i - 1] + counts[i - 1]);
        starts[0] = 0;
        var joined = new byte[counts.Sum() + 1];
        fixed (
            byte* mine = own,
                all = joined
        )
        fixed (
            int* lengths = counts,
                at = starts
        )
        {
            nint request = 0;
            mpi.AllGather((nint)mine, own.Length, (nint)all, lengths, at, &request);
            Complete(&request, isMeeting: false);
        }
        return [.. counts.Select((count, i) => joined[starts[i]..(starts[i] + count)])];
    }

    private delegate void Starts(nint at, int length, nint* request);

    private void InPieces(long count, int bytes, Starts start)
    {
        Meet();
        for (var done = 0L; done < count; done += MostAtOnce)
        {
            nint request = 0;
            start((nint)(done * bytes), (int)Math.Min(MostAtOnce, count - done), &request);
            Complete(&request, isMeeting: false);
        }
    }

    private void Meet()
    {
        collectives++;
        nint request = 0;
        mpi.Barrier(&request);
        Complete(&request, isMeeting: true);
    }

    private void Complete(nint* request, bool isMeeting)
    {
        var (began, isNamed) = (Stopwatch.GetTimestamp(), false);
        for (var tries = 0; !mpi.IsDone(request); tries++)
        {
            pulse?.Tick(collectives);
            // Data moves only while somebody asks; a meeting may take as long as another rank computes.
            if (isMeeting ? tries < Yields : Stopwatch.GetElapsedTime(began) < Brief)
                Thread.Yield();
            else
                Thread.Sleep(1);
            if (isNamed || pulse is null || Stopwatch.GetElapsedTime(began) < silence)
                continue;
            isNamed = true;
            int[] late = [.. pulse.Behind(collectives)];
            // What the first rank cannot say, the second does.
            if (late.Length > 0 && rank <= 1)
                noticed(
                    FormattableString.Invariant(
                        $"waiting for {string.Join(", ", late.Select(NameOf))} since {silence.TotalSeconds:0.#} s: it answers, and has not come so far"
                    )
                );
        }
    }

    private sealed class Work(string name, Action action) : IPending
    {
        private readonly ManualResetEventSlim done = new();

        /// <summary>Takes the ticks that somebody waited.</summary>
        public Action<long>? Charge { get; init; }

        public Exception? Error { get; private set; }

        public void Do(RankFaultException? failure)
        {
            try
            {
                if (failure is not null)
                    throw failure;
                action();
            }
            catch (Exception error)
            {
                Error = error;
            }
            done.Set();
        }

        public bool IsDoneWithin(TimeSpan limit) => done.Wait(limit);

        public void Wait()
        {
            var began = Stopwatch.GetTimestamp();
            done.Wait();
            Charge?.Invoke(Stopwatch.GetTimestamp() - began);
            Throw();
        }

        public void Throw()
        {
            if (Error is RankFaultException fault)
                throw new RankFaultException(fault.Message, fault);
            if (Error is not null)
                throw new InvalidOperationException($"{name} of the ranks failed: {Error.Message}", Error);
        }
    }
}
