using System.Runtime.InteropServices;
using System.Text;

namespace Assay.Ranks;

/// <summary>
/// MPI's C functions and handles, of whichever implementation is installed. OpenMPI's handles are addresses of exported symbols
/// (<c>ompi_mpi_comm_world</c>), MPICH's and its kin's (Intel MPI, MVAPICH) are the integers of its <c>mpi.h</c>; both fit a register, so
/// the signatures are the same. Statuses are never asked for, whose layout differs.
/// </summary>
internal sealed unsafe class Mpi
{
    /// <summary>Names the library's file where it is not found, or not the right one.</summary>
    public const string Variable = "ASSAY_MPI";

    private const int LongestText = 8192;

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] MpichNames = ["libmpi.so.12", "libmpich.so.12", "libmpi.12.dylib", "msmpi.dll"];

    private readonly nint library;
    private readonly nint ignore;
    private readonly nint errorsReturn;
    private readonly delegate* unmanaged<int*, byte***, int, int*, int> initThread;
    private readonly delegate* unmanaged<nint, int*, int> commRank,
        commSize;
    private readonly delegate* unmanaged<nint, nint, int> setErrorHandler;
    private readonly delegate* unmanaged<int, byte*, int*, int> errorString;
    private readonly delegate* unmanaged<byte*, int*, int> libraryVersion;
    private readonly delegate* unmanaged<nint*, int*, nint, int> test;
    private readonly delegate* unmanaged<nint, nint*, int> barrier;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int> allReduce;
    private readonly delegate* unmanaged<nint, nint, int, nint, nint, int, nint, nint*, int> reduce;
    private readonly delegate* unmanaged<nint, int, nint, nint, int*, int*, nint, nint, nint*, int> allGather;
    private readonly delegate* unmanaged<nint, int, nint, int, nint, nint*, int> broadcast;
    private readonly delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int> send,
        receive;
    private readonly delegate* unmanaged<nint*, int> cancel,
        free;
    private readonly delegate* unmanaged<int> finalize;

    private Mpi(nint library, string name)
    {
        this.library = library;
        Name = name;
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world))
        {
            (World, Byte, Float, Double, Sum, errorsReturn) = (
                world,
                Export("ompi_mpi_byte"),
                Export("ompi_mpi_float"),
                Export("ompi_mpi_double"),
                Export("ompi_mpi_op_sum"),
                Export("ompi_mpi_errors_return")
            );
            (InPlace, ignore) = (1, 0);
        }
        else
        {
            (World, Byte, Float, Double, Sum, errorsReturn) = (0x44000000, 0x4c00010d, 0x4c00040a, 0x4c00080b, 0x58000003, 0x54000001);
            (InPlace, ignore) = (-1, 1);
        }
        initThread = (delegate* unmanaged<int*, byte***, int, int*, int>)Export("MPI_Init_thread");
        commRank = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank");
        commSize = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size");
        setErrorHandler = (delegate* unmanaged<nint, nint, int>)Export("MPI_Comm_set_errhandler");
        errorString = (delegate* unmanaged<int, byte*, int*, int>)Export("MPI_Error_string");
        libraryVersion = (delegate* unmanaged<byte*, int*, int>)Export("MPI_Get_library_version");
        test = (delegate* unmanaged<nint*, int*, nint, int>)Export("MPI_Test");
        barrier = (delegate* unmanaged<nint, nint*, int>)Export("MPI_Ibarrier");
        allReduce = (delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int>)Export("MPI_Iallreduce");
        reduce = (delegate* unmanaged<nint, nint, int, nint, nint, int, nint, nint*, int>)Export("MPI_Ireduce");
        allGather = (delegate* unmanaged<nint, int, nint, nint, int*, int*, nint, nint, nint*, int>)Export("MPI_Iallgatherv");
        broadcast = (delegate* unmanaged<nint, int, nint, int, nint, nint*, int>)Export("MPI_Ibcast");
        send = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
        receive = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
        cancel = (delegate* unmanaged<nint*, int>)Export("MPI_Cancel");
        free = (delegate* unmanaged<nint*, int>)Export("MPI_Request_free");
        finalize = (delegate* unmanaged<int>)Export("MPI_Finalize");
    }

    /// <summary>The file that was loaded.</summary>
    public string Name { get; }

    /// <summary>Handles of the standard.</summary>
    public nint World { get; }

    public nint Byte { get; }

    public nint Float { get; }

    public nint Double { get; }

    public nint Sum { get; }

    public nint InPlace { get; }

    /// <summary>The library's own first line about itself.</summary>
    public string Version => Text((text, length) => libraryVersion(text, length)).Split('\n')[0];

    /// <summary>Loads the library that belongs to a launcher, or the one that <see cref="Variable"/> names.</summary>
    /// <exception cref="RankFaultException">There is none.</exception>
    public static Mpi Load(Launcher launcher)
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        string[] names =
            named is { Length: > 0 } ? [named]
            : launcher.Name == "mpiexec" ? [.. MpichNames, .. OpenMpiNames]
            : [.. OpenMpiNames, .. MpichNames];
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            try
            {
                return new Mpi(library, name);
            }
            catch (EntryPointNotFoundException error)
            {
                throw new RankFaultException(
                    $"{name} is no MPI library that can be used: {error.Message} Name another one in {Variable} (OpenMPI 4 or MPICH 3.4 and later)",
                    error
                );
            }
        }
        throw new RankFaultException(
            $"{launcher.Name} started {launcher.Size} processes, and MPI, by which they would work together, is not here ({string.Join(", ", names)}): install it "
                + $"(Debian, Ubuntu: apt-get install openmpi-bin), name its library in {Variable}, or start one process"
        );
    }

    /// <summary>Starts MPI on this thread, the only one that calls it from here on.</summary>
    public (int Rank, int Size) Start()
    {
        const int Funneled = 1;
        int given,
            rank,
            size;
        Check(initThread(null, null, Funneled, &given), "MPI_Init_thread");
        Check(setErrorHandler(World, errorsReturn), "MPI_Comm_set_errhandler");
        Check(commRank(World, &rank), "MPI_Comm_rank");
        Check(commSize(World, &size), "MPI_Comm_size");
        return given >= Funneled
            ? (rank, size)
            : throw new RankFaultException(
                $"{Name} was built without threads (it offers level {given} of MPI_Init_thread, {Funneled} is needed): name another library in {Variable}"
            );
    }

    public void End() => Check(finalize(), "MPI_Finalize");

    public bool IsDone(nint* request)
    {
        int flag;
        Check(test(request, &flag, ignore), "MPI_Test");
        return flag != 0;
    }

    public void Barrier(nint* request) => Check(barrier(World, request), "MPI_Ibarrier");

    /// <summary>Sums in place.</summary>
    public void AllReduce(nint address, int count, nint type, nint* request) =>
        Check(allReduce(InPlace, address, count, type, Sum, World, request), "MPI_Iallreduce");

    /// <summary>Sums in place of one rank.</summary>
    public void Reduce(nint address, int count, nint type, int to, bool isHere, nint* request) =>
        Check(reduce(isHere ? InPlace : address, address, count, type, Sum, to, World, request), "MPI_Ireduce");

    public void AllGather(nint own, int count, nint all, int* counts, int* starts, nint* request) =>
        Check(allGather(own, count, Byte, all, counts, starts, Byte, World, request), "MPI_Iallgatherv");

    public void Broadcast(nint address, int count, int from, nint* request) =>
        Check(broadcast(address, count, Byte, from, World, request), "MPI_Ibcast");

    public void Send(nint address, int count, int to, int tag, nint* request) =>
        Check(send(address, count, Byte, to, tag, World, request), "MPI_Isend");

    public void Receive(nint address, int count, int from, int tag, nint* request) =>
        Check(receive(address, count, Byte, from, tag, World, request), "MPI_Irecv");

    /// <summary>Gives a receive up that nobody will answer.</summary>
    public void Abandon(nint* request)
    {
        Check(cancel(request), "MPI_Cancel");
        Check(free(request), "MPI_Request_free");
    }

    private void Check(int code, string function)
    {
        if (code != 0)
            throw new RankFaultException($"{function} failed: {Text((text, length) => errorString(code, text, length))} ({Name})");
    }

    private delegate int Writes(byte* text, int* length);

    private static string Text(Writes write)
    {
        var text = stackalloc byte[LongestText];
        var length = 0;
        return write(text, &length) == 0 ? Encoding.UTF8.GetString(text, length).Trim() : "no text";
    }

    private nint Export(string name) => NativeLibrary.GetExport(library, name);
}
