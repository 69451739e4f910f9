using System.Security.Cryptography;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Reading.Containers;
using Assay.Ground.Files;

namespace Assay.Data.Splits;

/// <summary>
/// Splits a file, or several as one: reads it once for the hashes, decides and proves, then copies its rows as they stand. Every row is in
/// the record once: for training, held out, removed, or left out because it is no usable pair.
/// </summary>
public static class SplitRun
{
    private const int ProgressRows = 16_384;

    /// <exception cref="IOException">A file is missing or cannot be written.</exception>
    /// <exception cref="FormatException">A file is not what it has to be, or cannot be split as asked; the message says why.</exception>
    public static SplitRunResult Run(SplitRunOptions options, CancellationToken cancellationToken = default)
    {
        List<Benchmark> benchmarks = [.. options.Against.Select(path => ReadBenchmark(path, options.Split.Similarity, cancellationToken))];
        using var splitter = new PairSplitter(options.Split, benchmarks);
        (var reading, var leftOut) = Add(splitter, options, cancellationToken);
        var names = string.Join(", ", options.Files);
        if (splitter.RowCount == 0)
            throw new SplitException(
                $"{names}: there is no usable pair to split: {(leftOut.Count == 0 ? "the file has no rows" : string.Join(", ", leftOut.GroupBy(row => row.Reason).Select(reason => $"{reason.Count()} rows {reason.Key}")))}"
            );
        options.Progress?.Invoke(new("looking for rows alike on both sides", splitter.RowCount, 0, 0));
        PairSplit[] splits =
        [
            .. (options.Split.FoldCount == 0 ? [0] : Enumerable.Range(1, options.Split.FoldCount)).Select(fold =>
                splitter.Build(fold, cancellationToken) with
                {
                    File = options.Files.Count == 1 ? options.Files[0] : null,
                    Inputs = options.Files.Count == 1 ? [] : reading.Inputs,
                    LeftOut = leftOut,
                }
            ),
        ];
        DemandEveryRow(names, reading.RowCount, splits);
        if (options.OutputDirectory is { } folder)
            splits = Write(options, reading.Format, splits, folder, cancellationToken);
        return new(splits, reading.Container, reading.Format.Name, reading.RowCount, reading.ErrorCount);
    }

