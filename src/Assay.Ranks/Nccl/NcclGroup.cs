using System.Diagnostics;

namespace Assay.Ranks.Nccl;

/// <summary>
/// The ranks' CUDA devices, one each, over NCCL: collectives on their memory. They run on a stream of their own beside the computing, each
/// after what was on the compute stream when it was begun; waiting for one lets the compute stream wait, not this thread. A second thread
/// looks after them (as PyTorch's ProcessGroupNCCL does), since a kernel that waits for a rank which is gone ends by
/// <c>ncclCommAbort</c> alone.
/// </summary>
internal sealed class NcclGroup : ICollectives
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100),
        LongestStart = TimeSpan.FromSeconds(120);

    private readonly NcclLibrary nccl;
    private readonly CudaDriver cuda;
    private readonly CudaPlace place;
    private readonly NcclWatch watch;
    private readonly Lock gate = new();
    private readonly List<Operation> operations = [];
    private readonly int size;
    private readonly string self;
    private RankFaultException? failure;
    private nint communicator,
        stream;
    private (nint Address, long Bytes) room;
    private long begun,
        waitedTicks;
    private volatile bool isOver;

    private NcclGroup(NcclLibrary nccl, CudaDriver cuda, CudaPlace place, int rank, int size, NcclWatch watch)
    {
        (this.nccl, this.cuda, this.place, this.size, this.watch) = (nccl, cuda, place, size, watch);
        self = $"rank {rank} on {Environment.MachineName}";
    }

    /// <summary>How long callers waited on the host.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, waitedTicks);

    /// <summary>Returns when all ranks have called it.</summary>
    /// <exception cref="RankFaultException">NCCL or CUDA refuses, or not all came within two minutes.</exception>
    public static NcclGroup Join(NcclLibrary nccl, CudaDriver cuda, CudaPlace place, NcclUniqueId id, int rank, int size, NcclWatch watch)
    {
        var group = new NcclGroup(nccl, cuda, place, rank, size, watch);
        cuda.Open(place.Index);
        group.stream = cuda.NewStream();
        Exception? error = null;
        using var done = new ManualResetEventSlim();
        new Thread(() =>
        {
            try
            {
                cuda.Use();
                group.communicator = nccl.Begin(size, id, rank);
            }
            catch (Exception caught)
            {
                error = caught;
            }
            done.Set();
        })
        {
            IsBackground = true,
            Name = "NCCL start",
        }.Start();
        if (!done.Wait(LongestStart))
            throw new RankFaultException(
                $"NCCL {nccl.Version} ({nccl.Name}) has not started on {group.self} within {LongestStart.TotalSeconds:0} s: not all of the {size} processes came so far, or they do not reach each other. NCCL_DEBUG=INFO tells more"
            );
        if (error is not null)
            throw new RankFaultException($"{group.self}: {error.Message}", error);
        new Thread(group.Watch) { IsBackground = true, Name = "NCCL watch" }.Start();
        return group;
    }

    public IPending BeginBroadcast(nint address, long bytes, int from) =>
        Begin($"a broadcast of {bytes} bytes by rank {from}", () => nccl.Broadcast(address, bytes, from, communicator, stream));

    public IPending BeginAllReduce(nint address, long count, bool isDouble) =>
        Begin($"a sum of {count} numbers", () => nccl.AllReduce(address, count, TypeOf(isDouble), communicator, stream));

    public IPending BeginReduce(nint address, long count, bool isDouble, int to) =>
        Begin($"a sum of {count} numbers for rank {to}", () => nccl.Reduce(address, count, TypeOf(isDouble), to, communicator, stream));

    /// <summary>Bytes of the host, as many of each rank, by way of the device: those of all in the order of ranks.</summary>
    public unsafe byte[] Gather(ReadOnlySpan<byte> own)
    {
        var all = new byte[own.Length * (long)size];
        if (own.Length == 0)
            return all;
        fixed (
            byte* given = own,
                taken = all
        )
        {
            var (from, to, length) = ((nint)given, (nint)taken, own.Length);
            OnTheHost(
                $"a gathering of {length} bytes",
                length * (size + 1L),
                at =>
                {
                    cuda.ToDevice(at, from, length, stream);
                    nccl.AllGather(at, at + length, length, communicator, stream);
                    cuda.ToHost(to, at + length, length * (long)size, stream);
                }
            );
        }
        return all;
    }

    /// <summary>A collective on the host's memory, by way of the device; done when it returns.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="host">The memory.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="start">Begins the collective on a copy on the device.</param>
    public void Staged(string name, nint host, long bytes, Action<NcclLibrary, nint, nint, nint> start)
    {
        if (bytes > 0)
            OnTheHost(
                name,
                bytes,
                at =>
                {
                    cuda.ToDevice(at, host, bytes, stream);
                    start(nccl, at, communicator, stream);
                    cuda.ToHost(host, at, bytes, stream);
                }
            );
    }

    /// <summary>Ends what is under way: a rank is lost. From any thread.</summary>
    public void Fail(RankFaultException fault)
    {
        lock (gate)
        {
            if (failure is not null || isOver)
                return;
            failure = fault;
        }
        nccl.Abort(communicator);
    }

    /// <summary>After the last collective, which all ranks have come to.</summary>
    public void Finish()
    {
        cuda.Use();
        Operation[] left;
        lock (gate)
            left = [.. operations];
        foreach (var operation in left)
            Complete(operation);
        isOver = true;
        Throw();
        nccl.End(communicator);
        cuda.Free(room.Address);
    }

    /// <summary><c>ncclDataType_t</c> of the numbers that are summed.</summary>
    public static int TypeOf(bool isDouble) => isDouble ? NcclLibrary.Float64 : NcclLibrary.Float32;

    private void OnTheHost(string name, long bytes, Action<nint> start)
    {
        cuda.Use();
        if (room.Bytes < bytes)
        {
            cuda.Free(room.Address);
            room = (cuda.Allocate(bytes), bytes);
        }
        var operation = Begin(name, () => start(room.Address));
        Complete(operation);
        operation.Wait();
    }

    private Operation Begin(string name, Action start)
    {
        cuda.Use();
        Throw();
        var operation = new Operation(this, $"collective {++begun} ({name})", cuda.NewEvent(), cuda.NewEvent());
        cuda.Record(operation.Ready, place.ComputeStream());
        cuda.Await(stream, operation.Ready);
        lock (gate)
            operations.Add(operation);
        try
        {
            // The first of a kind connects the ranks, and so may wait for them here.
            start();
            cuda.Record(operation.Done, stream);
        }
        catch (RankFaultException error)
        {
            Throw();
            throw new RankFaultException($"{self}: {error.Message}", error);
        }
        operation.IsLaunched = true;
        return operation;
    }

    private void Complete(Operation operation)
    {
        var began = Stopwatch.GetTimestamp();
        for (var tries = 0; !cuda.HasHappened(operation.Done); tries++)
        {
            Throw();
            if (tries < 1000)
                Thread.Yield();
            else
                Thread.Sleep(1);
        }
        waitedTicks += Stopwatch.GetTimestamp() - began;
        Throw();
    }

    private void Throw()
    {
        if (failure is { } fault)
            throw new RankFaultException(fault.Message, fault);
    }

    private void Watch()
    {
        cuda.Use();
        while (!isOver)
        {
            Thread.Sleep(Pace);
            RankFaultException? found;
            lock (gate)
            {
                if (failure is not null || isOver)
                    return;
                found = Look();
            }
            if (found is null)
                continue;
            Fail(found);
            watch.Lost?.Invoke(found);
            return;
        }
    }

    private RankFaultException? Look()
    {
        try
        {
            operations.RemoveAll(operation => operation.IsWaited && operation.DropIfDone());
            var next = operations.Find(operation => !operation.IsDone);
            if (nccl.Failure(communicator) is { } reason)
                return new RankFaultException(
                    $"{self}: NCCL ended the work{(next is null ? "" : $" at {next.Name}")}: {reason}. A rank was killed or has ended, or a device or the network failed; all ranks end, and what was written is whole"
                );
            // What the device still computes before it is no waiting for others.
            if (next is null || (next.IsLaunched && !cuda.HasHappened(next.Ready)))
                return null;
            next.Since ??= Stopwatch.GetTimestamp();
            var since = Stopwatch.GetElapsedTime(next.Since.Value);
            if (since > watch.Silence && !next.IsNamed)
            {
                next.IsNamed = true;
                watch.Noticed(
                    FormattableString.Invariant(
                        $"{self} waits at {next.Name} since {watch.Silence.TotalSeconds:0.#} s: not all ranks have come so far"
                    )
                );
            }
            return since > watch.Longest
                ? new RankFaultException(
                    FormattableString.Invariant(
                        $"{self} waited at {next.Name} for {watch.Longest.TotalSeconds:0.#} s, and not all ranks came: one was stopped, hangs, or is at another collective (each names its own). All ranks end; what was written is whole"
                    )
                )
                : null;
        }
        catch (RankFaultException error)
        {
            return new RankFaultException($"{self}: {error.Message}", error);
        }
    }

    private sealed class Operation(NcclGroup group, string name, nint ready, nint done) : IPending
    {
        public string Name => name;

        /// <summary>The event that what was computed before it is there.</summary>
        public nint Ready => ready;

        public nint Done => done;

        public bool IsLaunched { get; set; }

        public bool IsWaited { get; private set; }

        public bool IsNamed { get; set; }

        public long? Since { get; set; }

        public bool IsDone => IsLaunched && group.cuda.HasHappened(done);

        public void Wait()
        {
            group.cuda.Use();
            group.Throw();
            group.cuda.Await(group.place.ComputeStream(), done);
            group.Throw();
            IsWaited = true;
        }

        public bool DropIfDone()
        {
            if (!IsDone)
                return false;
            group.cuda.Drop(ready);
            group.cuda.Drop(done);
            return true;
        }
    }
}
