using System.Text;
using System.Text.Json;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Turns byte offsets into the columns people see, and finds where a property's value stands. Only used once something is wrong.
/// </summary>
internal static class JsonColumns
{
    /// <summary>Column from 1, in characters (code points), of a byte offset from 0.</summary>
    public static int OfByte(ReadOnlySpan<byte> line, long byteOffset)
    {
        var column = 1;
        foreach (var value in line[..(int)Math.Min(byteOffset, line.Length)])
            if ((value & 0xC0) != 0x80)
                column++;
        return column;
    }

    /// <summary>Column of the value of a top-level property, or 0 when it is not there.</summary>
    public static int OfProperty(ReadOnlySpan<byte> line, string name)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (
                    reader.TokenType == JsonTokenType.PropertyName
                    && reader.CurrentDepth == 1
                    && reader.ValueTextEquals(name)
                    && reader.Read()
                )
                    return OfByte(line, reader.TokenStartIndex);
            }
        }
        catch (JsonException) { }
        return 0;
    }

    /// <summary>The first key that stands twice in one object, and its second place; null when there is none.</summary>
    public static (string Key, int Column)? DuplicateKey(ReadOnlySpan<byte> line)
    {
        var open = new Stack<HashSet<string>?>();
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push([]);
                    break;
                case JsonTokenType.StartArray:
                    open.Push(null);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName when reader.GetString() is { } key && !open.Peek()!.Add(key):
                    return (key, OfByte(line, reader.TokenStartIndex));
            }
        }
        return null;
    }

    /// <summary>Byte offset of the first sequence that is not UTF-8, or −1.</summary>
    public static int InvalidByte(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
                return at;
            at += consumed;
        }
        return -1;
    }
}