    /// <summary>
    /// Whether a record still holds for a file, see <see cref="SplitVerifier"/>. The row files it names, where they stand beside it, are
    /// checked too.
    /// </summary>
    /// <param name="recordPath">The record.</param>
    /// <param name="options">The file and how it is read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FormatException">The record or the file is not what it has to be.</exception>
    public static SplitVerification Verify(string recordPath, SplitRunOptions options, CancellationToken cancellationToken = default)
    {
        var record = SplitFile.Read(recordPath);
        using var splitter = SplitVerifier.SplitterFor(record);
        (_, var leftOut) = Add(splitter, options, cancellationToken);
        var verification = SplitVerifier.Verify(record, splitter, cancellationToken);
        var faults = verification.Faults.ToList();
        if (record.Options is not null && !leftOut.SequenceEqual(record.LeftOut))
            faults.Add(
                $"{leftOut.Count} rows of the file are no usable pairs, and the record leaves out {record.LeftOut.Count}, or others"
            );
        foreach (var written in record.Files)
        {
            var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(recordPath))!, written.Name);
            if (!File.Exists(path))
                continue;
            using var stream = File.OpenRead(path);
            if (ContentHash.Of(stream) != written.Sha256)
                faults.Add($"{written.Name} is not as it was written: its SHA-256 differs");
        }
        return verification with { Faults = faults };
    }

    /// <summary>What was learned of the files while they were read.</summary>
    private sealed record Reading(PairFormat Format, string Container, long RowCount, int ErrorCount, IReadOnlyList<SplitInput> Inputs);

    private static (Reading, List<LeftOutRow>) Add(PairSplitter splitter, SplitRunOptions options, CancellationToken cancellationToken)
    {
        var bytes = options.Files.Sum(InputFile.LengthOf);
        var (leftOut, inputs, containers) = (new List<LeftOutRow>(), new List<SplitInput>(), new HashSet<string>());
        PairFormat? format = null;
        long seen = 0,
            rows = 0,
            bytesBefore = 0,
            linesBefore = 0;
        var errors = 0;
        (long Line, string? Reason) unusable = default; // of the line being read, until one of its parts is usable
        foreach (var path in options.Files)
        {
            using var reader = PairReader.Open(path, options.Reading);
            if (format is { } first && first != reader.Format)
                throw new SplitException(
                    $"{options.Files[0]} holds rows of format {first.Name} and {path} of {reader.Format.Name}: the rows of one split are of one format; split them apart"
                );
            format = reader.Format;
            containers.Add(reader.Container);
            inputs.Add(new(path, linesBefore));
            var before = linesBefore;
            foreach ((var line, var sketch, var reason) in reader.Read(row => Sketched(row, reader.Format, before), cancellationToken))
            {
                if (unusable.Reason is not null && line != unusable.Line)
                    LeaveOut();
                if (sketch is not null)
                {
                    unusable = (line, null);
                    splitter.Add(sketch);
                }
                else if (line != unusable.Line)
                    unusable = (line, reason);
                if (++seen % ProgressRows == 0)
                    options.Progress?.Invoke(new("reading", seen, bytesBefore + reader.BytesRead, bytes));
            }
            rows += reader.RowCount;
            errors += reader.ErrorCount;
            bytesBefore += reader.BytesRead;
            linesBefore += reader.LastLine;
        }
        if (unusable.Reason is not null)
            LeaveOut();
        return (new(format!, string.Join(", ", containers), rows, errors, inputs), leftOut);

        (long Line, PairSketch? Sketch, string? Reason) Sketched(PairRow row, PairFormat format, long before)
        {
            var pair =
                row.IsUsable ? row.Pair
                : format.Rows.HoldsSingleAnswers ? UnpairedRow.AsPair(row)
                : null;
            var line = before + row.Line;
            return pair is null
                ? (line, null, row.GravestReason.Code())
                : (line, splitter.Sketch(before == 0 ? pair : pair with { Row = line }), null);
        }

        void LeaveOut() => leftOut.Add(new(unusable.Line, unusable.Reason!));
    }

    private static Benchmark ReadBenchmark(string path, double similarity, CancellationToken cancellationToken)
    {
        var benchmark = new Benchmark(path, similarity);
        foreach ((var row, var texts) in BenchmarkFile.Read(path, cancellationToken))
            benchmark.Add(row, texts[0], [.. texts.Skip(1)]);
        return benchmark;
    }

    private static void DemandEveryRow(string file, long rowCount, PairSplit[] splits)
    {
        foreach (var split in splits)
        {
            var listed = split.Train.Count + split.Heldout.Count + split.Removed.Count + split.LeftOut.Count;
            if (listed != rowCount)
                throw new InvalidOperationException(
                    $"{file}: {rowCount} rows were read and {listed} are in the record; this is a fault of the program"
                );
        }
    }

    private static PairSplit[] Write(
        SplitRunOptions options,
        PairFormat format,
        PairSplit[] splits,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var outputs = new List<SideFile>();
        var written = new PairSplit[splits.Length];
        try
        {
            foreach (var split in splits)
            {
                Directory.CreateDirectory(FolderOf(split, folder));
                outputs.Add(new(Path.Combine(FolderOf(split, folder), SplitFile.TrainRows), split.Train));
                outputs.Add(new(Path.Combine(FolderOf(split, folder), SplitFile.HeldoutRows), split.Heldout));
            }
            CopyRows(options, format, outputs, cancellationToken);
            for (var index = 0; index < splits.Length; index++)
                written[index] = splits[index] with { Files = [outputs[2 * index].Commit(), outputs[2 * index + 1].Commit()] };
        }
        finally
        {
            outputs.ForEach(output => output.Dispose());
        }
        foreach (var split in written)
            SplitFile.Write(Path.Combine(FolderOf(split, folder), SplitFile.FileName), split);
        return written;
    }

    private static string FolderOf(PairSplit split, string folder) =>
        split.Options!.Fold == 0 ? folder : Path.Combine(folder, $"fold-{split.Options.Fold}");

    private static void CopyRows(SplitRunOptions options, PairFormat format, List<SideFile> outputs, CancellationToken cancellationToken)
    {
        var bytes = options.Files.Sum(InputFile.LengthOf);
        long seen = 0,
            bytesBefore = 0,
            linesBefore = 0;
        foreach (var path in options.Files)
        {
            using var source = FieldMapping.Apply(options.Reading.Fields, RowSources.Open(path, options.Reading.MaxLineBytes));
            // The first row of a HelpSteer group has no pair of its own and is needed by the rows after it.
            RawRow? groupStart = null;
            var last = 0L;
            while (source.ReadChunk() is { } chunk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var row in chunk)
                {
                    last = row.Line;
                    var isListed = false;
                    foreach (var output in outputs)
                        isListed |= output.WriteIfListed(row, linesBefore + row.Line, groupStart);
                    groupStart = format.Rows.GroupsRows && !isListed ? row : null;
                    if (++seen % ProgressRows == 0)
                        options.Progress?.Invoke(new("writing", seen, bytesBefore + source.BytesRead, bytes));
                }
            }
            bytesBefore += source.BytesRead;
            linesBefore += last;
        }
    }

    /// <summary>One side's rows: walks its line list beside the file's rows.</summary>
    private sealed class SideFile(string path, IReadOnlyList<long> lines) : IDisposable
    {
        private readonly OutputFile _file = new(path);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private int _next;
        private long _rows;

        public bool WriteIfListed(RawRow row, long line, RawRow? before)
        {
            if (_next == lines.Count || lines[_next] != line)
                return false;
            _next++;
            if (before is { } start)
                Write(start.Bytes.Span);
            Write(row.Bytes.Span);
            return true;
        }

        public WrittenFile Commit()
        {
            if (_next != lines.Count)
                throw new IOException($"the data file changed while it was split: line {lines[_next]} is not there any more");
            _file.Commit();
            return new(Path.GetFileName(path), _rows, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        }

        public void Dispose()
        {
            _file.Dispose();
            _hash.Dispose();
        }

        private void Write(ReadOnlySpan<byte> row)
        {
            _rows++;
            _file.Stream.Write(row);
            _file.Stream.WriteByte((byte)'\n');
            _hash.AppendData(row);
            _hash.AppendData("\n"u8);
        }
    }
}

