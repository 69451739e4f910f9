using System.Runtime.InteropServices;

namespace Assay.Ranks.Nccl;

/// <summary>What the ranks of one communicator find each other by: <c>ncclUniqueId</c>, 128 bytes that are passed by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NcclUniqueId
{
    public const int Length = 128;

    private fixed byte bytes[Length];

    public static NcclUniqueId From(ReadOnlySpan<byte> source)
    {
        NcclUniqueId id;
        source[..Length].CopyTo(new Span<byte>(id.bytes, Length));
        return id;
    }

    public byte[] ToArray()
    {
        fixed (byte* start = bytes)
            return new ReadOnlySpan<byte>(start, Length).ToArray();
    }
}
