namespace Assay.Data.Reading.Containers;

/// <summary>
/// Chooses the container: Parquet, Arrow and JSON arrays by their first bytes; CSV and TSV, which have no mark, by the extension, or by a
/// header line where there is none (a pipe); else JSON Lines.
/// </summary>
internal static class RowSources
{
    public static RowSource Open(string path, int maxLineBytes)
    {
        var input = new InputFile(path);
        try
        {
            var head = input.Head.Span;
            if (head.StartsWith("PAR1"u8) || head.StartsWith("PARE"u8))
                return new ParquetSource(input, maxLineBytes);
            if (head.StartsWith(ArrowSource.FileMark) || head.StartsWith(ArrowSource.StreamMark))
                return new ArrowSource(input, maxLineBytes);
            if (Delimiter(path, head) is { } delimiter)
                return new DelimitedSource(input, delimiter, maxLineBytes);
            var first = head.IndexOfAnyExcept(" \t\r\n"u8);
            return first >= 0 && head[first] == '[' ? new JsonArraySource(input, maxLineBytes) : new JsonLinesSource(input, maxLineBytes);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    private static char? Delimiter(string path, ReadOnlySpan<byte> head) =>
        DataFiles.ExtensionOf(path) switch
        {
            ".csv" => ',',
            ".tsv" => '\t',
            "" => HeaderDelimiter(head),
            _ => null,
        };

    /// <summary>What separates the cells of a first line that is made of names; null where it is not.</summary>
    private static char? HeaderDelimiter(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        var line = head[..end];
        if (line.IndexOfAnyExceptInRange((byte)' ', (byte)'~') is >= 0 and var other && line[other] is not ((byte)'\t' or (byte)'\r'))
            return null;
        if (line.IndexOfAny("{}[]:"u8) >= 0)
            return null;
        return line.Contains((byte)'\t') ? '\t'
            : line.Contains((byte)',') ? ','
            : null;
    }
}
