using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Assay.Testing;

/// <summary>Small Arrow tables, and the files that hold them.</summary>
public static class ArrowTable
{
    public static RecordBatch Of(params (string Name, IArrowArray Column)[] columns) =>
        new(
            new Schema(columns.Select(column => new Field(column.Name, column.Column.Data.DataType, nullable: true)), null),
            columns.Select(column => column.Column),
            columns[0].Column.Length
        );

    public static StringArray Texts(params string?[] texts) =>
        Cells(texts.Select(text => text is null ? null : Encoding.UTF8.GetBytes(text)));

    /// <summary>A column of texts that need not be UTF-8.</summary>
    public static StringArray Cells(IEnumerable<byte[]?> cells)
    {
        var builder = new StringArray.Builder();
        foreach (var cell in cells)
        {
            if (cell is null)
                builder.AppendNull();
            else
                builder.Append(cell.AsSpan());
        }
        return builder.Build();
    }

    /// <summary>A column of lists, cut from the values in order.</summary>
    public static ListArray Lists(IArrowArray values, params int[] lengths)
    {
        var offsets = new ArrowBuffer.Builder<int>();
        var at = 0;
        offsets.Append(at);
        foreach (var length in lengths)
            offsets.Append(at += length);
        return new ListArray(
            new ListType(new Field("item", values.Data.DataType, nullable: true)),
            lengths.Length,
            offsets.Build(),
            values,
            ArrowBuffer.Empty
        );
    }

    public static StructArray Structs(params (string Name, IArrowArray Column)[] fields) =>
        new(
            new StructType([.. fields.Select(field => new Field(field.Name, field.Column.Data.DataType, nullable: true))]),
            fields[0].Column.Length,
            fields.Select(field => field.Column),
            ArrowBuffer.Empty
        );

    /// <summary>A column of conversations, as the Hub's conversational sets have it.</summary>
    public static ListArray Messages(params (string Role, string Content)[][] rows)
    {
        (string Role, string Content)[] turns = [.. rows.SelectMany(row => row)];
        return Lists(
            Structs(("content", Texts([.. turns.Select(turn => turn.Content)])), ("role", Texts([.. turns.Select(turn => turn.Role)]))),
            [.. rows.Select(row => row.Length)]
        );
    }

    public static string WriteParquet(string path, params ReadOnlySpan<RecordBatch> rowGroups)
    {
        using var writer = new ParquetSharp.Arrow.FileWriter(path, rowGroups[0].Schema);
        foreach (var group in rowGroups)
        {
            writer.WriteRecordBatch(group);
            writer.NewBufferedRowGroup();
        }
        writer.Close();
        return path;
    }

    public static string WriteArrow(string path, ArrowLayout layout, params ReadOnlySpan<RecordBatch> batches)
    {
        using var file = File.Create(path);
        using var writer =
            layout == ArrowLayout.File ? new ArrowFileWriter(file, batches[0].Schema) : new ArrowStreamWriter(file, batches[0].Schema);
        foreach (var batch in batches)
            writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return path;
    }
}

/// <summary>Arrow's two layouts of the same batches.</summary>
public enum ArrowLayout
{
    File,
    Stream,
}