/// <summary>What <see cref="SplitRun"/> is to do.</summary>
public sealed record SplitRunOptions
{
    /// <summary>The files to split, one or several; several are split as one, their lines counted through. Each is read twice.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Where train.jsonl, eval.jsonl and split.json go (with folds into fold-1, fold-2, …); null writes nothing.</summary>
    public string? OutputDirectory { get; init; }

    public SplitOptions Split { get; init; } = new();

    /// <summary>Benchmarks and other files that must not be trained on.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>How the files are read. The default lets 100 rows be unreadable before it stops.</summary>
    public PairReaderOptions Reading { get; init; } = new() { MaxErrors = PairReaderOptions.UsualMaxErrors };

    /// <summary>Called now and then on the calling thread.</summary>
    public Action<SplitProgress>? Progress { get; init; }
}

/// <summary>How far a split is.</summary>
/// <param name="Doing">What it is doing.</param>
/// <param name="RowCount">Rows of this step done.</param>
/// <param name="BytesRead">Bytes of the files read in this step, 0 when not known.</param>
/// <param name="BytesTotal">Bytes of the files.</param>
public readonly record struct SplitProgress(string Doing, long RowCount, long BytesRead, long BytesTotal);

/// <summary>What <see cref="SplitRun"/> did.</summary>
/// <param name="Splits">The split, or one a fold.</param>
/// <param name="Container">What the file is.</param>
/// <param name="Format">The rows' format.</param>
/// <param name="RowCount">Rows of the file.</param>
/// <param name="ErrorCount">Rows that could not be read.</param>
public sealed record SplitRunResult(IReadOnlyList<PairSplit> Splits, string Container, string Format, long RowCount, int ErrorCount);
