using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Reward.Scoring;
using Assay.Testing;

namespace Assay.Cli.Tests.Fuzz;

/// <summary>
/// Puts files to the verbs that read strangers' rows, and says what went wrong: a crash, an exit code that is none, a row lost, a refusal
/// without words.
/// </summary>
/// <param name="run">Runs the command line; the harness's own tests put broken ones here.</param>
internal sealed class FuzzRun(Func<string[], Task<(int Code, string Out, string Error)>> run)
{
    private const string Many = "1000000000";

    private static readonly int[] Codes = [ExitCode.Success, ExitCode.CheckFailed, ExitCode.BadInput, ExitCode.CannotTell];

    /// <summary>Rows put to the verbs so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>How often each verb came to which end: a run in which every file is refused tests nothing.</summary>
    public SortedDictionary<string, int> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong, one line a fault; the file's seed repeats it.</summary>
    public async Task<List<string>> Faults(int seed, string folder, int rowCount)
    {
        var file = FuzzFile.Draw(seed, folder, rowCount);
        RowCount += rowCount;
        var faults = new List<string>();
        var named = seed % 3 == 0 ? ["--format", file.Format] : Array.Empty<string>();
        await Verb(
            "check",
            ["check", "--data", file.Path, "--output-dir", In("checked"), "--max-errors", Many, "--json", .. named],
            Checked
        );
        await Verb(
            "split",
            ["split", "--data", file.Path, "--output-dir", In("split"), "--eval", "0.3", "--max-errors", Many, "--json", .. named],
            Split
        );
        File.WriteAllLines(
            In("scores.jsonl"),
            Enumerable.Range(1, 4 * rowCount).Select(row => $"{{\"row\":{row},\"chosen_score\":{row % 5},\"rejected_score\":{row % 3}}}")
        );
        await Verb(
            "label sample",
            ["label", "sample", "--data", file.Path, "--scores", In("scores.jsonl"), "--count", "5", "--output", In("label.csv")],
            () => null
        );
        await Verb(
            "label merge",
            [
                "label",
                "merge",
                "--labels",
                file.Path,
                "--key",
                File.Exists(In("label.key.jsonl")) ? In("label.key.jsonl") : file.Path,
                "--output",
                In("merged.jsonl"),
            ],
            () => null
        );
        await Verb("score", ["score"], () => Scored(file));
        return faults;

        string In(string name) => Path.Combine(folder, name);

        async Task Verb(string verb, string[] arguments, Func<string?> account)
        {
            try
            {
                // Scoring wants a model; what reads its rows and writes its lines does not.
                var (code, _, error) = verb == "score" ? Score(file.Path, In("scored.jsonl")) : await run(arguments);
                Ends[$"{verb} {code}"] = Ends.GetValueOrDefault($"{verb} {code}") + 1;
                if (!Codes.Contains(code))
                    faults.Add($"seed {seed}, {verb}: exit code {code}: {error}");
                else if (
                    code == ExitCode.BadInput
                    && string.IsNullOrWhiteSpace(error)
                    && !File.Exists(In(verb == "split" ? "split/split.json" : "checked/report.json"))
                )
                    faults.Add($"seed {seed}, {verb}: refused without a word");
                else if (account() is { } fault)
                    faults.Add($"seed {seed}, {verb}: {fault}");
            }
            catch (Exception crash)
            {
                faults.Add(
                    $"seed {seed}, {verb}: {crash.GetType().Name}: {crash.Message} {string.Join(" ", crash.StackTrace?.Split('\n').Take(4) ?? [])}"
                );
            }
        }

        string? Checked()
        {
            if (!File.Exists(In("checked/report.json")))
                return Directory.Exists(In("checked")) && Directory.EnumerateFiles(In("checked"), "*.jsonl").Any()
                    ? "row files without a report"
                    : null;
            var report = JsonNode.Parse(File.ReadAllText(In("checked/report.json")))!;
            long rows = (long)report["row_count"]!,
                items = (long)report["item_count"]!;
            var lines = new[] { "kept", "review", "quarantine" }.SelectMany(name => File.ReadLines(In($"checked/{name}.jsonl"))).ToList();
            if (lines.Count != items)
                return $"{items} items and {lines.Count} lines";
            var seen = lines.Select(LineOf).Distinct().Count();
            // Rows of an array may share a line.
            if (seen != rows && !file.Path.Contains(".json", StringComparison.Ordinal))
                return $"{rows} rows and {seen} in the files";
            return file.IsCounted && rows != file.RowCount ? $"{file.RowCount} rows were put in and {rows} read" : null;
        }

        string? Split()
        {
            if (!File.Exists(In("split/split.json")))
                return null;
            var split = JsonNode.Parse(File.ReadAllText(In("split/split.json")))!;
            var rows = new[] { "train", "heldout", "removed", "left_out" }.Sum(name => split[name]!.AsArray().Count);
            return file.IsCounted && rows != file.RowCount ? $"{file.RowCount} rows were put in and {rows} are in the record" : null;
        }

        string? Scored(FuzzFile scored)
        {
            if (!File.Exists(In("scored.jsonl")))
                return null;
            var lines = File.ReadLines(In("scored.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
            if (lines.Any(line => line["error"] is null == (line["score"] ?? line["margin"] ?? line["scores"]) is null))
                return "a line with neither a score nor an error, or with both";
            return scored.IsCounted && lines.Count != scored.RowCount
                ? $"{scored.RowCount} rows were put in and {lines.Count} written"
                : null;
        }
    }

    // Other keys of a row may stand twice; the note stands once and first.
    private static long LineOf(string line)
    {
        using var row = JsonDocument.Parse(line);
        return row.RootElement.EnumerateObject().Single(member => member.NameEquals("assay")).Value.GetProperty("line").GetInt64();
    }

    private static (int, string, string) Score(string input, string output)
    {
        try
        {
            var scorer = new FakeScorer(conversation =>
                conversation.Messages is { } turns ? turns.Sum(turn => turn.Content.Length) : conversation.Text!.Length
            );
            return (
                new ScoreRun(scorer, "fuzz").Run([input], output, ScoreStart.Fresh).Failed > 0 ? ExitCode.BadInput : ExitCode.Success,
                "",
                "rows have errors"
            );
        }
        catch (Exception error) when (error is FormatException or IOException)
        {
            return (ExitCode.BadInput, "", error.Message);
        }
    }
}
