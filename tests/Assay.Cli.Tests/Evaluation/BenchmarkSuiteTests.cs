using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>benchmark suite</c> over a folder of made-up rows in the published layouts.</summary>
[Collection("console")]
public sealed class BenchmarkSuiteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-suite-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
    }

    private void WriteSuite()
    {
        Write(
            "all/judgebench/data/response_model=gpt-4o.jsonl",
            """{"pair_id": "j1", "source": "mmlu-pro-math", "question": "q", "response_A": "a", "response_B": "b", "label": "A>B"}""" + "\n"
        );
        Write(
            "all/judgebench/data/response_model=claude.jsonl",
            """{"pair_id": "j2", "source": "livebench-math", "question": "q", "response_A": "a", "response_B": "b", "label": "B>A"}"""
                + "\n"
        );
        Write(
            "all/human.jsonl",
            """{"question_id": "h1", "prompt": "p", "response_1": "a", "response_2": "b", "winner": "model_a", "language": "English"}"""
                + "\n"
        );
        Write("all/mine/kitchen.jsonl", """{"id": "k1", "prompt": "p", "chosen": "a", "rejected": "b"}""" + "\n");
        Write("all/mine/garden.csv", "id,prompt,chosen,rejected\ng1,p,a,b\ng2,p,a,b\n");
        Write("all/notes.json", """[{"title": "no benchmark"}]""");
        Write("all/.git/config.json", "{}");
        Write("theirs/scores-judge-bench.jsonl", """{"id": "j1", "chosen_score": 1, "rejected_score": 0}""" + "\n");
        Write(
            "theirs/scores-judge-bench-judgebench-data-response_model-claude.jsonl",
            """{"id": "j2", "chosen_score": 0, "rejected_score": 1}""" + "\n"
        );
        Write("theirs/scores-ppe-preference.jsonl", """{"id": "h1", "chosen_score": 1, "rejected_score": 0}""" + "\n");
        Write("theirs/scores-own-mine-kitchen.jsonl", """{"id": "k1", "chosen_score": 1, "rejected_score": 0}""" + "\n");
        Write(
            "theirs/scores-own-mine-garden.jsonl",
            "{\"id\": \"g1\", \"chosen_score\": 1, \"rejected_score\": 0}\n{\"id\": \"g2\", \"error\": \"over_length\"}\n"
        );
    }

    private async Task<(int Code, JsonNode Suite, string Error)> Run()
    {
        var (code, output, error) = await CommandLine.Run(
            "benchmark",
            "suite",
            In("all"),
            "--scores",
            In("theirs"),
            "--output-dir",
            In("out"),
            "--json"
        );
        return (code, JsonNode.Parse(output.Length > 0 ? output : "null")!, error);
    }

    private static string[] States(JsonNode suite) => [.. suite["benchmarks"]!.AsArray().Select(row => $"{row!["name"]} {row["state"]}")];

    [Fact]
    public async Task Every_benchmark_of_a_folder_is_found_by_its_rows_and_what_is_missing_is_said()
    {
        WriteSuite();
        var (code, suite, _) = await Run();
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(
            [
                "reward-bench missing",
                "reward-bench-2 missing",
                "ppe-preference scored",
                "ppe-correctness missing",
                "rmb missing",
                "rm-bench missing",
                "judge-bench scored",
                "judge-bench-judgebench-data-response_model-claude scored",
                "own-mine-garden scored",
                "own-mine-kitchen scored",
            ],
            States(suite)
        );
        JsonNode Row(string name) => suite["benchmarks"]!.AsArray().Single(row => (string)row!["name"]! == name)!;
        Assert.Equal((1.0, 1), ((double)Row("judge-bench")["score"]!, (int)Row("judge-bench")["rows"]!));
        Assert.Equal(
            (null, 1, 1),
            (
                Row("own-mine-garden")["score"],
                (int)Row("own-mine-garden")["left_out"]!["score_missing"]!,
                (int)Row("own-mine-garden")["rows"]!
            )
        );
        Assert.Null(suite["average"]); // five of the seven are not there
        Assert.Contains(
            "no benchmark has these fields: title",
            Assert.Single(suite["passed_over"]!.AsObject()).Value!.ToString(),
            StringComparison.Ordinal
        );
        Assert.True(JsonNode.DeepEquals(suite, JsonNode.Parse(File.ReadAllText(In("out", "suite.json")))));
        Assert.True(File.Exists(In("out", "benchmark-judge-bench.json")));
    }

    [Fact]
    public async Task A_stopped_suite_goes_on_and_does_again_what_changed()
    {
        WriteSuite();
        File.Delete(In("theirs", "scores-ppe-preference.jsonl"));
        var (code, suite, _) = await Run();
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("ppe-preference failed", States(suite));
        Write("theirs/scores-ppe-preference.jsonl", """{"id": "h1", "chosen_score": 1, "rejected_score": 0}""" + "\n");
        File.AppendAllText(In("all", "mine", "kitchen.jsonl"), """{"id": "k2", "prompt": "p", "chosen": "a", "rejected": "b"}""" + "\n");
        File.AppendAllText(
            In("theirs", "scores-own-mine-kitchen.jsonl"),
            """{"id": "k2", "chosen_score": 0, "rejected_score": 1}""" + "\n"
        );
        var time = File.GetLastWriteTimeUtc(In("out", "benchmark-judge-bench.json"));
        (code, suite, _) = await Run();
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(
            [
                "judge-bench kept",
                "judge-bench-judgebench-data-response_model-claude kept",
                "own-mine-garden kept",
                "own-mine-kitchen scored",
                "ppe-preference scored",
            ],
            States(suite).Where(state => !state.EndsWith("missing", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(time, File.GetLastWriteTimeUtc(In("out", "benchmark-judge-bench.json")));
        Assert.Equal(0.5, (double)suite["benchmarks"]!.AsArray().Single(row => (string)row!["name"]! == "own-mine-kitchen")!["score"]!);
    }

    [Theory]
    [InlineData("holds no benchmark", "benchmark", "suite", "EMPTY", "--scores", "x", "--output-dir", "y")]
    [InlineData("no such folder", "benchmark", "suite", "nowhere", "--scores", "x", "--output-dir", "y")]
    [InlineData("one of the two", "benchmark", "suite", "EMPTY", "--output-dir", "y")]
    [InlineData(
        "--truncate and --chat-template go with --model",
        "benchmark",
        "suite",
        "EMPTY",
        "--scores",
        "x",
        "--truncate",
        "right",
        "--output-dir",
        "y"
    )]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string cause, params string[] arguments)
    {
        Directory.CreateDirectory(In("empty"));
        var (code, _, error) = await CommandLine.Run([.. arguments.Select(argument => argument == "EMPTY" ? In("empty") : argument)]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(cause, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }
}
