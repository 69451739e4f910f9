using System.Text;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>The same rows out of every container, with the lines they stand at.</summary>
public class ContainerTests
{
    private static (List<PairRow> Rows, string Container) Read(string path, int maxLineBytes = 64 << 20)
    {
        using var reader = PairReader.Open(path, new PairReaderOptions { MaxErrors = 100, MaxLineBytes = maxLineBytes });
        List<PairRow> rows = [.. reader.Read()];
        return (rows, reader.Container);
    }

    private const string TwoLines =
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n{\"prompt\":\"q\",\"chosen\":\"c\",\"rejected\":\"d\"}\n";

    private static void AssertTwo((List<PairRow> Rows, string Container) read, string container, params long[] lines)
    {
        Assert.Equal(container, read.Container);
        Assert.Equal(
            [("p", "a", "b"), ("q", "c", "d")],
            read.Rows.Select(row => (row.Pair!.Prompt, row.Pair.ChosenAnswer, row.Pair.RejectedAnswer))
        );
        Assert.Equal(lines, read.Rows.Select(row => row.Line));
        Assert.All(read.Rows, row => Assert.Empty(row.Findings), throwIfEmpty: true);
    }

    [Fact]
    public void Plain_and_gzip_lines()
    {
        using var folder = new TemporaryFolder();
        AssertTwo(Read(folder.Write("a.jsonl", TwoLines)), "JSON Lines", 1, 2);
        AssertTwo(Read(folder.Write("a.jsonl.gz", TwoLines)), "JSON Lines, gzip", 1, 2);
        // By its bytes, not its name.
        File.Move(Path.Combine(folder.Path, "a.jsonl.gz"), Path.Combine(folder.Path, "b.jsonl"));
        AssertTwo(Read(Path.Combine(folder.Path, "b.jsonl")), "JSON Lines, gzip", 1, 2);
    }

    [Fact]
    public void A_byte_order_mark_carriage_returns_blank_lines_and_a_missing_last_feed_are_no_faults()
    {
        using var folder = new TemporaryFolder();
        byte[] text = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("\r\n" + TwoLines.Replace("\n", "\r\n \r\n").TrimEnd())];
        AssertTwo(Read(folder.Write("a.jsonl", text)), "JSON Lines", 2, 4);
    }

