using System.Diagnostics;
using System.Globalization;
using Assay.Data.Checking;
using Assay.Data.Splits;
using Assay.Ground.Files;

namespace Assay.Bench;

/// <summary>
/// A large file through merely parsing, <c>check</c> and <c>split</c>, each in a process of its own so that its peak memory is its own:
/// <c>scale [ROWS] [DIR]</c>, by default a million rows under <c>artifacts/scale</c>. Ten million take 12 GB for the file and as much again
/// for what a verb writes, which is deleted.
/// </summary>
internal static class ScaleBenchmark
{
    public static int Run(string[] arguments)
    {
        if (arguments is ["step", var verb, var file, var rows])
            return Step(verb, file, long.Parse(rows, CultureInfo.InvariantCulture));
        var count = arguments.Length > 0 ? long.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        var folder = Directory.CreateDirectory(arguments.Length > 1 ? arguments[1] : Path.Combine("artifacts", "scale")).FullName;
        var path = Path.Combine(folder, $"pairs-{count}.jsonl");
        if (!File.Exists(path))
        {
            using var output = new OutputFile(path);
            new ScaleRows(count).Write(output.Stream);
            output.Commit();
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} rows, {new FileInfo(path).Length / 1e6:N0} MB, {Environment.ProcessorCount} cores: {path}"
            )
        );
        foreach (var step in (ReadOnlySpan<string>)["parse", "check", "split"])
        {
            // Started as dotnet Assay.Bench.dll or as the executable itself.
            string[] self =
                Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
            using var child = Process.Start(
                new ProcessStartInfo(
                    Environment.ProcessPath!,
                    [.. self, "scale", "step", step, path, count.ToString(CultureInfo.InvariantCulture)]
                )
            )!;
            child.WaitForExit();
            if (child.ExitCode != 0)
                return child.ExitCode;
        }
        return 0;
    }

    private static int Step(string verb, string path, long rows)
    {
        var output = path + "." + verb;
        var clock = Stopwatch.StartNew();
        try
        {
            var result = verb switch
            {
                "parse" => $"{CheckBenchmark.Parse(path):N0} rows",
                "check" => Check(path, output),
                "split" => Split(path, output),
                _ => throw new ArgumentException(verb),
            };
            var wall = clock.Elapsed;
            var cpu = Environment.CpuUsage;
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{verb}: {wall.TotalSeconds:0.0} s, {rows / wall.TotalSeconds:N0} rows/s; processor time {cpu.TotalTime.TotalSeconds:0.0} s ({cpu.PrivilegedTime.TotalSeconds:0.0} of it the system's), {cpu.TotalTime.TotalMicroseconds / rows:0.00} µs/row; peak {process.PeakWorkingSet64 / (double)(1 << 20):0} MiB; {result}"
                )
            );
            return 0;
        }
        finally
        {
            if (Directory.Exists(output))
                Directory.Delete(output, recursive: true);
        }
    }

    private static string Check(string path, string output)
    {
        var report = DataChecker.Run(new CheckOptions { Files = [path], OutputDirectory = output });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.KeptCount:N0} kept, {report.ReviewCount:N0} review, {report.QuarantineCount:N0} quarantine"
        );
    }

    private static string Split(string path, string output)
    {
        var run = SplitRun.Run(
            new SplitRunOptions
            {
                Files = [path],
                OutputDirectory = output,
                Split = new SplitOptions { EvalShare = 0.05 },
            }
        );
        var split = run.Splits[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{split.Train.Count:N0} train, {split.Heldout.Count:N0} held out, {split.Removed.Count:N0} removed, {split.LeftOut.Count:N0} left out, largest similarity left {split.Proof!.LargestSimilarity:0.0000}"
        );
    }
}
