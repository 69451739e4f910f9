using System.Globalization;
using System.Runtime.InteropServices;

namespace Assay.Ranks.Nccl;

/// <summary>
/// NCCL's C functions as <c>nccl.h</c> of 2.27.5 declares them (the same since 2.4, <c>ncclGetLastError</c> since 2.13, where it is asked
/// only if it is there). Enumerations are 32-bit integers; a communicator and a stream are pointers; the unique id goes by value.
/// <code>
/// ncclResult_t ncclGetVersion(int *version);
/// ncclResult_t ncclGetUniqueId(ncclUniqueId* uniqueId);
/// ncclResult_t ncclCommInitRank(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank);
/// ncclResult_t ncclCommDestroy(ncclComm_t comm);
/// ncclResult_t ncclCommAbort(ncclComm_t comm);
/// ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError);
/// const char*  ncclGetErrorString(ncclResult_t result);
/// const char*  ncclGetLastError(ncclComm_t comm);
/// ncclResult_t ncclBroadcast(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t datatype, int root, ncclComm_t comm,
/// cudaStream_t stream);
/// ncclResult_t ncclAllReduce(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t
/// comm, cudaStream_t stream);
/// ncclResult_t ncclReduce(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t datatype, ncclRedOp_t op, int root,
/// ncclComm_t comm, cudaStream_t stream);
/// ncclResult_t ncclAllGather(const void* sendbuff, void* recvbuff, size_t sendcount, ncclDataType_t datatype, ncclComm_t comm,
/// cudaStream_t stream);
/// </code>
/// </summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>Names the library's file where it is not found, or another one is wanted.</summary>
    public const string Variable = "ASSAY_NCCL";

    /// <summary><c>ncclDataType_t</c>.</summary>
    public const int Uint8 = 1,
        Float32 = 7,
        Float64 = 8;

    private const int Success = 0,
        InProgress = 7,
        Sum = 0;
    private const string FileName = "libnccl.so.2";

    private readonly delegate* unmanaged<int*, int> getVersion;
    private readonly delegate* unmanaged<NcclUniqueId*, int> getUniqueId;
    private readonly delegate* unmanaged<nint*, int, NcclUniqueId, int, int> commInitRank;
    private readonly delegate* unmanaged<nint, int> commDestroy,
        commAbort;
    private readonly delegate* unmanaged<nint, int*, int> commGetAsyncError;
    private readonly delegate* unmanaged<int, byte*> getErrorString;
    private readonly delegate* unmanaged<nint, byte*> getLastError;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int> broadcast,
        allReduce;
    private readonly delegate* unmanaged<nint, nint, nuint, int, int, int, nint, nint, int> reduce;
    private readonly delegate* unmanaged<nint, nint, nuint, int, nint, nint, int> allGather;

    /// <param name="name">Of the file, for messages.</param>
    /// <param name="export">The address of a function by its name, or 0.</param>
    /// <exception cref="RankFaultException">A function is missing.</exception>
    public NcclLibrary(string name, Func<string, nint> export)
    {
        Name = name;
        getVersion = (delegate* unmanaged<int*, int>)Needed("ncclGetVersion");
        getUniqueId = (delegate* unmanaged<NcclUniqueId*, int>)Needed("ncclGetUniqueId");
        commInitRank = (delegate* unmanaged<nint*, int, NcclUniqueId, int, int>)Needed("ncclCommInitRank");
        commDestroy = (delegate* unmanaged<nint, int>)Needed("ncclCommDestroy");
        commAbort = (delegate* unmanaged<nint, int>)Needed("ncclCommAbort");
        commGetAsyncError = (delegate* unmanaged<nint, int*, int>)Needed("ncclCommGetAsyncError");
        getErrorString = (delegate* unmanaged<int, byte*>)Needed("ncclGetErrorString");
        getLastError = (delegate* unmanaged<nint, byte*>)export("ncclGetLastError");
        broadcast = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Needed("ncclBroadcast");
        allReduce = (delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Needed("ncclAllReduce");
        reduce = (delegate* unmanaged<nint, nint, nuint, int, int, int, nint, nint, int>)Needed("ncclReduce");
        allGather = (delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)Needed("ncclAllGather");
        int code;
        Check(getVersion(&code), "ncclGetVersion", 0);
        // NCCL_VERSION of nccl.h: another code up to 2.8.
        Version =
            code < 10_000
                ? new Version(code / 1000, code / 100 % 10, code % 100)
                : new Version(code / 10_000, code / 100 % 100, code % 100);

        nint Needed(string function) =>
            export(function) is not 0 and var address
                ? address
                : throw new RankFaultException(
                    $"{name} is no NCCL that can be used: it has no {function}. Name another one in {Variable} (NCCL 2.4 and later)"
                );
    }

    /// <summary>The file that was loaded.</summary>
    public string Name { get; }

    public Version Version { get; }

    /// <summary>
    /// Loads NCCL: the file that <see cref="Variable"/> names; the one beside libtorch, in its folder or where pip puts it; the system's;
    /// or the one that is linked into libtorch's CUDA part.
    /// </summary>
    /// <param name="folder">That of libtorch, or null.</param>
    /// <exception cref="RankFaultException">There is none.</exception>
    public static NcclLibrary Load(string? folder)
    {
        string[] names = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? [named] : [.. Places(folder)];
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            if (names.Length > 1 && !NativeLibrary.TryGetExport(library, "ncclCommInitRank", out _))
                continue; // libtorch_cuda without it
            return new NcclLibrary(name, function => NativeLibrary.TryGetExport(library, function, out var address) ? address : 0);
        }
        throw new RankFaultException(
            $"NCCL, by which several processes on CUDA devices work together, is not here ({string.Join(", ", names)}): pip install torch brings it, or "
                + $"pip install nvidia-nccl-cu12, or NVIDIA's package libnccl2; name its file in {Variable}"
        );
    }

    private static IEnumerable<string> Places(string? folder)
    {
        if (folder is not null)
        {
            yield return Path.Combine(folder, FileName);
            yield return Path.GetFullPath(Path.Combine(folder, "..", "..", "nvidia", "nccl", "lib", FileName));
        }
        yield return FileName;
        if (folder is not null)
            yield return Path.Combine(folder, "libtorch_cuda.so");
    }

    public NcclUniqueId NewId()
    {
        NcclUniqueId id;
        Check(getUniqueId(&id), "ncclGetUniqueId", 0);
        return id;
    }

    /// <summary>Makes a communicator on this thread's device; returns when all ranks have called it.</summary>
    public nint Begin(int size, NcclUniqueId id, int rank)
    {
        nint made;
        Check(commInitRank(&made, size, id, rank), "ncclCommInitRank", 0);
        return made;
    }

    public void End(nint communicator) => Check(commDestroy(communicator), "ncclCommDestroy", 0);

    /// <summary>Ends what is under way too. From any thread.</summary>
    public void Abort(nint communicator) => commAbort(communicator);

    /// <summary>What went wrong behind the calls, or null.</summary>
    public string? Failure(nint communicator)
    {
        int error;
        var code = commGetAsyncError(communicator, &error);
        return code is not Success ? Text(code, communicator)
            : error is Success or InProgress ? null
            : Text(error, communicator);
    }

    public void Broadcast(nint address, long bytes, int from, nint communicator, nint stream) =>
        Check(broadcast(address, address, (nuint)bytes, Uint8, from, communicator, stream), "ncclBroadcast", communicator);

    /// <summary>Sums in place.</summary>
    public void AllReduce(nint address, long count, int type, nint communicator, nint stream) =>
        Check(allReduce(address, address, (nuint)count, type, Sum, communicator, stream), "ncclAllReduce", communicator);

    /// <summary>Sums in the place of one rank.</summary>
    public void Reduce(nint address, long count, int type, int to, nint communicator, nint stream) =>
        Check(reduce(address, address, (nuint)count, type, Sum, to, communicator, stream), "ncclReduce", communicator);

    /// <param name="own">What this rank gives.</param>
    /// <param name="all">Room for as much of each.</param>
    /// <param name="bytes">As many on each rank.</param>
    public void AllGather(nint own, nint all, long bytes, nint communicator, nint stream) =>
        Check(allGather(own, all, (nuint)bytes, Uint8, communicator, stream), "ncclAllGather", communicator);

    private void Check(int code, string function, nint communicator)
    {
        if (code != Success)
            throw new RankFaultException(
                $"{function} failed: {Text(code, communicator)} ({Name}{(Version is null ? "" : " " + Version)}; NCCL_DEBUG=WARN tells more)"
            );
    }

    private string Text(int code, nint communicator)
    {
        var text = Marshal.PtrToStringUTF8((nint)getErrorString(code)) ?? code.ToString(CultureInfo.InvariantCulture);
        var last = getLastError is null ? null : Marshal.PtrToStringUTF8((nint)getLastError(communicator));
        return string.IsNullOrWhiteSpace(last) ? text : $"{text}: {last.Trim()}";
    }
}
