using System.Text;

namespace Assay.Data.Reading;

/// <summary>What bytes that are no rows probably are, and what to do with them. Only asked once they could not be read.</summary>
internal static class FileGuess
{
    /// <summary>One clause for a message, or null when nothing comes to mind.</summary>
    /// <param name="head">The beginning of the file, or of its first line.</param>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length == 0)
            return null;
        if (head.IndexOfAnyExcept((byte)0) < 0)
            return "the file is made of zero bytes: its disk was full or its download broke off";
        if (head.StartsWith("PK\x03\x04"u8))
            return "the file is a zip archive: unpack it";
        if (head.StartsWith("BZh"u8))
            return "the file is compressed with bzip2: unpack it (bunzip2), or use gzip or zstd";
        if (head.StartsWith<byte>([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']))
            return "the file is compressed with xz: unpack it (unxz), or use gzip or zstd";
        if (head.StartsWith("ARROW1"u8))
            return "the file is Arrow or Feather: save it as Parquet or JSON Lines";
        if (head.StartsWith("version https://git-lfs"u8))
            return "the file is a pointer of Git LFS, not the data: git lfs pull";
        if (head.StartsWith("<"u8))
            return "the file is a web page or XML: was it downloaded from the page instead of the raw file?";
        if (head.Length > 3 && (head[1] == 0 && head[3] == 0 || head[0] == 0 && head[2] == 0 && head[1] != 0))
            return "the file is UTF-16 without a byte-order mark: save it as UTF-8 (iconv -f UTF-16LE -t UTF-8, or UTF-16BE)";
        var text = Encoding.UTF8.GetString(head);
        if (text.Contains('\r') && !text.Contains('\n'))
            return "lines end with a carriage return alone: tr '\\r' '\\n' makes lines of them";
        if (text.TrimStart().StartsWith("{'", StringComparison.Ordinal))
            return "the rows are Python dictionaries: write them with json.dumps";
        if (text.TrimStart().StartsWith('{') && text.TrimEnd()[^1] is '{' or '[')
            return "if this is one JSON object over several lines: jq -c . makes a line of each object, jq -c '.data[]' of each row of the list \"data\"";
        return null;
    }
}
