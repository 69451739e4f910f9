using System.Text.Json;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Tests.Reports;

/// <summary>The verb <c>report</c>: what it writes, prints and returns.</summary>
[Collection("console")]
public sealed class ReportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Write(string name, string fingerprint)
    {
        EvidenceFile.Write(
            PathOf(name),
            new AuditEvidence
            {
                Subject = new("reward", "models/reward", fingerprint),
                Inputs = [],
                SetAside = new Dictionary<string, long>(),
                Length = null,
                Style = null,
                Probes = [],
                Notes = [],
                SelfTests = [new("swap", "Exchanging the sides exchanges the scores.", 4, 0, 1e-6, true)],
            }
        );
        return PathOf(name);
    }

    private static Task<(int Code, string Out, string Error)> Run(params string[] arguments) => CommandLine.Run(["report", .. arguments]);

    [Fact]
    public async Task It_writes_one_page_and_says_which_sections_are_there_and_which_are_missing()
    {
        Write("evidence/audit.json", new string('1', 64));
        var (code, output, error) = await Run("--evidence", PathOf("evidence"), "--output", PathOf("new/folder/report.html"), "--json");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("assay.report/1", result.GetProperty("format").GetString());
        Assert.Equal(
            ("present", "missing", "missing"),
            (
                result.GetProperty("sections").GetProperty("self_tests").GetString(),
                result.GetProperty("sections").GetProperty("gate").GetString(),
                result.GetProperty("sections").GetProperty("training").GetString()
            )
        );
        var page = File.ReadAllText(PathOf("new/folder/report.html"));
        Assert.Contains("No gate was run", page);
        Assert.Contains("✓ passed", page);
        Assert.Equal([".assay-outputs", "report.html"], Directory.EnumerateFiles(PathOf("new/folder")).Select(Path.GetFileName).Order());
        (code, output, _) = await Run("--evidence", PathOf("evidence/audit.json"), "--output", PathOf("report.html"));
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("missing, with what makes it on the page: gate", output);
    }

    [Fact]
    public async Task Each_format_of_other_tools_is_written_from_what_the_verbs_wrote()
    {
        File.WriteAllLines(
            PathOf("scores.jsonl"),
            Enumerable.Range(1, 30).Select(i => $$"""{"row": {{i}}, "chosen_score": {{i % 3}}, "rejected_score": 0.5}""")
        );
        Assert.Equal(
            ExitCode.Success,
            (await CommandLine.Run("eval", "--scores", PathOf("scores.jsonl"), "--output-dir", PathOf("evidence"))).Code
        );
        foreach (var (format, wanted) in new[] { ("huggingface", "README.md"), ("inspect", "_assay-heldout-pairs_"), ("mlflow", "mlruns") })
        {
            var (code, output, error) = await Run(
                "--as",
                format,
                "--evidence",
                PathOf("evidence"),
                "--output",
                PathOf(format == "mlflow" ? "mlruns" : format),
                "--json"
            );
            Assert.Equal((ExitCode.Success, ""), (code, error));
            var path = JsonDocument.Parse(output).RootElement.GetProperty("written")[0].GetString()!;
            Assert.Contains(wanted, path);
            Assert.True(Path.Exists(path), path);
        }
        File.WriteAllLines(
            PathOf("pairs.jsonl"),
            Enumerable
                .Range(1, 40)
                .Select(i => $$"""{"prompt": "question {{i}} of the test", "chosen": "yes {{i}}", "rejected": "no {{i}}"}""")
        );
        Assert.Equal(
            ExitCode.Success,
            (await CommandLine.Run("split", "--data", PathOf("pairs.jsonl"), "--eval", "0.3", "--output-dir", PathOf("split"))).Code
        );
        Assert.Equal(
            ExitCode.Success,
            (await Run("--as", "croissant", "--evidence", PathOf("split"), "--output", PathOf("split/croissant.json"))).Code
        );
        var croissant = JsonDocument.Parse(File.ReadAllText(PathOf("split/croissant.json"))).RootElement;
        Assert.Equal(
            ["train.jsonl", "eval.jsonl"],
            croissant.GetProperty("distribution").EnumerateArray().Select(file => file.GetProperty("contentUrl").GetString())
        );
        File.AppendAllText(PathOf("split/train.jsonl"), "{}\n");
        var changed = await Run("--as", "croissant", "--evidence", PathOf("split"), "--output", PathOf("split/croissant.json"));
        Assert.Equal(ExitCode.BadInput, changed.Code);
        Assert.Contains("is not what the split wrote", changed.Error);
        foreach (
            var wrong in (string[][])
                [
                    ["--as", "pdf", "--evidence", PathOf("evidence")],
                    ["--as", "croissant", "--evidence", PathOf("evidence")],
                    ["--as", "mlflow", "--evidence", PathOf("nowhere")],
                ]
        )
            Assert.Equal(ExitCode.BadInput, (await Run([.. wrong, "--output", PathOf("out")])).Code);
    }

    [Fact]
    public async Task Evidence_of_two_models_and_what_cannot_be_read_leave_no_page_and_exit_with_2()
    {
        string one = Write("one.json", new string('1', 64)),
            two = Write("two.json", new string('2', 64)),
            page = PathOf("report.html");
        var (code, _, error) = await Run("--evidence", one, two, "--output", page);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("one.json is of reward (1111", error);
        Assert.Contains("two.json of reward (2222", error);
        foreach (
            var arguments in (string[][])
                [
                    ["--evidence", PathOf("nowhere"), "--output", page],
                    ["--evidence", one, "--model", PathOf("nowhere"), "--output", page],
                    ["--evidence", one],
                ]
        )
        {
            (code, _, error) = await Run(arguments);
            Assert.Equal(ExitCode.BadInput, code);
            Assert.StartsWith("assay: ", error);
        }
        Assert.False(File.Exists(page));
    }

    [Fact]
    public async Task A_training_run_that_cannot_be_proven_to_be_the_judged_models_is_shown_with_a_remark()
    {
        Directory.CreateDirectory(PathOf("run"));
        File.WriteAllText(PathOf("run/train_log.jsonl"), "{\"loss\":0.69,\"step\":1}\n{\"loss\":0.6,\"step\":2}\n");
        var (code, _, error) = await Run(
            "--evidence",
            Write("audit.json", new string('1', 64)),
            "--model",
            PathOf("run"),
            "--output",
            PathOf("report.html")
        );
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("holds no model, only a training run", error);
        Assert.Contains("not proven", File.ReadAllText(PathOf("report.html")));
        (_, _, error) = await Run(
            "--evidence",
            Write("audit.json", "scores:" + new string('1', 64)),
            "--model",
            PathOf("run"),
            "--output",
            PathOf("report.html")
        );
        Assert.Contains("the scores were made elsewhere", error);
    }

    [Fact]
    public async Task It_takes_what_gate_takes()
    {
        Write("evidence/audit.json", new string('1', 64));
        File.WriteAllText(PathOf("split.json"), """{"format": "assay.split/1", "rule": "by hand", "train": [1, 2], "heldout": [3]}""");
        File.WriteAllText(
            PathOf("report.json"),
            """{"format": "assay.check_report/1", "row_count": 100, "item_count": 100, "kept_count": 90, "review_count": 6, "quarantine_count": 4, "error_count": 0}"""
        );
        File.WriteAllText(PathOf("figures.json"), """{"format": "assay.figures/1", "figures": {"heldout_accuracy": {"value": 0.9}}}""");
        string[] evidence = [PathOf("evidence"), PathOf("split.json"), PathOf("report.json"), PathOf("figures.json")];
        var (code, _, error) = await Run(["--evidence", .. evidence, "--output", PathOf("report.html")]);
        Assert.Equal((ExitCode.Success, ""), (code, error));

        // What gate saw of them and what lies here are compared as of all evidence.
        var gated = await CommandLine.Run(["gate", "--use", "monitor", "--evidence", .. evidence, "--output-dir", PathOf("evidence")]);
        Assert.Equal("", gated.Error);
        File.AppendAllText(PathOf("split.json"), " ");
        (code, _, error) = await Run(["--evidence", .. evidence, "--output", PathOf("report.html")]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("split.json is not the one that the gate saw", error, StringComparison.Ordinal);

        (code, _, error) = await Run("--evidence", PathOf("split.json"), "--output", PathOf("report.html"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("says nothing of a model", error, StringComparison.Ordinal);
    }
}
