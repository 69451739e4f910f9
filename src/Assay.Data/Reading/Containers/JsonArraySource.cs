using Assay.Data.Contract;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// One JSON array of rows, cut into its elements without holding it: only brackets and strings are followed here, so a row that is not JSON
/// inside still becomes one set-aside row. Line feeds between tokens become blanks, so that a row is one line; a row's line is the one it
/// begins at.
/// </summary>
internal sealed class JsonArraySource(InputFile input, int maxRowBytes) : RowSource(input)
{
    private const int RowsPerChunk = 64;

    private readonly byte[] _buffer = new byte[64 << 10];
    private int _at;
    private int _filled;
    private long _line = 1;
    private long _lineStart;
    private long _before;
    private long _count;
    private bool _afterRow;
    private bool _begun;
    private bool _ended;

    public override string Container => Input.Compression is { } compression ? $"JSON array, {compression}" : "JSON array";

    public override IReadOnlyList<RawRow>? ReadChunk()
    {
        if (_ended)
            return null;
        var rows = new List<RawRow>(RowsPerChunk);
        if (!_begun)
        {
            _ = NextToken();
            _begun = true;
        }
        while (rows.Count < RowsPerChunk && !_ended)
        {
            var first = NextToken();
            if (first < 0)
                throw new DataFormatException($"{Here()}: the JSON array is not closed: the file ends after row {_count}; is it complete?");
            if (first == ',' && _afterRow)
            {
                _afterRow = false;
                continue;
            }
            if (first == ',' || first == ']' && !_afterRow && _count > 0)
                throw new DataFormatException(
                    $"{Here()}: a row is missing after the comma behind row {_count} of the JSON array; remove the comma, or see what was lost"
                );
            if (first != ']' && _afterRow)
                throw new DataFormatException($"{Here()}: a comma is missing after row {_count} of the JSON array");
            if (first == ']')
            {
                _ended = true;
                var after = NextToken();
                if (after >= 0)
                    throw new DataFormatException(
                        $"{Here()}: there is more after the JSON array's end (\"{(char)after}\"); one array a file, or JSON Lines without brackets, was wanted"
                    );
                break;
            }
            rows.Add(Element((byte)first));
            _count++;
            _afterRow = true;
        }
        return rows.Count == 0 ? null : rows;
    }

    /// <summary>File, line and column of the last byte read, the column in bytes.</summary>
    private string Here() => $"{Input.Path}:{_line}:{Math.Max(1, _before + _at - _lineStart)}";

    private void EndLine()
    {
        _line++;
        _lineStart = _before + _at;
    }

    private RawRow Element(byte first)
    {
        var start = _line;
        var bytes = new List<byte>(1024) { first };
        var depth = first is (byte)'{' or (byte)'[' ? 1 : 0;
        var inString = first == '"';
        var escaped = false;
        while (depth > 0 || inString || first is not ((byte)'{' or (byte)'[' or (byte)'"'))
        {
            var next = Peek();
            if (next < 0)
                return new RawRow(start, bytes.ToArray(), new Finding(Reason.MalformedJson, "the file ends in the middle of this row", 1));
            if (depth == 0 && !inString && next is ',' or ']')
                break;
            _at++;
            if (next == '\n')
                EndLine();
            if (bytes.Count <= maxRowBytes)
                bytes.Add(!inString && next is '\n' or '\r' ? (byte)' ' : (byte)next);
            if (inString)
            {
                inString = escaped || next != '"';
                escaped = !escaped && next == '\\';
            }
            else if (next == '"')
                inString = true;
            else if (next is '{' or '[')
                depth++;
            else if (next is '}' or ']')
                depth--;
        }
        return bytes.Count > maxRowBytes
            ? new RawRow(
                start,
                bytes.Take(200).ToArray(),
                new Finding(Reason.LineTooLong, $"the row has more than {maxRowBytes:N0} bytes; only its first 200 were kept", 1)
            )
            : new RawRow(start, bytes.ToArray());
    }

    private int NextToken()
    {
        while (true)
        {
            var next = Peek();
            if (next < 0)
                return -1;
            _at++;
            if (next == '\n')
                EndLine();
            else if (next is not (' ' or '\t' or '\r'))
                return next;
        }
    }

    private int Peek()
    {
        if (_at == _filled)
        {
            _before += _filled;
            _filled = Input.Stream.Read(_buffer);
            _at = 0;
            if (_filled == 0)
                return -1;
        }
        return _buffer[_at];
    }
}
