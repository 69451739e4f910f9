using System.Globalization;
using Assay.Data.Reading;

namespace Assay.Cli.Tests.Fuzz;

/// <summary>
/// Mutated rows of every format in every container through check, split, label and score: every run ends in exit code 0 to 3 and no row is
/// lost. <c>ASSAY_FUZZ_ROWS</c> is the number of rows (20,000 by default) and <c>ASSAY_FUZZ_SEED</c> where the seeds begin, for longer
/// runs.
/// </summary>
[Collection("console")]
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int RowsPerFile = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Fresh(int seed)
    {
        var folder = Path.Combine(_folder, seed.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    [Fact]
    public async Task Every_run_over_mutated_rows_ends_well_and_loses_none()
    {
        var fuzz = new FuzzRun(CommandLine.Run);
        var faults = new List<string>();
        var rows = Setting("ASSAY_FUZZ_ROWS", 20_000);
        for (var seed = Setting("ASSAY_FUZZ_SEED", 1); fuzz.RowCount < rows && faults.Count < 20; seed++)
        {
            var folder = Fresh(seed);
            faults.AddRange(await fuzz.Faults(seed, folder, RowsPerFile));
            Directory.Delete(folder, recursive: true);
        }
        output.WriteLine(string.Join(", ", fuzz.Ends.Select(end => $"{end.Key}: {end.Value}")));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        // Rows that are bad beside rows that are good: most files are read through, not refused.
        Assert.True(
            fuzz.Ends.GetValueOrDefault("check 2") + fuzz.Ends.GetValueOrDefault("check 0") > 0
                && fuzz.Ends.GetValueOrDefault("split 0") + fuzz.Ends.GetValueOrDefault("split 2") > 0
        );
    }

    [Fact]
    public void Every_seed_is_read_as_the_format_it_stands_for()
    {
        foreach (var (format, row) in RowSeeds.All)
        {
            var path = Path.Combine(_folder, "seed.jsonl");
            File.WriteAllText(path, row + "\n");
            using var reader = PairReader.Open(path);
            Assert.Equal((format, row), (reader.Format.Name, row));
            Assert.DoesNotContain(reader.Read(), read => read.IsError);
        }
        foreach (var row in RowSeeds.Conversations)
        {
            var path = Path.Combine(_folder, "seed.jsonl");
            File.WriteAllText(path, row + "\n");
            using var reader = ConversationReader.Open(path);
            Assert.Null(Assert.Single(reader.Read()).Error);
        }
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_file()
    {
        FuzzFile one = FuzzFile.Draw(5, Fresh(1), RowsPerFile),
            same = FuzzFile.Draw(5, Fresh(2), RowsPerFile),
            other = FuzzFile.Draw(6, Fresh(3), RowsPerFile);
        Assert.Equal(File.ReadAllBytes(one.Path), File.ReadAllBytes(same.Path));
        Assert.NotEqual(await File.ReadAllBytesAsync(one.Path), await File.ReadAllBytesAsync(other.Path));
    }

    [Theory]
    [InlineData("crash", "InvalidOperationException: broken")]
    [InlineData("code", "exit code 70")]
    [InlineData("kept", "lines")]
    [InlineData("row", "were put in and")]
    [InlineData("split", "are in the record")]
    public async Task A_verb_that_is_broken_is_seen(string fault, string seen)
    {
        var fuzz = new FuzzRun(async arguments =>
        {
            if (fault == "crash")
                throw new InvalidOperationException("broken");
            // A verb that never sees a file's last row.
            if (fault == "row" && arguments[0] == "check" && arguments[2].EndsWith(".jsonl", StringComparison.Ordinal))
                File.WriteAllLines(arguments[2], File.ReadAllLines(arguments[2])[..^1]);
            var (code, text, error) = await CommandLine.Run(arguments);
            var report = arguments[0] == "check" ? Path.Combine(arguments[4], "report.json") : "";
            if (fault == "kept" && File.Exists(report))
                File.WriteAllLines(
                    Path.Combine(arguments[4], "quarantine.jsonl"),
                    File.ReadAllLines(Path.Combine(arguments[4], "quarantine.jsonl")).Skip(1)
                );
            if (
                fault == "split"
                && arguments[0] == "split"
                && Path.Combine(arguments[4], "split.json") is var record
                && File.Exists(record)
            )
                File.WriteAllText(
                    record,
                    System.Text.RegularExpressions.Regex.Replace(
                        await File.ReadAllTextAsync(record),
                        "\"left_out\": \\[\\{[^}]*\\},?",
                        "\"left_out\": ["
                    )
                );
            return (fault == "code" ? 70 : code, text, error);
        });
        var faults = new List<string>();
        for (var seed = 1; seed <= 25; seed++)
            faults.AddRange(await fuzz.Faults(seed, Fresh(seed), RowsPerFile));
        Assert.Contains(faults, line => line.Contains(seen, StringComparison.Ordinal));
    }
}
