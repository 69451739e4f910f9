using System.Runtime.InteropServices;
using System.Text;

namespace Assay.Testing.StandIns;

/// <summary>
/// NCCL's functions on a machine without CUDA devices, by <c>nccl.h</c> and not by our own declarations of it: what a call hands over wrong
/// arrives wrong. It keeps NCCL's ways: ranks find each other by <c>NCCL_COMM_ID</c> of C's environment, calls return before the work is
/// done, nobody checks that ranks call the same, and work that waits for a rank ends by an abort alone.
/// </summary>
public static unsafe class NcclStandIn
{
    private const int Success = 0,
        InternalError = 3,
        InvalidArgument = 4,
        InvalidUsage = 5;
    private const int Sum = 0;

    private static readonly Dictionary<nint, NcclStandInRank> Ranks = [];
    private static int _calls;

    /// <summary>What <c>ncclGetVersion</c> says: NCCL_VERSION_CODE.</summary>
    public static int VersionCode { get; set; } = 22705;

    /// <summary>The collective, from 1, in which this rank's device fails.</summary>
    public static int FailsAt { get; set; }

    /// <summary>How late a device begins with a collective.</summary>
    public static TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The address of a function by its name, or 0.</summary>
    public static nint Export(string name) =>
        name switch
        {
            "ncclGetVersion" => (nint)(delegate* unmanaged<int*, int>)&GetVersion,
            "ncclGetUniqueId" => (nint)(delegate* unmanaged<UniqueId*, int>)&GetUniqueId,
            "ncclCommInitRank" => (nint)(delegate* unmanaged<void**, int, UniqueId, int, int>)&CommInitRank,
            "ncclCommDestroy" => (nint)(delegate* unmanaged<void*, int>)&CommDestroy,
            "ncclCommAbort" => (nint)(delegate* unmanaged<void*, int>)&CommAbort,
            "ncclCommGetAsyncError" => (nint)(delegate* unmanaged<void*, int*, int>)&CommGetAsyncError,
            "ncclGetErrorString" => (nint)(delegate* unmanaged<int, byte*>)&GetErrorString,
            "ncclGetLastError" => (nint)(delegate* unmanaged<void*, byte*>)&GetLastError,
            "ncclBroadcast" => (nint)(delegate* unmanaged<void*, void*, nuint, int, int, void*, void*, int>)&Broadcast,
            "ncclAllReduce" => (nint)(delegate* unmanaged<void*, void*, nuint, int, int, void*, void*, int>)&AllReduce,
            "ncclReduce" => (nint)(delegate* unmanaged<void*, void*, nuint, int, int, int, void*, void*, int>)&Reduce,
            "ncclAllGather" => (nint)(delegate* unmanaged<void*, void*, nuint, int, void*, void*, int>)&AllGather,
            _ => 0,
        };

    [UnmanagedCallersOnly]
    private static int GetVersion(int* version)
    {
        *version = VersionCode;
        return Success;
    }

    // The address, and a number that all have to have: 1 where it came from the environment, else one that is drawn.
    [UnmanagedCallersOnly]
    private static int GetUniqueId(UniqueId* id)
    {
        var named = Marshal.PtrToStringUTF8(getenv("NCCL_COMM_ID"));
        var text = named is not null ? $"1 {named}" : $"{Random.Shared.Next(2, 1 << 30)} {NcclStandInRank.NewRoot()}";
        var bytes = new Span<byte>(id, sizeof(UniqueId));
        bytes.Clear();
        Encoding.UTF8.GetBytes(text, bytes);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CommInitRank(void** communicator, int size, UniqueId id, int rank)
    {
        if (!CudaStandIn.HasContext || size < 1 || rank < 0 || rank >= size)
            return InvalidArgument;
        var text = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(&id, sizeof(UniqueId))).TrimEnd('\0').Split(' ');
        if (text.Length != 2)
            return InvalidArgument;
        var made = NcclStandInRank.Meet(text[1], isNamed: text[0] == "1", size, rank);
        lock (Ranks)
        {
            Ranks[Ranks.Count + 1] = made;
            *communicator = (void*)Ranks.Count;
        }
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CommDestroy(void* communicator) => Of(communicator).Close();

    [UnmanagedCallersOnly]
    private static int CommAbort(void* communicator) => Of(communicator).Close();

    [UnmanagedCallersOnly]
    private static int CommGetAsyncError(void* communicator, int* error)
    {
        *error = Of(communicator).AsyncError;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static byte* GetErrorString(int code) =>
        (byte*)
            Marshal.StringToCoTaskMemUTF8(
                code switch
                {
                    0 => "no error",
                    InternalError => "internal error - please report this issue to the NCCL developers",
                    InvalidArgument => "invalid argument (run with NCCL_DEBUG=WARN for details)",
                    InvalidUsage => "invalid usage (run with NCCL_DEBUG=WARN for details)",
                    6 => "remote process exited or there was a network error",
                    _ => "unknown result code",
                }
            );

    [UnmanagedCallersOnly]
    private static byte* GetLastError(void* communicator) => (byte*)Marshal.StringToCoTaskMemUTF8("");

    [UnmanagedCallersOnly]
    private static int Broadcast(void* from, void* to, nuint count, int type, int root, void* communicator, void* stream) =>
        Begin(communicator, stream, new Header(0, (long)count, type, root), from, to);

    [UnmanagedCallersOnly]
    private static int AllReduce(void* from, void* to, nuint count, int type, int operation, void* communicator, void* stream) =>
        operation != Sum ? InvalidArgument : Begin(communicator, stream, new Header(1, (long)count, type, -1), from, to);

    [UnmanagedCallersOnly]
    private static int Reduce(void* from, void* to, nuint count, int type, int operation, int root, void* communicator, void* stream) =>
        operation != Sum ? InvalidArgument : Begin(communicator, stream, new Header(2, (long)count, type, root), from, to);

    [UnmanagedCallersOnly]
    private static int AllGather(void* from, void* to, nuint count, int type, void* communicator, void* stream) =>
        Begin(communicator, stream, new Header(3, (long)count, type, -1), from, to);

    private static int Begin(void* communicator, void* stream, Header header, void* from, void* to)
    {
        if (!CudaStandIn.HasContext || header.Root >= Of(communicator).Size || header.ElementBytes == 0)
            return InvalidArgument;
        var fails = ++_calls == FailsAt;
        CudaStandIn.Enqueue(
            (nint)stream,
            () =>
            {
                Thread.Sleep(Delay); // what does not wait for it is wrong
                if (fails)
                    Of(communicator).Fail(InternalError);
                else
                    Of(communicator).Do(header, (nint)from, (nint)to);
            }
        );
        return Success;
    }

    private static NcclStandInRank Of(void* communicator)
    {
        lock (Ranks)
            return Ranks[(nint)communicator];
    }

    [DllImport("libc")]
    private static extern nint getenv(string name);

    /// <summary>A collective as its caller says it.</summary>
    internal readonly record struct Header(int Kind, long Count, int Type, int Root)
    {
        /// <summary>Of ncclUint8, ncclFloat32 and ncclFloat64.</summary>
        public int ElementBytes =>
            Type switch
            {
                1 => 1,
                7 => 4,
                8 => 8,
                _ => 0,
            };
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct UniqueId;
}
