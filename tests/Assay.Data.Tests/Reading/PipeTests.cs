using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using Assay.Data.Checking;
using Assay.Data.Reading;
using Assay.Data.Splits;
using Assay.Testing;
using static Assay.Testing.ArrowTable;

namespace Assay.Data.Tests.Reading;

/// <summary>Inputs that can be read only once, as a shell hands them over: <c>/dev/fd/N</c>.</summary>
public sealed class PipeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string Rows =
        "{\"prompt\":\"p\",\"chosen\":\"yes\",\"rejected\":\"no\"}\n{\"prompt\":\"q\",\"chosen\":\"aye\",\"rejected\":\"nay\"}\n";

    /// <summary>
    /// A pipe that somebody writes to, and its name. The name must not be that of an earlier pipe of this process: those count as read.
    /// </summary>
    private sealed class Pipe
    {
        private static readonly HashSet<string> Used = [];
        private readonly List<AnonymousPipeServerStream> _ends = [];

        public Pipe(byte[] bytes)
        {
            while (true)
            {
                var end = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
                _ends.Add(end);
                Name = $"/dev/fd/{end.GetClientHandleAsString()}";
                lock (Used)
                    if (Used.Add(Name))
                        break;
            }
            _ = Task.Run(() =>
            {
                using var end = _ends[^1];
                end.Write(bytes);
            });
        }

        public string Name { get; }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    [Fact]
    public void Check_reads_a_pipe_once_and_keeps_nothing()
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "pipes are made through /dev/fd");
        var pipe = new Pipe(Gzip(Bytes(string.Concat(Enumerable.Repeat(Rows, 20_000)))));
        var report = DataChecker.Run(new CheckOptions { Files = [pipe.Name], OutputDirectory = Path.Combine(_folder.Path, "out") });
        Assert.Equal((40_000, "JSON Lines, gzip"), (report.RowCount, report.Files[0].Container));
        Assert.Contains("is a pipe and was read", Assert.Throws<DataFormatException>(() => PairReader.Open(pipe.Name)).Message);
    }

    [Fact]
    public void Split_has_a_pipe_kept_and_gives_what_a_file_gives()
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "pipes are made through /dev/fd");
        var told = new List<(string, long)>();
        var bytes = Bytes(
            string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"prompt\":\"p{i}\",\"chosen\":\"yes\",\"rejected\":\"no\"}}\n"))
        );
        var pipe = new Pipe(bytes);
        Pipes.Kept = (name, length) => told.Add((name, length));
        Pipes.Keep(pipe.Name);
        Pipes.Kept = null;
        Assert.Contains((pipe.Name, (long)bytes.Length), told);
        var file = _folder.Write("rows.jsonl", bytes);
        PairSplit piped =
                SplitRun
                    .Run(
                        new()
                        {
                            Files = [pipe.Name],
                            Split = new() { EvalShare = 0.3 },
                        }
                    )
                    .Splits[0],
            read =
                SplitRun
                    .Run(
                        new()
                        {
                            Files = [file],
                            Split = new() { EvalShare = 0.3 },
                        }
                    )
                    .Splits[0];
        Assert.Equal(read.Heldout, piped.Heldout);
        Assert.Equal(InputFile.Sha256(file), InputFile.Sha256(pipe.Name));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "assay-????????????????????????????????"));
    }

    [Theory]
    [InlineData("parquet", "Parquet")]
    [InlineData("arrow", "Arrow")]
    [InlineData("csv", "CSV")]
    [InlineData("tsv", "TSV")]
    [InlineData("json", "JSON array")]
    public void What_a_pipe_holds_is_told_by_its_bytes(string kind, string container)
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "pipes are made through /dev/fd");
        var bytes = kind switch
        {
            "parquet" => File.ReadAllBytes(
                WriteParquet(
                    Path.Combine(_folder.Path, "a"),
                    Of(("prompt", Texts("p")), ("chosen", Texts("yes")), ("rejected", Texts("no")))
                )
            ),
            "arrow" => File.ReadAllBytes(
                WriteArrow(
                    Path.Combine(_folder.Path, "a"),
                    ArrowLayout.File,
                    Of(("prompt", Texts("p")), ("chosen", Texts("yes")), ("rejected", Texts("no")))
                )
            ),
            "csv" => Bytes("prompt,chosen,rejected\np,yes,no\n"),
            "tsv" => Bytes("prompt\tchosen\trejected\np\tyes\tno\n"),
            _ => Bytes("[{\"prompt\":\"p\",\"chosen\":\"yes\",\"rejected\":\"no\"}]"),
        };
        var pipe = new Pipe(bytes);
        using var reader = PairReader.Open(pipe.Name);
        Assert.Equal(container, reader.Container);
        Assert.Equal(
            ("p", "yes", "no"),
            reader.Read().Select(row => (row.Pair!.Prompt, row.Pair.ChosenAnswer, row.Pair.RejectedAnswer)).Single()
        );
    }

    [Fact]
    public void Rows_to_score_are_read_from_a_pipe_and_a_file_as_one()
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "pipes are made through /dev/fd");
        var pipe = new Pipe(Bytes("{\"text\":\"one\"}\n\n{\"text\":\"two\"}\n"));
        using var files = new ConversationFiles([pipe.Name, _folder.Write("more.jsonl", "{\"text\":\"three\"}\n")]);
        Assert.True(files.HasPipe);
        Assert.Equal([1L, 3, 4], files.Read().Select(row => row.Line));
    }
}
