using System.Runtime.CompilerServices;

namespace Assay.Text.Unicode;

/// <summary>
/// Reads and writes code points of UTF-8 that is known to be valid: the pipeline works on the bytes of the text, as the reference library
/// does.
/// </summary>
internal static class Utf8
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(byte lead) =>
        lead < 0x80 ? 1
        : lead < 0xE0 ? 2
        : lead < 0xF0 ? 3
        : 4;

    public static int Length(int codePoint) =>
        codePoint < 0x80 ? 1
        : codePoint < 0x800 ? 2
        : codePoint < 0x10000 ? 3
        : 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Decode(ReadOnlySpan<byte> text, int at, out int length)
    {
        int lead = text[at];
        if (lead < 0x80)
        {
            length = 1;
            return lead;
        }
        if (lead < 0xE0)
        {
            length = 2;
            return (lead & 0x1F) << 6 | text[at + 1] & 0x3F;
        }
        if (lead < 0xF0)
        {
            length = 3;
            return (lead & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F;
        }
        length = 4;
        return (lead & 0x07) << 18 | (text[at + 1] & 0x3F) << 12 | (text[at + 2] & 0x3F) << 6 | text[at + 3] & 0x3F;
    }

    /// <summary>Where the character that ends at <paramref name="end"/> begins.</summary>
    public static int Before(ReadOnlySpan<byte> text, int end)
    {
        var at = end - 1;
        while ((text[at] & 0xC0) == 0x80)
            at--;
        return at;
    }

    /// <summary>Writes a code point at <paramref name="at"/> (4 bytes must be free) and returns its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Encode(int codePoint, byte[] text, int at)
    {
        if (codePoint < 0x80)
        {
            text[at] = (byte)codePoint;
            return 1;
        }
        if (codePoint < 0x800)
        {
            text[at] = (byte)(0xC0 | codePoint >> 6);
            text[at + 1] = (byte)(0x80 | codePoint & 0x3F);
            return 2;
        }
        if (codePoint < 0x10000)
        {
            text[at] = (byte)(0xE0 | codePoint >> 12);
            text[at + 1] = (byte)(0x80 | codePoint >> 6 & 0x3F);
            text[at + 2] = (byte)(0x80 | codePoint & 0x3F);
            return 3;
        }
        text[at] = (byte)(0xF0 | codePoint >> 18);
        text[at + 1] = (byte)(0x80 | codePoint >> 12 & 0x3F);
        text[at + 2] = (byte)(0x80 | codePoint >> 6 & 0x3F);
        text[at + 3] = (byte)(0x80 | codePoint & 0x3F);
        return 4;
    }

    public static byte[] Bytes(int codePoint)
    {
        var bytes = new byte[4];
        return bytes[..Encode(codePoint, bytes, 0)];
    }

    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var unit in text)
            count += (unit & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }
}
