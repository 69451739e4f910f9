using Assay.Data.Contract;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// JSON Lines: rows end at a line feed and nowhere else (U+2028 inside a string is text); a carriage return before it is dropped; blank
/// lines are skipped. Chunks stay under the size from which .NET allocates large objects, so reading leaves nothing for a full collection.
/// </summary>
internal sealed class JsonLinesSource(InputFile input, int maxLineBytes) : RowSource(input)
{
    private const int ChunkBytes = 64 << 10;
    private const int KeptOfTooLong = 200;

    private byte[] _rest = [];
    private long _line = 1;
    private bool _ended;

    public override string Container => Input.Compression is { } compression ? $"JSON Lines, {compression}" : "JSON Lines";

    public override IReadOnlyList<RawRow>? ReadChunk()
    {
        while (!_ended)
        {
            var rows = NextBlock();
            if (rows.Count > 0)
                return rows;
        }
        return null;
    }

    private List<RawRow> NextBlock()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, _rest.Length + ChunkBytes / 2));
        _rest.CopyTo(buffer, 0);
        var filled = _rest.Length;
        int lastFeed;
        while (true)
        {
            var read = Input.Stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            _ended = read < buffer.Length - filled;
            lastFeed = buffer.AsSpan(filled, read).LastIndexOf((byte)'\n');
            if (lastFeed >= 0)
                lastFeed += filled;
            filled += read;
            if (lastFeed >= 0 || _ended)
                break;
            if (filled > maxLineBytes)
                return [SkipTooLong(buffer.AsMemory(0, KeptOfTooLong), filled)];
            Array.Resize(ref buffer, (int)Math.Min((long)buffer.Length * 2, Math.Max(buffer.Length + 1L, maxLineBytes + 1L)));
        }
        var end = _ended ? filled : lastFeed + 1;
        _rest = buffer.AsSpan(end, filled - end).ToArray();
        return Cut(buffer.AsMemory(0, end));
    }

    private List<RawRow> Cut(ReadOnlyMemory<byte> block)
    {
        var rows = new List<RawRow>();
        while (block.Length > 0)
        {
            var feed = block.Span.IndexOf((byte)'\n');
            var line = feed < 0 ? block : block[..feed];
            block = feed < 0 ? default : block[(feed + 1)..];
            if (line.Length > 0 && line.Span[^1] == '\r')
                line = line[..^1];
            if (line.Length > maxLineBytes)
                rows.Add(new RawRow(_line, line[..KeptOfTooLong], TooLong(line.Length)));
            else if (line.Span.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') >= 0)
                rows.Add(new RawRow(_line, line));
            _line++;
        }
        return rows;
    }

    private RawRow SkipTooLong(ReadOnlyMemory<byte> beginning, long length)
    {
        var buffer = new byte[ChunkBytes];
        while (true)
        {
            var read = Input.Stream.Read(buffer);
            var feed = buffer.AsSpan(0, read).IndexOf((byte)'\n');
            if (read == 0 || feed >= 0)
            {
                _rest = feed < 0 ? [] : buffer.AsSpan(feed + 1, read - feed - 1).ToArray();
                _ended = read == 0;
                return new RawRow(_line++, beginning, TooLong(length + Math.Max(feed, 0)));
            }
            length += read;
        }
    }

    private Finding TooLong(long bytes) =>
        new(
            Reason.LineTooLong,
            $"the line has {bytes:N0} bytes, the limit is {maxLineBytes:N0}; only its first {KeptOfTooLong} bytes were kept",
            1
        );
}
