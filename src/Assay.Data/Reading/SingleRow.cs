using System.Text.Json;
using Assay.Data.Reading.Containers;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>
/// One row read by itself, whatever its pair format: for files in which rows of several kinds may stand, and for readers that take pairs
/// among other things.
/// </summary>
public static class SingleRow
{
    /// <summary>
    /// The row as <see cref="PairReader"/> reads it, its first part where it gives several; what is wrong with it are findings.
    /// </summary>
    /// <param name="path">The file it stands in, for messages.</param>
    /// <param name="line">Its line, from 1.</param>
    /// <param name="json">The row, UTF-8 JSON.</param>
    public static PairRow Read(string path, long line, ReadOnlyMemory<byte> json) => Read(path, new RawRow(line, json));

    internal static PairRow Read(string path, RawRow raw) => new RowParser(path, FormatOf(raw)).Parse([raw], 0, 1)[0];

    private static RowFormat FormatOf(RawRow raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes);
            return RowFormat.DetectFrom(document.RootElement) ?? RowFormat.Of<TrlFormat>();
        }
        // Half a surrogate pair in a name throws the second; the pair reader words both.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return RowFormat.Of<TrlFormat>();
        }
    }
}
