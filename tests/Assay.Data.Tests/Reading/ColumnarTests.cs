using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Testing;
using static Assay.Testing.ArrowTable;

namespace Assay.Data.Tests.Reading;

/// <summary>Parquet and Arrow: the rows as JSON, and files that are not what they should be.</summary>
public sealed class ColumnarTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string In(string name) => Path.Combine(_folder.Path, name);

    private static (List<PairRow> Rows, string Container) Read(string path, int maxLineBytes = 64 << 20)
    {
        using var reader = PairReader.Open(path, new PairReaderOptions { MaxErrors = 100, MaxLineBytes = maxLineBytes });
        List<PairRow> rows = [.. reader.Read()];
        return (rows, reader.Container);
    }

    private static RecordBatch Two(params string[] names) =>
        Of(
            ("prompt", Texts("p", "q")),
            ("chosen", Texts("a", "c")),
            ("rejected", Texts("b", names.Length > 0 ? names[0] : "d")),
            ("margin", new DoubleArray.Builder().Append(0.5).AppendNull().Build())
        );

    public static TheoryData<string, string> Containers() =>
        new()
        {
            { "parquet", "Parquet" },
            { "arrow file", "Arrow" },
            { "arrow stream", "Arrow" },
        };

    private string Write(string kind, string name, params ReadOnlySpan<RecordBatch> batches) =>
        kind switch
        {
            "parquet" => WriteParquet(In(name), batches),
            "arrow file" => WriteArrow(In(name), ArrowLayout.File, batches),
            _ => WriteArrow(In(name), ArrowLayout.Stream, batches),
        };

    [Theory]
    [MemberData(nameof(Containers))]
    public void Rows_are_read_in_order_with_their_numbers(string kind, string container)
    {
        var (rows, found) = Read(Write(kind, "data", Two(), Two()));
        Assert.Equal(container, found);
        Assert.Equal(
            [("p", "a", "b", 0.5), ("q", "c", "d", null), ("p", "a", "b", 0.5), ("q", "c", "d", null)],
            rows.Select(row => (row.Pair!.Prompt, row.Pair.ChosenAnswer, row.Pair.RejectedAnswer, row.Pair.Margin))
        );
        Assert.Equal([1L, 2, 3, 4], rows.Select(row => row.Line));
    }

    [Fact]
    public void More_rows_than_a_batch_come_out_once_each()
    {
        string?[] numbers = [.. Enumerable.Range(1, 1000).Select(i => $"p{i}")];
        var batch = Of(
            ("prompt", Texts(numbers)),
            ("chosen", Texts(numbers)),
            ("rejected", Texts([.. numbers.Select(text => text + "!")]))
        );
        foreach (var kind in (string[])["parquet", "arrow file", "arrow stream"])
            Assert.Equal(numbers, Read(Write(kind, kind.Replace(' ', '.'), batch)).Rows.Select(row => row.Pair!.Prompt));
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Nested_columns_become_messages_and_objects(string kind, string container)
    {
        var batch = Of(
            ("prompt_id", Texts("id-1")),
            ("chosen", Messages([("user", "hi"), ("assistant", "yes")])),
            ("rejected", Messages([("user", "hi"), ("assistant", "n'o \" \\ ünï \u2028")])),
            ("meta", Structs(("source", Texts("here")), ("n", new Int64Array.Builder().Append(long.MaxValue).Build())))
        );
        var (rows, found) = Read(Write(kind, "train-00000-of-00001.parquet", batch));
        Assert.Equal(container, found);
        var row = Assert.Single(rows);
        Assert.Empty(row.Findings);
        Assert.Equal(
            ("hi", "yes", "n'o \" \\ ünï \u2028", "here"),
            (row.Pair!.Prompt, row.Pair.ChosenAnswer, row.Pair.RejectedAnswer, row.Source)
        );
    }

    [Fact]
    public void Every_type_has_its_form_in_json()
    {
        var time = new DateTimeOffset(2024, 2, 29, 23, 59, 58, 500, TimeSpan.Zero);
        var batch = Of(
            ("flag", new BooleanArray.Builder().Append(true).Build()),
            ("u64", new UInt64Array.Builder().Append(ulong.MaxValue).Build()),
            ("i8", new Int8Array.Builder().Append(-5).Build()),
            ("f32", new FloatArray.Builder().Append(0.1f).Build()),
            ("nan", new DoubleArray.Builder().Append(double.NaN).Build()),
            ("decimal", new Decimal128Array.Builder(new Decimal128Type(10, 2)).Append(12.5m).Build()),
            ("day", new Date32Array.Builder().Append(time.Date).Build()),
            ("time", new TimestampArray.Builder(new TimestampType(TimeUnit.Millisecond, "UTC")).Append(time).Build()),
            ("bytes", new BinaryArray.Builder().Append([1, 2, 255]).Build()),
            (
                "words",
                new DictionaryArray(
                    new DictionaryType(Int32Type.Default, StringType.Default, false),
                    new Int32Array.Builder().Append(1).Build(),
                    Texts("no", "yes")
                )
            ),
            ("empty", Lists(Texts(), 0)),
            ("nested", Lists(Lists(Texts("x", null), 1, 1), 2)),
            ("nothing", Texts((string?)null))
        );
        const string Expected =
            """{"flag":true,"u64":18446744073709551615,"i8":-5,"f32":0.1,"nan":"NaN","decimal":12.50,"day":"2024-02-29","time":"2024-02-29T23:59:58.5Z","bytes":"AQL/","words":"yes","empty":[],"nested":[["x"],[null]],"nothing":null}""";
        foreach (var kind in (string[])["parquet", "arrow file", "arrow stream"])
            Assert.Equal(
                Expected,
                JsonRows
                    .Read(Write(kind, kind.Replace(' ', '.'), batch))
                    .Single()
                    .Row.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            );
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Text_that_is_not_UTF_8_costs_its_row_and_stays_readable_as_base64(string kind, string container)
    {
        byte[] bad = [.. "caf"u8, 0xE9];
        var (rows, found) = Read(
            Write(
                kind,
                "bad.parquet",
                Of(("prompt", Texts("p", "q")), ("chosen", Cells([bad, "a"u8.ToArray()])), ("rejected", Texts("b", "b")))
            )
        );
        Assert.Equal(container, found);
        Assert.Equal(
            (Reason.BadEncoding, "chosen holds bytes that are not UTF-8; they stand in the row as base64"),
            (rows[0].Findings[0].Reason, rows[0].Findings[0].Detail)
        );
        Assert.Contains(Convert.ToBase64String(bad), Encoding.UTF8.GetString(rows[0].Raw.Span));
        Assert.True(rows[1].IsUsable);
    }

    [Theory]
    [InlineData("train[1].parquet", "train1.parquet")]
    [InlineData("a*.parquet", "ab.parquet")]
    [InlineData("a?.jsonl", "ab.jsonl")]
    [InlineData("it's {x}.parquet", "its x.parquet")]
    public void A_name_is_a_name_and_never_a_pattern(string name, string neighbour)
    {
        foreach (var (file, mark) in new[] { (name, "right"), (neighbour, "wrong") })
        {
            if (file.EndsWith(".parquet", StringComparison.Ordinal))
                WriteParquet(In(file), Two(mark));
            else
                _folder.Write(
                    file,
                    $"{{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}}\n{{\"prompt\":\"q\",\"chosen\":\"c\",\"rejected\":\"{mark}\"}}\n"
                );
        }
        Assert.Equal([In(name)], DataFiles.Expand([In(name)]));
        Assert.Equal(["b", "right"], Read(In(name)).Rows.Select(row => row.Pair!.RejectedAnswer));
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(In(name)))),
            InputFile.Sha256(In(name))
        );
    }

    [Fact]
    public void A_compressed_parquet_file_is_unpacked_first()
    {
        var bytes = File.ReadAllBytes(WriteParquet(In("a.parquet"), Two()));
        var (rows, container) = Read(_folder.Write("b.parquet.gz", bytes));
        Assert.Equal(("Parquet", 2), (container, rows.Count));
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_file_cut_anywhere_is_refused_with_its_name(string kind, string container)
    {
        var bytes = File.ReadAllBytes(Write(kind, "whole", Two(), Two()));
        Assert.Equal(4, Read(In("whole")).Rows.Count);
        foreach (var share in (double[])[0.2, 0.5, 0.9])
        {
            var cut = _folder.Write("cut", bytes[..(int)(bytes.Length * share)]);
            var message = Assert.Throws<DataFormatException>(() => Read(cut)).Message;
            Assert.Contains($"{cut}: ", message);
            Assert.Contains($"the {container} file cannot be read", message);
        }
    }

    [Fact]
    public void Two_columns_of_one_name_are_refused_and_a_row_too_long_is_set_aside()
    {
        var twice = WriteArrow(In("twice.arrow"), ArrowLayout.Stream, Of(("prompt", Texts("p")), ("prompt", Texts("q"))));
        Assert.Contains("two columns are named \"prompt\"", Assert.Throws<DataFormatException>(() => Read(twice)).Message);
        var (rows, _) = Read(
            WriteParquet(
                In("long.parquet"),
                Of(("prompt", Texts("p", "p")), ("chosen", Texts(new string('x', 5000), "a")), ("rejected", Texts("b", "b")))
            ),
            maxLineBytes: 1000
        );
        Assert.Equal((Reason.LineTooLong, 200), (rows[0].Findings[0].Reason, rows[0].Raw.Length));
        Assert.True(rows[1].IsUsable);
    }
}
