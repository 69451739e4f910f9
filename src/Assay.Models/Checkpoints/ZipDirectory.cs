using System.Buffers.Binary;
using System.Text;

namespace Assay.Models.Checkpoints;

/// <summary>
/// Where the entries of a zip lie that holds them unpacked, as torch.save writes it: so they can be read from the file's mapping. Format:
/// APPNOTE 6.3.10 (central directory 4.3.12, zip64 4.3.14 and 4.5.3).
/// </summary>
internal static class ZipDirectory
{
    private const uint EndMark = 0x06054b50,
        Zip64EndMark = 0x06064b50,
        Zip64LocatorMark = 0x07064b50,
        EntryMark = 0x02014b50,
        LocalMark = 0x04034b50;
    private const int EndLength = 22,
        LocatorLength = 20,
        EntryLength = 46,
        LocalLength = 30,
        LongestComment = ushort.MaxValue;
    private const ulong MostEntries = 1 << 20;

    /// <summary>Bytes of the file; throws <see cref="ArgumentOutOfRangeException"/> outside of it.</summary>
    public delegate ReadOnlySpan<byte> TakeBytes(long offset, int count);

    /// <summary>Every entry's first byte and length.</summary>
    /// <exception cref="FormatException">Not a zip, cut short, or with entries that are packed or encrypted; the message says
    /// which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It points outside the file.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(TakeBytes take, long fileLength)
    {
        var (count, at) = Directory(take, fileLength);
        if (count > MostEntries)
            throw new FormatException($"its directory lists {count} entries");
        var entries = new Dictionary<string, (long, long)>();
        for (var i = 0UL; i < count; i++)
        {
            var head = take(at, EntryLength);
            if (UInt32(head, 0) != EntryMark)
                throw new FormatException("its directory is damaged");
            int nameLength = UInt16(head, 28),
                extraLength = UInt16(head, 30),
                commentLength = UInt16(head, 32);
            var name = Encoding.UTF8.GetString(take(at + EntryLength, nameLength));
            if (UInt16(head, 10) != 0)
                throw new FormatException($"{name} is packed; torch.save leaves entries unpacked");
            if ((UInt16(head, 8) & 1) != 0)
                throw new FormatException($"{name} is encrypted");
            ulong packed = UInt32(head, 20),
                length = UInt32(head, 24),
                local = UInt32(head, 42);
            ReadZip64(take(at + EntryLength + nameLength, extraLength), ref length, ref packed, ref local);
            if (packed != length)
                throw new FormatException($"{name} has two lengths");
            var localHead = take(checked((long)local), LocalLength);
            if (UInt32(localHead, 0) != LocalMark)
                throw new FormatException($"{name} is not where the directory says");
            var offset = checked((long)local + LocalLength + UInt16(localHead, 26) + UInt16(localHead, 28));
            if (length > (ulong)fileLength || offset > fileLength - (long)length)
                throw new FormatException($"{name} ends behind the file's end");
            if (!entries.TryAdd(name, (offset, (long)length)))
                throw new FormatException($"{name} stands twice");
            at += EntryLength + nameLength + extraLength + commentLength;
        }
        return entries;
    }

    private static (ulong Count, long Offset) Directory(TakeBytes take, long fileLength)
    {
        for (var end = fileLength - EndLength; end >= Math.Max(0, fileLength - EndLength - LongestComment); end--)
        {
            var tail = take(end, EndLength);
            if (UInt32(tail, 0) != EndMark || UInt16(tail, 20) != fileLength - end - EndLength)
                continue;
            ulong count = UInt16(tail, 10),
                offset = UInt32(tail, 16);
            if (end >= LocatorLength && UInt32(take(end - LocatorLength, LocatorLength), 0) == Zip64LocatorMark)
            {
                var wide = take(checked((long)UInt64(take(end - LocatorLength, LocatorLength), 8)), 56);
                if (UInt32(wide, 0) != Zip64EndMark)
                    throw new FormatException("its directory is damaged");
                (count, offset) = (UInt64(wide, 32), UInt64(wide, 48));
            }
            return (count, checked((long)offset));
        }
        throw new FormatException("it has no zip directory at its end");
    }

    /// <summary>Sizes that do not fit 32 bits stand in an extra field, in this order, each only where its short form is all ones.</summary>
    private static void ReadZip64(ReadOnlySpan<byte> extra, ref ulong length, ref ulong packed, ref ulong local)
    {
        while (extra.Length >= 4)
        {
            int kind = UInt16(extra, 0),
                size = UInt16(extra, 2);
            if (size > extra.Length - 4)
                return;
            var field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (kind != 1)
                continue;
            if (length == uint.MaxValue)
                length = Next(ref field);
            if (packed == uint.MaxValue)
                packed = Next(ref field);
            if (local == uint.MaxValue)
                local = Next(ref field);
        }

        static ulong Next(ref ReadOnlySpan<byte> field)
        {
            if (field.Length < 8)
                throw new FormatException("its directory is damaged");
            var value = UInt64(field, 0);
            field = field[8..];
            return value;
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
