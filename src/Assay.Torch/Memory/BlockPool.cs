using System.Runtime.InteropServices;

namespace Assay.Torch.Memory;

/// <summary>
/// Host memory for tensors, kept for reuse: what a training step frees, the next one takes, without the system's page faults. Large arenas
/// are cut into blocks; the smallest free block that fits is taken, and neighbours that are both free are joined. Blocks below
/// <see cref="SmallBytes"/> come from the C allocator. Safe for several threads.
/// </summary>
internal static unsafe class BlockPool
{
    /// <summary>Every block starts at a multiple of this: a cache line, and the width of AVX-512.</summary>
    private const int Alignment = 64;

    private const long SmallBytes = 32 * 1024;
    private const long ArenaBytes = 256L * 1024 * 1024;

    // The system backs memory by pages of this size where it can.
    private const int PageBytes = 2 * 1024 * 1024;

    private static readonly Lock Gate = new();
    private static readonly SortedSet<(long Bytes, nint Address)> FreeBySize = [];
    private static readonly Dictionary<nint, Block> Blocks = [];

    /// <summary>Bytes handed out now.</summary>
    public static long UsedBytes { get; private set; }

    /// <summary>The most bytes that were handed out at once.</summary>
    public static long PeakBytes { get; private set; }

    /// <summary>Bytes of all arenas, handed out or free.</summary>
    public static long ArenaTotalBytes { get; private set; }

    public static void ResetPeak()
    {
        lock (Gate)
            PeakBytes = UsedBytes;
    }

    /// <summary>At least this many bytes, content unknown.</summary>
    /// <exception cref="OutOfMemoryException">The system has no more.</exception>
    public static nint Take(long bytes)
    {
        var wanted = Rounded(bytes);
        lock (Gate)
        {
            UsedBytes += wanted;
            PeakBytes = Math.Max(PeakBytes, UsedBytes);
            if (wanted < SmallBytes)
                return (nint)NativeMemory.AlignedAlloc((nuint)wanted, Alignment);
            foreach (var (size, address) in FreeBySize.GetViewBetween((wanted, nint.MinValue), (long.MaxValue, nint.MaxValue)))
            {
                Cut(Blocks[address], wanted);
                return address;
            }

            var arena = NewArena(wanted);
            Cut(arena, wanted);
            return arena.Address;
        }
    }

    /// <summary>Gives back what <see cref="Take"/> gave for as many bytes.</summary>
    public static void Return(nint address, long bytes)
    {
        var given = Rounded(bytes);
        lock (Gate)
        {
            UsedBytes -= given;
            if (given < SmallBytes)
            {
                NativeMemory.AlignedFree((void*)address);
                return;
            }

            var block = Blocks[address];
            block.IsFree = true;
            if (block.Next is { IsFree: true } next)
                Join(block, next);
            if (block.Previous is { IsFree: true } previous)
            {
                Join(previous, block);
                block = previous;
            }

            FreeBySize.Add((block.Bytes, block.Address));
        }
    }

    private static long Rounded(long bytes) => (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;

    private static Block NewArena(long wanted)
    {
        var bytes = Math.Max((wanted + PageBytes - 1) / PageBytes * PageBytes, ArenaBytes);
        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, PageBytes);
        ArenaTotalBytes += bytes;
        var block = new Block(address, bytes) { IsFree = true };
        Blocks.Add(address, block);
        FreeBySize.Add((bytes, address));
        return block;
    }

    // The block is taken; what is left of it becomes a free block behind it.
    private static void Cut(Block block, long wanted)
    {
        FreeBySize.Remove((block.Bytes, block.Address));
        block.IsFree = false;
        var left = block.Bytes - wanted;
        if (left < SmallBytes)
            return;
        block.Bytes = wanted;
        var rest = new Block(block.Address + (nint)wanted, left)
        {
            IsFree = true,
            Previous = block,
            Next = block.Next,
        };
        if (rest.Next is not null)
            rest.Next.Previous = rest;
        block.Next = rest;
        Blocks.Add(rest.Address, rest);
        FreeBySize.Add((rest.Bytes, rest.Address));
    }

    // The second is a neighbour behind the first, and becomes a part of it.
    private static void Join(Block first, Block second)
    {
        FreeBySize.Remove((first.Bytes, first.Address));
        FreeBySize.Remove((second.Bytes, second.Address));
        Blocks.Remove(second.Address);
        first.Bytes += second.Bytes;
        first.Next = second.Next;
        if (first.Next is not null)
            first.Next.Previous = first;
    }

    private sealed class Block(nint address, long bytes)
    {
        public nint Address { get; } = address;

        public long Bytes { get; set; } = bytes;

        public bool IsFree { get; set; }

        public Block? Previous { get; set; }

        public Block? Next { get; set; }
    }
}
