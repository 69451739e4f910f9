using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>
/// Verbs over kinds of signal from files to files: what verify and process eval write is what gate and report read, advice follows the
/// file, the laboratory and the leaderboard say what was planted.
/// </summary>
[Collection("console")]
public sealed class SignalCommandTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("math", 0, "ready")]
    [InlineData("contains", 1, "not_ready")]
    public async Task A_rule_is_gated_by_its_errors_and_attacks(string rule, int code, string verdict)
    {
        var rows = _work.Write(
            "graded.jsonl",
            Enumerable
                .Range(1, 500)
                .Select(i =>
                    new JsonObject
                    {
                        ["completion"] = i % 2 == 0 ? $"So it is \\boxed{{{i}}}" : $"So it is \\boxed{{{i + 1}}}",
                        ["reference"] = $"{i}",
                        ["label"] = i % 2 == 0,
                    }.ToJsonString()
                )
        );
        await CommandLine.Run("verify", "--input", rows, "--using", rule, "--attack", "--output-dir", _work["evidence"]);
        var written = JsonNode.Parse(File.ReadAllText(_work["evidence/verify.json"]))!;
        Assert.Equal(
            (rule, 500, "graded.jsonl"),
            ((string)written["verifier"]!, (int)written["attacked"]!, Path.GetFileName((string)written["input"]!["path"]!))
        );
        var (exit, output, error) = await CommandLine.Run("gate", "--use", "verifier", "--evidence", _work["evidence"], "--json");
        Assert.True(code == exit, error);
        Assert.Equal(verdict, (string)JsonNode.Parse(output)!["verdict"]!);
        await Workplace.Succeed("report", "--evidence", _work["evidence"], "--output", _work["page.html"]);
        Assert.Contains($"Verifier {rule}", File.ReadAllText(_work["page.html"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.97, 0)]
    [InlineData(0.5, 1)]
    public async Task Step_scores_are_gated(double sureness, int code)
    {
        var random = new Random(1);
        var scored = _work.Write(
            "scored.jsonl",
            Enumerable
                .Range(0, 600)
                .Select(i =>
                {
                    bool[] labels = i % 2 == 0 ? [true, true, true] : [true, false, false];
                    return new JsonObject
                    {
                        ["step_scores"] = new JsonArray([
                            .. labels.Select(label => (JsonNode)(random.NextDouble() < sureness == label ? 0.8 : 0.2)),
                        ]),
                        ["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]),
                    }.ToJsonString();
                })
        );
        await Workplace.Succeed("process", "eval", scored, "--output-dir", _work["evidence"]);
        var (exit, output, _) = await CommandLine.Run("gate", "--use", "process", "--evidence", _work["evidence"]);
        Assert.True(code == exit, output);
        await Workplace.Succeed("report", "--evidence", _work["evidence"], "--output", _work["page.html"]);
        Assert.Contains("Process reward model", File.ReadAllText(_work["page.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_follows_what_the_file_has()
    {
        var (code, output, error) = await CommandLine.Run("advise", "--data", _work.Pairs("pairs.jsonl"), "--json");
        Assert.True(code == ExitCode.CannotTell, error);
        Assert.Equal(
            (24, null, "assay.advice/1"),
            (
                (int)JsonNode.Parse(output)!["facts"]!["pairs"]!,
                (string?)JsonNode.Parse(output)!["recommended"],
                (string)JsonNode.Parse(output)!["format"]!
            )
        );

        var steps = _work.Write(
            "steps.jsonl",
            Enumerable
                .Range(1, 600)
                .Select(i =>
                    new JsonObject
                    {
                        ["prompt"] = $"question {i}",
                        ["steps"] = new JsonArray("we think so", "the end"),
                        ["labels"] = new JsonArray(true, i % 2 == 0),
                    }.ToJsonString()
                )
        );
        (output, _) = await Workplace.Succeed("advise", "--data", steps, "--use", "rl", "--per-step");
        Assert.Contains("Use: a process reward model.", output, StringComparison.Ordinal);
        Assert.Contains("1200 labelled steps of 600 solutions, 0.75 of them right", output, StringComparison.Ordinal);

        var graded = _work.Write(
            "graded.jsonl",
            Enumerable
                .Range(1, 200)
                .Select(i =>
                    new JsonObject
                    {
                        ["prompt"] = $"question {i}",
                        ["completion"] = $"It is {i}.\n#### {i}",
                        ["reference"] = $"{i}",
                        ["label"] = true,
                    }.ToJsonString()
                )
        );
        (output, _) = await Workplace.Succeed("advise", "--data", graded, "--use", "rl");
        Assert.Contains("Use: a verifier.", output, StringComparison.Ordinal);
        // Answers alone, each with ratings: no pair is among them.
        var rated = _work.Write(
            "rated.jsonl",
            Enumerable
                .Range(1, 2100)
                .Select(i => $$"""{"prompt": "question {{i}}", "response": "It is so.", "helpfulness": {{i % 5}}, "verbosity": 2}""")
        );
        (output, _) = await Workplace.Succeed("advise", "--data", rated, "--use", "best-of-n", "--json");
        var facts = JsonNode.Parse(output)!["facts"]!;
        Assert.Equal(
            ("scalar", 2100, "helpfulness,verbosity"),
            ((string)JsonNode.Parse(output)!["recommended"]!, (int)facts["rated_answers"]!, string.Join(',', facts["ratings"]!.AsArray()))
        );
        // A row that cannot be read is set aside and counted.
        var many = _work.Pairs("many.jsonl", 2500);
        File.AppendAllText(many, """{"prompt": "p", "chosen": true, "rejected": "b"}""" + "\n");
        (output, _) = await Workplace.Succeed("advise", "--data", many, "--use", "policy", "--json");
        Assert.Equal(("dpo", 1), ((string)JsonNode.Parse(output)!["recommended"]!, (int)JsonNode.Parse(output)!["facts"]!["set_aside"]!));
        await _work.Refused("none.jsonl", "advise", "--data", _work.Write("none.jsonl", """{"x": 1}"""));
    }

    [Fact]
    public async Task The_laboratory_writes_its_report_and_its_page_and_both_worlds_hold()
    {
        string[] run = ["overopt", "lab", "--pairs", "100", "400", "--prompts", "6", "--answers", "128"];
        var (output, _) = await Workplace.Succeed([.. run, "--output-dir", _work["lab"], "--json"]);
        var report = JsonNode.Parse(output)!;
        Assert.Equal(("assay.laboratory/1", true), ((string)report["format"]!, (bool)report["holds"]!));
        Assert.Equal([false, true], report["worlds"]!.AsArray().Select(world => (bool)world!["proxies"]![1]!["best_of_n"]!["turns"]!));
        Assert.Contains("<svg", File.ReadAllText(_work["lab/laboratory.html"]), StringComparison.Ordinal);
        var (again, _) = await Workplace.Succeed([.. run, "--output-dir", _work["again"], "--json"]);
        Assert.Equal(output, again);
        await _work.Refused("wanted 32 to 100,000", "overopt", "lab", "--output-dir", _work["none"], "--answers", "8");
    }

    [Fact]
    public async Task Models_are_ranked_by_who_won()
    {
        var random = new Random(3);
        var votes = _work.Write(
            "votes.jsonl",
            Enumerable
                .Range(1, 300)
                .Select(i =>
                    new JsonObject
                    {
                        ["row"] = i,
                        ["chosen_score"] = random.NextDouble() < 0.8 ? 1 : -1,
                        ["rejected_score"] = 0,
                        ["chosen_generator"] = "good",
                        ["rejected_generator"] = "bad",
                    }.ToJsonString()
                )
        );
        var (output, _) = await Workplace.Succeed(
            "judge",
            "leaderboard",
            votes,
            "--baseline",
            "bad",
            "--output-dir",
            _work["board"],
            "--json"
        );
        var board = JsonNode.Parse(output)!;
        Assert.Equal(("assay.leaderboard/1", "good"), ((string)board["format"]!, (string)board["models"]![0]!["model"]!));
        Assert.Equal(80, (double)board["models"]![0]!["against_baseline"]!["win_rate"]!, 8.0);
        Assert.True(File.Exists(_work["board/leaderboard.json"]));
        await _work.Refused(
            "chosen_generator",
            "judge",
            "leaderboard",
            _work.Write("plain.jsonl", """{"row": 1, "chosen_score": 1, "rejected_score": 0}""")
        );
        await _work.Refused("--penalty is of --method bradley-terry", "judge", "leaderboard", votes, "--method", "elo", "--penalty", "1");
    }
}
