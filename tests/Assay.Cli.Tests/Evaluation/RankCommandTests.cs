using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;
using Assay.Reward;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>rank</c>.</summary>
[Collection("console")]
public sealed class RankCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-rank-").FullName;

    public RankCommandTests()
    {
        TinyCheckpoint.Write(In("base"), ["a b c d"], 1);
        using var model = RewardModel.LoadForTraining(In("base"), 1);
        model.Save(In("model"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [Fact]
    public async Task The_best_by_score_is_the_best_that_is_written()
    {
        string[] answers = ["a b", "b", "c d a", "d"];
        File.WriteAllText(
            In("in.jsonl"),
            $$"""{"prompt": [{"role": "user", "content": "a"}], "completions": [{{string.Join(", ", answers.Select(answer => $"\"{answer}\""))}}]}"""
                + "\n"
        );
        File.WriteAllLines(
            In("each.jsonl"),
            answers.Select(answer =>
                $$"""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "{{answer}}"}]}"""
            )
        );
        var (code, output, error) = await CommandLine.Run(
            "rank",
            "--model",
            In("model"),
            "--input",
            In("in.jsonl"),
            "--output-dir",
            In("out"),
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);
        (code, _, error) = await CommandLine.Run(
            "score",
            "--model",
            In("model"),
            "--input",
            In("each.jsonl"),
            "--output",
            In("scores.jsonl")
        );
        Assert.True(code == ExitCode.Success, error);

        double[] scores = [.. File.ReadLines(In("scores.jsonl")).Select(line => (double)JsonNode.Parse(line)!["score"]!)];
        var ranked = JsonNode.Parse(File.ReadAllText(In("out/ranked.jsonl")))!;
        Assert.All(
            scores.Zip(ranked["scores"]!.AsArray()),
            pair => Assert.Equal(pair.First, (double)pair.Second!, 1e-4),
            throwIfEmpty: true
        );
        Assert.Equal(
            answers[Array.IndexOf(scores, scores.Max())],
            (string)JsonNode.Parse(File.ReadAllText(In("out/best.jsonl")))!["messages"]![1]!["content"]!
        );
        Assert.Equal(scores.Max(), (double)JsonNode.Parse(output)!["best_of_n"]![3]!["score"]!, 1e-4);

        // What it writes is what training reads.
        (code, _, error) = await CommandLine.Run("check", "--data", In("out/pairs.jsonl"), "--output-dir", In("checked"));
        Assert.True(code == ExitCode.Success, error);
    }

    [Fact]
    public async Task An_answer_too_many_or_a_wrong_option_is_said()
    {
        File.WriteAllText(
            In("in.jsonl"),
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""" + "\n"
        );
        var (code, _, error) = await CommandLine.Run("rank", "--model", In("model"), "--input", In("in.jsonl"), "--output-dir", In("out"));
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("every prompt has one answer", error, StringComparison.Ordinal);
        (code, _, error) = await CommandLine.Run(
            "rank",
            "--model",
            In("model"),
            "--input",
            In("in.jsonl"),
            "--output-dir",
            In("other"),
            "--top",
            "0"
        );
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("--top is 0, wanted 1 or more", error, StringComparison.Ordinal);
        (code, _, error) = await CommandLine.Run(
            "rank",
            "--model",
            In("model"),
            "--input",
            In("in.jsonl"),
            "--output-dir",
            In("other"),
            "--require-gate",
            "best-of-n"
        );
        Assert.Equal(ExitCode.CheckFailed, code);
    }
}