    [Fact]
    public void A_line_separator_inside_a_string_is_text()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Read(folder.Write("a.jsonl", "{\"prompt\":\"p\",\"chosen\":\"a\u2028\u2029\u0085b\",\"rejected\":\"b\"}\n"));
        Assert.Equal("a\u2028\u2029\u0085b", Assert.Single(rows).Pair!.ChosenAnswer);
    }

    [Fact]
    public void A_json_array_keeps_the_line_each_row_begins_at()
    {
        using var folder = new TemporaryFolder();
        AssertTwo(
            Read(
                folder.Write(
                    "a.json",
                    "[\n  {\n    \"prompt\": \"p\", \"chosen\": \"a\",\n \"rejected\": \"b\"\n  },\n  {\"prompt\":\"q\",\"chosen\":\"c\",\"rejected\":\"d\"}\n]\n"
                )
            ),
            "JSON array",
            2,
            6
        );
        AssertTwo(Read(folder.Write("b.json.gz", $"[{TwoLines.Trim().Replace("\n", ",")}]")), "JSON array, gzip", 1, 1);
    }

    [Fact]
    public void Strings_with_brackets_and_quotes_do_not_cut_an_array()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Read(
            folder.Write("a.json", """[{"prompt":"] \" , [","chosen":"\\","rejected":"}"} , {"prompt":"q","chosen":"c","rejected":"d"}]""")
        );
        Assert.Equal(["] \" , [", "q"], rows.Select(row => row.Pair!.Prompt));
    }

    [Theory]
    [InlineData("[{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}", "not closed")]
    [InlineData("[{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}]\n{}", "more after")]
    public void A_broken_array_is_refused_with_its_line(string text, string wanted)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.json", text);
        Assert.Contains(wanted, Assert.Throws<DataFormatException>(() => Read(path)).Message);
    }

    [Fact]
    public void Csv_and_tsv_with_quotes_and_line_feeds_in_cells()
    {
        using var folder = new TemporaryFolder();
        AssertTwo(Read(folder.Write("a.csv", "prompt,chosen,rejected\r\np,a,b\r\n\"q\",\"c\",d\r\n")), "CSV", 2, 3);
        AssertTwo(Read(folder.Write("a.tsv.gz", "prompt\tchosen\trejected\np\ta\tb\nq\tc\td")), "TSV, gzip", 2, 3);
        var (rows, _) = Read(folder.Write("b.csv", "prompt,chosen,rejected,margin\n\"two\nlines\",\"say \"\"a\"\", b\",c,0.5\np,a,b,\n"));
        Assert.Equal(
            ("two\nlines", "say \"a\", b", 0.5, 2L),
            (rows[0].Pair!.Prompt, rows[0].Pair!.ChosenAnswer, rows[0].Pair!.Margin, rows[0].Line)
        );
        Assert.Equal(((double?)null, 4L), (rows[1].Pair!.Margin, rows[1].Line));
    }

    [Fact]
    public void The_arena_table_reads_from_csv()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Read(
            folder.Write(
                "a.csv",
                "id,model_a,model_b,prompt,response_a,response_b,winner_model_a,winner_model_b,winner_tie\n1,x,y,\"[\"\"hi\"\"]\",\"[\"\"no\"\"]\",\"[\"\"yes\"\"]\",0,1,0\n"
            )
        );
        Assert.Equal(("yes", "y"), (rows[0].Pair!.ChosenAnswer, rows[0].Pair!.Provenance!.ChosenGenerator));
    }

    [Fact]
    public void A_short_csv_record_is_one_error_and_the_next_row_is_fine()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Read(folder.Write("a.csv", "prompt,chosen,rejected\np,a\nq,c,d\n"));
        Assert.Equal(Reason.MalformedJson, Assert.Single(rows[0].Findings).Reason);
        Assert.True(rows[1].IsUsable);
    }

    [Fact]
    public void Zstd_of_one_frame_of_several_and_with_frames_to_skip()
    {
        using var folder = new TemporaryFolder();
        var frame = Zstd(string.Concat(Enumerable.Repeat(TwoLines, 5000)));
        var (rows, container) = Read(folder.Write("a.jsonl.zst", frame));
        Assert.Equal(("JSON Lines, zstd", 10_000), (container, rows.Count));
        // What cat and pzstd make of several: frames in a row, and frames that hold no data.
        byte[] skipped = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        Assert.Equal(20_000, Read(folder.Write("b.jsonl", [.. skipped, .. frame, .. skipped, .. frame])).Rows.Count);
        foreach (var length in (int[])[frame.Length / 2, frame.Length - 1, 30])
        {
            var cut = folder.Write("cut.jsonl.zst", frame[..length]);
            Assert.Contains("cut.jsonl.zst: after", Assert.Throws<DataFormatException>(() => Read(cut)).Message);
        }
        var followed = folder.Write("followed.jsonl.zst", [.. frame, .. "and more"u8]);
        Assert.Contains(
            "zstd data is damaged or ends early, or something follows",
            Assert.Throws<DataFormatException>(() => Read(followed)).Message
        );
    }

    private static byte[] Zstd(string text)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(Encoding.UTF8.GetBytes(text)).ToArray();
    }

    [Fact]
    public void A_gzip_file_that_ends_early_is_refused()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var whole = folder.Write(
            "a.jsonl.gz",
            string.Concat(
                Enumerable.Range(0, 5000).Select(_ => $"{{\"prompt\":\"{random.Next()}\",\"chosen\":\"a\",\"rejected\":\"b\"}}\n")
            )
        );
        var bytes = File.ReadAllBytes(whole);
        var other = Path.Combine(folder.Path, "other.jsonl");
        foreach (var length in (int[])[bytes.Length / 2, bytes.Length - 1, bytes.Length - 8, 30])
        {
            File.WriteAllBytes(other, bytes[..length]);
            Assert.Contains("gzip data is damaged or ends early", Assert.Throws<DataFormatException>(() => Read(other)).Message);
        }
        // Two members in a row are one file, as gzip and cat have it.
        File.WriteAllBytes(other, [.. bytes, .. bytes]);
        Assert.Equal(10_000, Read(other).Rows.Count);
    }

    [Fact]
    public void Utf_16_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.jsonl", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(TwoLines)]);
        Assert.Contains("UTF-16", Assert.Throws<DataFormatException>(() => Read(path)).Message);
    }

    [Fact]
    public void Order_and_count_hold_over_many_chunks()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            "a.jsonl.gz",
            string.Concat(
                Enumerable
                    .Range(1, 20_000)
                    .Select(i => $"{{\"prompt\":\"p{i}\",\"chosen\":\"a{new string('x', i % 97)}\",\"rejected\":\"b\"}}\n")
            )
        );
        var (rows, _) = Read(path);
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => ((long)i, $"p{i}")), rows.Select(row => (row.Line, row.Pair!.Prompt)));
    }
}
