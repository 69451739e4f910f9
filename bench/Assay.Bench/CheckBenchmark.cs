using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Assay.Data.Checking;

namespace Assay.Bench;

/// <summary>
/// The whole of <c>assay check</c> (reading, contract, duplicates, statistics, three files) against merely parsing the same JSON: every
/// line through <see cref="JsonDocument"/>, on as many cores, with nothing done to it. <c>check [ROWS]</c> makes a file and measures both;
/// <c>check generate FILE ROWS</c> only makes it.
/// </summary>
internal static class CheckBenchmark
{
    private const int DefaultRowCount = 200_000;

    public static int Run(string[] arguments)
    {
        if (arguments is ["generate", var file, var count])
        {
            Generate(file, long.Parse(count, CultureInfo.InvariantCulture));
            return 0;
        }
        var rows = arguments is [var wanted] ? long.Parse(wanted, CultureInfo.InvariantCulture) : DefaultRowCount;
        var folder = Directory.CreateTempSubdirectory("assay-bench-check-").FullName;
        try
        {
            var path = Path.Combine(folder, "pairs.jsonl");
            Generate(path, rows);
            var bytes = new FileInfo(path).Length;
            var output = Path.Combine(folder, "out");
            // Each once without looking at the clock: both meet warm code and pages that the system has handed out before.
            Parse(path);
            DataChecker.Run(new CheckOptions { Files = [path], OutputDirectory = output });
            Directory.Delete(output, recursive: true);
            (var parsed, var parsing, var parsingCpu) = Timed(() => Parse(path));
            (var report, var checking, var checkingCpu) = Timed(() =>
                DataChecker.Run(new CheckOptions { Files = [path], OutputDirectory = output })
            );
            if (parsed != rows || report.RowCount != rows)
                throw new InvalidOperationException($"{rows} rows were made, {parsed} parsed, {report.RowCount} checked");
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {bytes / 1e6:0} MB, {Environment.ProcessorCount} cores")
            );
            Print("parse", rows, parsing, parsingCpu, "");
            Print(
                "check",
                rows,
                checking,
                checkingCpu,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"   {report.KeptCount:N0} kept, {report.ReviewCount:N0} review, {report.QuarantineCount:N0} quarantine"
                )
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ratio  {parsingCpu / checkingCpu:0.000} of merely parsing by processor time, {parsing / checking:0.000} by wall time; peak {process.PeakWorkingSet64 / (double)(1 << 20):0} MiB"
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (T Result, TimeSpan Wall, TimeSpan Cpu) Timed<T>(Func<T> work)
    {
        var before = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var result = work();
        return (result, clock.Elapsed, Environment.CpuUsage.TotalTime - before);
    }

    private static void Print(string what, long rows, TimeSpan wall, TimeSpan cpu, string more) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}  {wall.TotalSeconds, 8:0.00} s {rows / wall.TotalSeconds, 12:N0} rows/s {cpu.TotalSeconds, 8:0.00} s of processor time {cpu.TotalMicroseconds / rows, 8:0.00} µs/row{more}"
            )
        );

    public static long Parse(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var running = new Queue<Task<int>>();
        byte[] rest = [];
        long rows = 0;
        while (true)
        {
            var buffer = new byte[rest.Length + (64 << 10)];
            rest.CopyTo(buffer, 0);
            var filled = rest.Length + file.ReadAtLeast(buffer.AsSpan(rest.Length), buffer.Length - rest.Length, throwOnEndOfStream: false);
            var end = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (end == 0)
                break;
            rest = buffer[end..filled];
            running.Enqueue(Task.Run(() => ParseLines(buffer.AsMemory(0, end))));
            if (running.Count >= Environment.ProcessorCount * 2)
                rows += running.Dequeue().Result;
        }
        while (running.TryDequeue(out var last))
            rows += last.Result;
        return rows;
    }

    private static int ParseLines(ReadOnlyMemory<byte> block)
    {
        var rows = 0;
        while (block.Length > 0)
        {
            var feed = block.Span.IndexOf((byte)'\n');
            JsonDocument.Parse(block[..feed]).Dispose();
            block = block[(feed + 1)..];
            rows++;
        }
        return rows;
    }

    /// <summary>Seeded pairs of 20 to 120 words a side, about 1.1 kB a row; 1 in 100 is a tie.</summary>
    private static void Generate(string path, long rows)
    {
        string[] words = [.. Enumerable.Range(0, 4000).Select(i => $"w{i * 7919 % 100_003:x}")];
        var random = new Random(17);
        using var output = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20) { NewLine = "\n" };
        var line = new StringBuilder();
        for (long row = 0; row < rows; row++)
        {
            line.Clear()
                .Append("{\"id\":\"")
                .Append(row)
                .Append("\",\"source\":\"s")
                .Append(row % 7)
                .Append("\",\"prompt\":\"Question ")
                .Append(row / 2)
                .Append(": ");
            Words(line, words, random, random.Next(10, 60));
            line.Append("\",\"chosen\":\"");
            Words(line, words, random, random.Next(20, 120));
            line.Append(".\",\"rejected\":\"");
            Words(line, words, random, random.Next(20, 120));
            line.Append(row % 100 == 99 ? ".\",\"label\":\"tie\"}" : ".\",\"label\":\"chosen\"}");
            output.WriteLine(line);
        }
    }

    private static void Words(StringBuilder line, string[] words, Random random, int count)
    {
        for (var i = 0; i < count; i++)
            line.Append(i == 0 ? "" : " ").Append(words[random.Next(words.Length)]);
    }
}
