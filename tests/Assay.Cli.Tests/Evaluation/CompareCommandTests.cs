using System.Text.Json.Nodes;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verbs <c>compare</c> and <c>select</c>.</summary>
[Collection("console")]
public sealed class CompareCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    /// <summary>A folder that eval wrote, of a model that has the first <paramref name="right"/> of 200 pairs right.</summary>
    private async Task<string> Evaluated(string name, int right, int pairs = 200)
    {
        File.WriteAllText(
            In(name + ".csv"),
            "id,chosen_score,rejected_score\n" + string.Concat(Enumerable.Range(0, pairs).Select(i => $"p{i},{(i < right ? 1 : 0)},0.5\n"))
        );
        File.WriteAllText(
            In("data.jsonl"),
            string.Concat(
                Enumerable
                    .Range(0, 200)
                    .Select(i => $$"""{"id": "p{{i}}", "prompt": "question {{i}} ", "chosen": "yes", "rejected": "no"}""" + "\n")
            )
        );
        var data = pairs == 200 ? (string[])["--data", In("data.jsonl")] : [];
        var (code, _, error) = await CommandLine.Run(["eval", "--scores", In(name + ".csv"), .. data, "--output-dir", In(name), "--json"]);
        Assert.True(code == ExitCode.Success, error);
        return In(name);
    }

    private static async Task<JsonObject> Json(string verb, params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run([verb, .. arguments, "--json"]);
        Assert.True(code == ExitCode.Success, error);
        return JsonNode.Parse(output)!.AsObject();
    }

    [Fact]
    public async Task Folders_files_and_named_paths_are_compared()
    {
        var (a, b) = (await Evaluated("a", 150), await Evaluated("b", 100));
        var (code, _, error) = await CommandLine.Run("compare", a, a);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("are both called a.csv: give them names", error, StringComparison.Ordinal);

        var report = await Json("compare", b, "first=" + a, "file=" + In("a.csv"), "--output-dir", In("out"));
        Assert.Equal(["file", "first", "b.csv"], report["models"]!.AsArray().Select(model => (string)model!["name"]!));
        Assert.Equal([1, 1, 3], report["models"]!.AsArray().Select(model => (int)model!["rank"]!));
        Assert.Equal([true, false, false], report["differences"]!.AsArray().Select(difference => (bool)difference!["is_noise"]!));
        Assert.True(JsonNode.DeepEquals(report, JsonNode.Parse(File.ReadAllText(In("out/compare.json")))));
    }

    [Fact]
    public async Task Pairs_that_are_not_scored_by_all_are_counted()
    {
        var report = await Json("compare", await Evaluated("a", 150), await Evaluated("b", 100, pairs: 180));

        Assert.Equal(180, (int)report["pairs"]!);
        Assert.Equal([20, 0], report["models"]!.AsArray().Select(model => (int)model!["left_out"]!));
    }

    [Fact]
    public async Task Scores_that_were_changed_after_they_were_judged_are_refused()
    {
        var (a, b) = (await Evaluated("a", 150), await Evaluated("b", 100));
        File.AppendAllText(Path.Combine(a, "scores.jsonl"), """{"row": 999, "id": "x", "chosen_score": 1, "rejected_score": 0}""" + "\n");
        var (code, _, error) = await CommandLine.Run("compare", a, b);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("is not the file that", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "no such file or folder")]
    [InlineData("x=nowhere", "nowhere: no such file or folder")]
    [InlineData(".", "has no scores.jsonl")]
    public async Task What_is_not_there_is_named(string argument, string expected)
    {
        var (code, _, error) = await CommandLine.Run("compare", await Evaluated("a", 150), argument == "." ? _folder : argument);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    /// <summary>Puts a benchmark result beside, and a model folder that says what it was trained from.</summary>
    private void Describe(string folder, double benchmark, string from)
    {
        var evidence = Assert.IsType<EvalEvidence>(EvidenceFile.Read(Path.Combine(folder, "eval.json")));
        var model = Directory.CreateDirectory(folder + "-model").FullName;
        File.WriteAllText(
            Path.Combine(model, "assay.json"),
            new JsonObject { ["base_model"] = new JsonObject { ["path"] = from } }.ToJsonString()
        );
        var subject = evidence.Subject with { Path = model, Name = Path.GetFileName(folder) };
        EvidenceFile.Write(Path.Combine(folder, "eval.json"), evidence with { Subject = subject });
        var report = new BenchmarkReport
        {
            Kind = BenchmarkKind.RewardBench2,
            Revision = "r",
            Score = benchmark,
            Rows = 1865,
            TieRate = 0,
            Parts = [],
            Warnings = [],
        };
        EvidenceFile.Write(
            Path.Combine(folder, "benchmark-reward_bench2.json"),
            new BenchmarkEvidence
            {
                Subject = subject,
                Inputs = [],
                Report = report,
            }
        );
    }

    [Fact]
    public async Task A_candidate_of_the_policys_base_is_chosen_among_those_within_noise()
    {
        var (own, other, weak) = (await Evaluated("own", 150), await Evaluated("other", 152), await Evaluated("weak", 190));
        Describe(own, 0.80, "hub/llama-8b");
        Describe(other, 0.81, "hub/qwen-8b");
        Describe(weak, 0.50, "hub/llama-8b");
        var report = await Json("select", own, other, weak, "--policy-base", "mirror/Llama-8B", "--output-dir", In("out"));

        Assert.Equal("own", (string)report["chosen"]!);
        Assert.Equal(
            ["own chosen", "other as_good", "weak filtered"],
            report["candidates"]!.AsArray().Select(candidate => $"{candidate!["name"]} {candidate["status"]}")
        );
        Assert.All(report["candidates"]!.AsArray(), candidate => Assert.NotEmpty((string)candidate!["reason"]!), throwIfEmpty: true);
        Assert.Equal("other", (string)(await Json("select", own, other, weak))["chosen"]!);
        Assert.Equal(
            "own",
            (string)(await Json("select", own, other, "--base", "own=hub/x", "other=hub/y", "--policy-base", "hub/x"))["chosen"]!
        );
    }

    [Fact]
    public async Task Without_own_pairs_the_exit_code_says_that_nothing_can_be_told()
    {
        var folder = await Evaluated("a", 150);
        Describe(folder, 0.8, "hub/llama");
        File.Delete(Path.Combine(folder, "eval.json"));
        var (code, output, _) = await CommandLine.Run("select", folder, "--json");

        Assert.Equal(ExitCode.CannotTell, code);
        Assert.Contains("has neither fresh.json nor eval.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_of_two_models_in_one_folder_is_refused()
    {
        var (a, b) = (await Evaluated("a", 150), await Evaluated("b", 100));
        File.Copy(Path.Combine(b, "eval.json"), Path.Combine(a, "other.json"));
        var (code, _, error) = await CommandLine.Run("select", a, b);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("evidence of several models", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_says_no_marks_a_model_and_refuses_a_candidate()
    {
        var (a, b) = (await Evaluated("a", 150), await Evaluated("b", 100));
        File.WriteAllText(In("policy.yaml"), "use: rl\nchecks:\n  heldout_accuracy: {at_least: 0.99, min_count: 1}\n");
        Assert.Equal(
            ExitCode.CheckFailed,
            (await CommandLine.Run("gate", "--policy", In("policy.yaml"), "--evidence", a, "--output-dir", a)).Code
        );
        var (code, output, error) = await CommandLine.Run("compare", a, b, "--output-dir", In("out"));
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("! a.csv: its gate says not ready for rl (heldout_accuracy", output, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(In("out/compare.json")))!["rows"]);

        (code, output, _) = await CommandLine.Run("select", a, b, "--json");
        Assert.Equal((ExitCode.Success, "b.csv"), (code, (string?)JsonNode.Parse(output)!["chosen"]));
        (code, _, _) = await CommandLine.Run("select", a);
        Assert.Equal(ExitCode.CheckFailed, code);
    }

    [Fact]
    public async Task Fresh_evidence_with_a_static_set_of_each_model_is_comparable()
    {
        foreach (var (name, right) in new[] { ("a", 150), ("b", 100) })
        {
            var folder = await Evaluated(name, right);
            var (code, _, error) = await CommandLine.Run(
                "fresh",
                "--scores",
                In(name + ".csv"),
                "--data",
                In("data.jsonl"),
                "--static",
                folder,
                "--human-reviewed",
                "--output-dir",
                folder
            );
            Assert.True(code == ExitCode.Success, error);
        }
        var selection = await Json("select", In("a"), In("b"));
        Assert.Equal("a.csv", (string?)selection["chosen"]);
        Assert.Contains("fresh pairs", (string)selection["rules"]![1]!, StringComparison.Ordinal);
        // Other fresh pairs are still refused.
        File.AppendAllText(In("data.jsonl"), """{"id": "p200", "prompt": "one more", "chosen": "yes", "rejected": "no"}""" + "\n");
        File.AppendAllText(In("b.csv"), "p200,1,0\n");
        Assert.Equal(
            ExitCode.Success,
            (
                await CommandLine.Run(
                    "fresh",
                    "--scores",
                    In("b.csv"),
                    "--data",
                    In("data.jsonl"),
                    "--human-reviewed",
                    "--output-dir",
                    In("b")
                )
            ).Code
        );
        Assert.Equal(ExitCode.BadInput, (await CommandLine.Run("select", In("a"), In("b"))).Code);
    }
}
