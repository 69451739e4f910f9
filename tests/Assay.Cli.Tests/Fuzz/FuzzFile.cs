using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Assay.Testing;

namespace Assay.Cli.Tests.Fuzz;

/// <summary>
/// A file of mutated rows, drawn by its seed: one container, mostly one format, mutated rows or mutated bytes of the file itself.
/// </summary>
/// <param name="Path">Where it was written.</param>
/// <param name="Format">The format most rows were made from.</param>
/// <param name="RowCount">Rows put into it.</param>
/// <param name="IsCounted">Every row can be told from its neighbours, so a reader has to find just as many; false where bytes of the file
/// itself were changed.</param>
internal sealed record FuzzFile(string Path, string Format, int RowCount, bool IsCounted)
{
    private static readonly string[] Containers = ["jsonl", "json", "csv", "tsv", "parquet", "file.arrow", "stream.arrow"];

    public static FuzzFile Draw(int seed, string folder, int rowCount)
    {
        var random = new Random(seed);
        var mutation = new Mutation(random);
        var (format, _) = RowSeeds.All[random.Next(RowSeeds.All.Count)];
        string[] seeds =
            random.Next(8) == 0
                ? [.. RowSeeds.Conversations]
                : [.. RowSeeds.All.Where(entry => entry.Format == format).Select(entry => entry.Row)];
        var container = Containers[random.Next(Containers.Length)];
        var rows = new List<byte[]>();
        var ofBytes = container != "json" && random.Next(2) == 0;
        for (var i = 0; i < rowCount; i++)
        {
            // The first row is good, so that the format is found; a few others are, so that good rows must not be lost beside bad ones.
            var row = random.Next(20) == 0 ? RowSeeds.All[random.Next(RowSeeds.All.Count)].Row : seeds[random.Next(seeds.Length)];
            rows.Add(
                i == 0 || random.Next(6) == 0 ? Encoding.UTF8.GetBytes(row)
                : ofBytes && container == "jsonl" ? NotBlank(mutation.OfBytes(Encoding.UTF8.GetBytes(row), "\n"u8))
                : Encoding.UTF8.GetBytes(mutation.OfStructure(row))
            );
        }
        var path = System.IO.Path.Combine(folder, $"rows.{container}");
        switch (container)
        {
            case "jsonl":
                File.WriteAllBytes(path, Joined(rows, "\n"u8));
                break;
            case "json":
                File.WriteAllBytes(path, [(byte)'[', .. Joined(rows, ",\n"u8), (byte)']']);
                break;
            case "csv" or "tsv":
                File.WriteAllBytes(path, Delimited(rows, container == "csv" ? ',' : '\t', random, ofBytes ? mutation : null));
                break;
            default:
                WriteColumns(path, container, rows, random, ofBytes ? mutation : null);
                break;
        }
        if (random.Next(3) is not 0 and var packing)
            path = Packed(path, packing);
        var isCounted = random.Next(4) > 0;
        if (!isCounted)
            File.WriteAllBytes(path, mutation.OfBytes(File.ReadAllBytes(path)));
        // Structure can break an array of rows as a whole: a row that is no value, or one that closes a bracket too many.
        return new(path, format, rowCount, isCounted && container != "json");
    }

    private static byte[] NotBlank(byte[] row) =>
        row.All(value => value is (byte)' ' or (byte)'\t' or (byte)'\r') ? [.. row, (byte)'x'] : row;

    private static byte[] Joined(List<byte[]> rows, ReadOnlySpan<byte> separator)
    {
        using var all = new MemoryStream();
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0)
                all.Write(separator);
            all.Write(rows[i]);
        }
        return all.ToArray();
    }

    /// <summary>
    /// The rows as cells by the columns of the first one: texts as they are, all else as JSON. A row that is no object is its text in the
    /// first cell.
    /// </summary>
    private static (string[] Columns, List<byte[]?[]> Cells) Cells(List<byte[]> rows, Random random, Mutation? mutation)
    {
        string[] columns = [.. RowSeeds.Parsed(Encoding.UTF8.GetString(rows[0])).Select(member => member.Key), "extra"];
        var cells = new List<byte[]?[]>();
        foreach (var row in rows)
        {
            JsonDocument? document = null;
            try
            {
                document = JsonDocument.Parse(row);
            }
            catch (JsonException) { }
            var values = new byte[]?[columns.Length];
            for (var i = 0; i < columns.Length; i++)
            {
                if (document?.RootElement is { ValueKind: JsonValueKind.Object } owner && Member(owner, columns[i]) is { } value)
                    values[i] = Text(value);
                else if (i == 0 && document?.RootElement.ValueKind != JsonValueKind.Object)
                    values[i] = row;
                if (mutation is not null && values[i] is { Length: > 1 } cell && random.Next(4) == 0)
                    values[i] = mutation.OfBytes(cell);
            }
            cells.Add(values);
        }
        return (columns, cells);
    }

    private static JsonElement? Member(JsonElement owner, string name)
    {
        try
        {
            return owner.TryGetProperty(name, out var value) ? value : null;
        }
        // A name that holds half a surrogate pair cannot be compared.
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[]? Text(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            return Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetBytes(value.GetRawText());
        }
    }

    private static byte[] Delimited(List<byte[]> rows, char delimiter, Random random, Mutation? mutation)
    {
        var (columns, cells) = Cells(rows, random, mutation);
        List<byte[]> lines = [Encoding.UTF8.GetBytes(string.Join(delimiter, columns))];
        foreach (var row in cells)
            lines.Add(
                Joined(
                    [
                        .. row.Select(cell =>
                            (byte[])
                                [(byte)'"', .. (cell ?? []).SelectMany(value => value == '"' ? (byte[])[value, value] : [value]), (byte)'"']
                        ),
                    ],
                    [(byte)delimiter]
                )
            );
        return Joined(lines, "\n"u8);
    }

    private static void WriteColumns(string path, string container, List<byte[]> rows, Random random, Mutation? mutation)
    {
        var (columns, cells) = Cells(rows, random, mutation);
        var table = columns.Select((name, i) => (name, (IArrowArray)ArrowTable.Cells(cells.Select(row => row[i])))).ToList();
        // Where the rows hold message lists, columns of those as well: nested data has levels that can break.
        if (random.Next(2) == 0)
        {
            (string, string)[][] turns =
            [
                .. rows.Select(
                    (_, i) =>
                        Enumerable.Range(0, i % 4).Select(turn => (turn % 2 == 0 ? "user" : "assistant", $"turn {i} {turn}")).ToArray()
                ),
            ];
            foreach (var name in (string[])["chosen", "rejected"])
            {
                table.RemoveAll(column => column.name == name);
                table.Add((name, ArrowTable.Messages(turns)));
            }
        }
        var batch = ArrowTable.Of([.. table]);
        if (container == "parquet")
            ArrowTable.WriteParquet(path, batch);
        else
            ArrowTable.WriteArrow(path, container == "file.arrow" ? ArrowLayout.File : ArrowLayout.Stream, batch);
    }

    private static string Packed(string path, int packing)
    {
        var bytes = File.ReadAllBytes(path);
        var packed = path + (packing == 1 ? ".gz" : ".zst");
        if (packing == 1)
        {
            using var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest);
            gzip.Write(bytes);
        }
        else
        {
            using var compressor = new ZstdSharp.Compressor();
            File.WriteAllBytes(packed, compressor.Wrap(bytes).ToArray());
        }
        File.Delete(path);
        return packed;
    }
}
