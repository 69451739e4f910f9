using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation.Benchmarks;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>benchmark</c>: recorded tables through data and score files, what it writes and what it refuses.</summary>
[Collection("console")]
public sealed class BenchmarkCommandTests : IDisposable
{
    private const double Exact = 1e-12; // the goldens' own tolerance

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-benchmark-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static Task<(int Code, string Out, string Error)> Run(params string[] arguments) =>
        CommandLine.Run(["benchmark", .. arguments]);

    private async Task<JsonElement> Report(string kind, string[] data, string scores, string folder = "out")
    {
        var (code, output, error) = await Run([
            kind,
            "--data",
            .. data,
            "--scores",
            scores,
            "--output-dir",
            Path.Combine(_folder, folder),
            "--json",
        ]);
        Assert.True(code == ExitCode.Success, error);
        return JsonDocument.Parse(output).RootElement.GetProperty("report");
    }

    private static double Part(JsonElement report, string name) =>
        report
            .GetProperty("parts")
            .EnumerateArray()
            .Single(part => part.GetProperty("name").GetString() == name)
            .GetProperty("score")
            .GetDouble();

    private static JsonNode Golden(string file) => JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf("goldens", "evaluation", file)))!;

    private static JsonNode Case(JsonNode golden, string name) =>
        golden["cases"]!.AsArray().Single(entry => (string)entry!["name"]! == name)!;

    [SharedFact]
    public async Task The_recorded_table_of_RewardBench_comes_out_through_files()
    {
        var golden = Golden("rewardbench_v1.json");
        var full = Case(golden, "full_table");
        StringBuilder data = new(),
            scores = new("id,subset,chosen_score,rejected_score\n");
        var id = 0;
        void Add(StringBuilder rows, string subset, double chosen, double rejected)
        {
            rows.AppendLine($$"""{"prompt": "p", "chosen": "a", "rejected": "b", "subset": "{{subset}}", "id": {{++id}}}""");
            scores.AppendLine(CultureInfo.InvariantCulture, $"{id},{subset},{chosen:R},{rejected:R}");
        }

        foreach (var (subset, sides) in golden["tables"]!["full_rows"]!.AsObject())
        {
            foreach (var (chosen, rejected) in sides!["chosen"]!.AsArray().Zip(sides["rejected"]!.AsArray()))
                Add(data, subset, (double)chosen!, (double)rejected!);
        }
        var files = new List<string> { Write("filtered.jsonl", data.ToString()) };
        foreach (var (set, accuracy) in full["input"]!["prior_set_accuracies"]!.AsObject())
        {
            // Ten thousand rows of which the recorded share is right, in a file named as the set's is published.
            var rows = new StringBuilder();
            var right = (int)Math.Round(10000 * (double)accuracy!);
            for (var i = 0; i < 10000; i++)
                Add(rows, set, i < right ? 1 : 0, 0.5);
            files.Add(Write($"{set}-00000-of-00001.jsonl", rows.ToString()));
        }

        var report = await Report("reward-bench", [.. files], Write("scores.csv", scores.ToString()));

        var expected = full["expected"]!;
        Assert.Equal((double)expected["overall"]!, report.GetProperty("score").GetDouble(), Exact);
        foreach (var (subset, figures) in expected["subsets"]!.AsObject())
            Assert.Equal((double)figures!["accuracy"]!, Part(report, subset), Exact);
        foreach (var (section, score) in expected["sections"]!.AsObject())
            Assert.Equal((double)score!, Part(report, section), Exact);
        Assert.Equal((double)expected["prior_sets"]!, Part(report, "Prior Sets"), Exact);
        Assert.Equal((double)expected["micro_accuracy"]!, Part(report, "micro accuracy"), Exact);
        Assert.Equal(0.31, Part(report, "anthropic_harmless"), Exact);
        Assert.Empty(report.GetProperty("warnings").EnumerateArray());

        var board = JsonNode
            .Parse(File.ReadAllText(Path.Combine(_folder, "out", "reward-bench", "eval-set", "scores.csv.json")))!
            .AsObject();
        Assert.Equal(23 + 3, board.Count);
        Assert.All(
            expected["subsets"]!.AsObject(),
            subset => Assert.Equal((double)subset.Value!["accuracy"]!, (double)board[subset.Key]!, Exact),
            throwIfEmpty: true
        );
        Assert.Equal(
            7 + 3,
            JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "out", "reward-bench", "pref-sets", "scores.csv.json")))!.AsObject().Count
        );
    }

    [SharedFact]
    public async Task The_recorded_table_of_RewardBench_2_comes_out_through_files()
    {
        var golden = Golden("rewardbench_v2.json");
        StringBuilder data = new(),
            scores = new();
        var id = 0;
        void Add(string subset, string id, int correct, JsonArray values)
        {
            string List(int count) => new JsonArray([.. Enumerable.Repeat("x", count).Select(text => (JsonNode)text)]).ToJsonString();
            data.AppendLine(
                $$"""{"id": "{{id}}", "prompt": "p", "chosen": {{List(correct)}}, "rejected": {{List(values.Count - correct)}}, "num_correct": {{correct}}, "subset": "{{subset}}"}"""
            );
            foreach (var (i, value) in values.Index())
                scores.AppendLine($$"""{"id": "{{id}}/{{i}}", "subset": "{{subset}}", "score": {{value!.ToJsonString()}}}""");
        }

        foreach (var (subset, rows) in golden["tables"]!["full_best_of_4"]!.AsObject())
        {
            foreach (var row in rows!.AsArray())
                Add(subset, $"{++id}", 1, row!.AsArray());
        }
        foreach (var row in golden["tables"]!["full_ties"]!.AsArray())
            Add("Ties", (string)row!["id"]!, (int)row["num_correct"]!, row["scores"]!.AsArray());

        var report = await Report("reward-bench-2", [Write("test.jsonl", data.ToString())], Write("scores.jsonl", scores.ToString()));

        Assert.Equal((double)Case(golden, "full_overall")["expected"]!["overall"]!, report.GetProperty("score").GetDouble(), Exact);
        foreach (var (subset, score) in Case(golden, "full_best_of_4")["expected"]!["subsets"]!.AsObject())
            Assert.Equal((double)score!, Part(report, subset), Exact);
        Assert.Empty(report.GetProperty("warnings").EnumerateArray());

        // What it wrote, as scores of its own and as the leaderboard's file, gives the same again.
        foreach (var again in (string[])["scores-reward-bench-2.jsonl", "reward-bench-2/eval-set-scores/scores.jsonl.json"])
        {
            var second = await Report(
                "reward-bench-2",
                [Path.Combine(_folder, "test.jsonl")],
                Path.Combine(_folder, "out", again),
                "again"
            );
            Assert.Equal(report.GetRawText(), second.GetRawText());
        }
    }

    [Fact]
    public async Task A_failed_row_makes_the_headline_undefined_and_the_table_says_what_it_could_be()
    {
        var data = Write(
            "own.jsonl",
            """
            {"id": "1", "prompt": "p", "chosen": "a", "rejected": "b"}
            {"id": "2", "prompt": "p", "chosen": "a", "rejected": "b"}
            """
        );
        var scores = Write(
            "s.jsonl",
            """
            {"id": "1", "chosen_score": 1, "rejected_score": 0}
            {"id": "2", "error": "512 tokens"}
            """
        );
        var (code, output, _) = await Run("own", "--data", data, "--scores", scores, "--output-dir", Path.Combine(_folder, "out"));
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("undefined", output);
        Assert.Contains(
            "Not scored: score_missing 1. The rows that were give 1.0000. All rows would give between 0.5000 (the rest wrong) and 1.0000 (the rest right).",
            output
        );
        Assert.Equal(
            """{"id":"2","subset":"all","error":"score_missing"}""",
            File.ReadAllLines(Path.Combine(_folder, "out", "scores-own.jsonl"))[1]
        );
    }

    [Fact]
    public async Task The_list_says_of_each_benchmark_where_it_is_published_and_how_it_is_scored()
    {
        var (code, output, _) = await Run("--list");
        Assert.Equal(ExitCode.Success, code);
        Assert.All(
            BenchmarkDescription.All,
            benchmark =>
                Assert.All(
                    (string[])[benchmark.Name, benchmark.Rows, benchmark.Published, benchmark.Headline, benchmark.Revision],
                    text => Assert.Contains(text, output),
                    throwIfEmpty: true
                ),
            throwIfEmpty: true
        );
        Assert.Equal(Enum.GetValues<BenchmarkKind>(), BenchmarkDescription.All.Select(benchmark => benchmark.Kind));
    }

    [Theory]
    [InlineData("wants the KIND")]
    [InlineData("there is no benchmark 'rewardbench'", "rewardbench")]
    [InlineData("one of the two", "own", "--data", "x.jsonl", "--output-dir", "o")]
    [InlineData("published at hub allenai/reward-bench-2", "reward-bench-2", "--scores", "x.jsonl", "--output-dir", "o")]
    [InlineData("--output-dir DIR", "own", "--data", "x.jsonl", "--scores", "x.jsonl")]
    [InlineData("go with --model", "own", "--data", "x.jsonl", "--scores", "x.jsonl", "--output-dir", "o", "--max-length", "5")]
    [InlineData("x.jsonl", "own", "--data", "x.jsonl", "--scores", "x.jsonl", "--output-dir", "o")]
    public async Task A_wrong_command_line_is_one_line_that_says_what_was_wanted(string expected, params string[] arguments)
    {
        var (code, output, error) = await Run(arguments);
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.Contains(expected, Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task An_own_file_with_a_prompt_of_another_name_is_mapped()
    {
        var data = Write("own.jsonl", """{"id": "1", "article": "p", "note": "n of it", "chosen": "a", "rejected": "b"}""");
        var scores = Write("s.jsonl", """{"id": "1", "chosen_score": 1, "rejected_score": 0}""");
        string[] arguments = ["own", "--data", data, "--scores", scores, "--output-dir", Path.Combine(_folder, "out")];
        var (code, _, error) = await Run(arguments);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("--map prompt=article", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, (await Run([.. arguments, "--map", "prompt=article", "--ignore", "note"])).Code);
    }
}
