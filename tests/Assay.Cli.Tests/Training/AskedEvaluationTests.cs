using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>What was asked of a training run and cannot happen is said, and ends it before a step is taken.</summary>
[Collection("console")]
public sealed class AskedEvaluationTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string[] Train(params string[] more) =>
        [
            "train",
            "--model",
            SmallModel.Copy("llama-rm", _work["model"]),
            "--data",
            _work.Pairs("pairs.jsonl"),
            "--output-dir",
            _work["out"],
            "--max-steps",
            "1",
            .. more,
        ];

    [SharedTheory]
    [InlineData("--eval-strategy steps", "eval_strategy steps asks for an evaluation and nothing is held out")]
    [InlineData("--eval-strategy epoch", "eval_strategy epoch asks for an evaluation")]
    [InlineData("--eval-on-start", "eval_on_start asks for an evaluation")]
    public async Task An_evaluation_without_held_out_rows_is_refused(string flags, string expected) =>
        await _work.Refused(expected, Train(flags.Split(' ')));

    [SharedFact]
    public async Task Held_out_files_that_give_no_pair_are_refused_with_counts_and_a_quarantine()
    {
        var ties = _work.Write(
            "ties.jsonl",
            File.ReadLines(_work.Pairs("other.jsonl", 3, "other"))
                .Select(line => line.Replace("\"id\"", "\"label\":\"tie\",\"id\"", StringComparison.Ordinal))
        );
        var (code, _, error) = await CommandLine.Run(Train("--eval-data", ties));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("0 pairs are left to evaluate on", error, StringComparison.Ordinal);
        Assert.Contains("tie_or_abstention 3", error, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadLines(_work["out/quarantine.jsonl"]).Count());

        (code, _, error) = await CommandLine.Run(Train("--eval-data", _work.Write("empty.jsonl")));
        Assert.Equal((ExitCode.BadInput, true), (code, error.Contains("0 pairs are left to evaluate on", StringComparison.Ordinal)));
    }

    [SharedFact]
    public async Task Nothing_to_train_on_names_counts_by_reason_and_the_quarantine_is_there()
    {
        var (code, _, error) = await CommandLine.Run(Train("--max-length", "3"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("0 pairs are left to train on: of 24 rows 24 were set aside (over_length 24)", error, StringComparison.Ordinal);
        Assert.Equal(24, File.ReadLines(_work["out/quarantine.jsonl"]).Count());
        Assert.False(File.Exists(_work["out/run.json"]));
        await Workplace.Succeed(Train()); // the folder is still its own
    }

    [SharedFact]
    public async Task Held_out_pairs_of_trained_prompts_are_refused_and_loud_where_they_are_allowed()
    {
        string data = _work.Pairs("pairs.jsonl"),
            others = _work.Pairs("others.jsonl", 4, "other"),
            one = _work.Write("one.jsonl", [.. File.ReadLines(others), File.ReadLines(data).ElementAt(4)]);
        await _work.Refused("24 of 24 held-out pairs have a prompt that is trained on", Train("--eval-data", data));
        await _work.Refused(
            $"1 of 5 held-out pairs have a prompt that is trained on (first: {one} line 5, as {data} line 5)",
            Train("--eval-data", one)
        );
        await Workplace.Succeed(Train("--eval-data", others));
        Directory.Delete(_work["out"], recursive: true);
        var (output, error) = await Workplace.Succeed(Train("--eval-data", one, "--allow-shared-prompts", "--json"));
        Assert.Contains("1 of 5 held-out pairs", error, StringComparison.Ordinal);
        Assert.Equal(5, (long)JsonNode.Parse(output)!["data"]!["eval_pairs"]!);
    }

    [SharedFact]
    public async Task Resuming_where_there_is_no_run_is_refused_and_makes_no_folder()
    {
        await _work.Refused("there is no run to resume", Train("--resume"));
        Directory.CreateDirectory(_work["out"]);
        await _work.Refused("there is no run to resume", Train("--resume"));
        await Workplace.Succeed(Train());
        await _work.Refused("finished, there is nothing to resume", Train("--resume"));
        await _work.Refused("holds a run already", Train());
        await _work.Refused("holds a run already", Train("--overwrite"));
    }

    [Fact]
    public async Task A_check_that_keeps_nothing_says_why_and_exits_with_1()
    {
        var same = _work.Write("same.jsonl", """{"prompt": "p", "chosen": "a", "rejected": "a"}""");
        var (code, _, error) = await CommandLine.Run("check", "--data", same, "--output-dir", _work["checked"]);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("no row was kept: identical_candidates 1", error, StringComparison.Ordinal);
        await Workplace.Succeed("check", "--data", _work.Pairs("fine.jsonl"), "--output-dir", _work["fine"]);
    }
}
