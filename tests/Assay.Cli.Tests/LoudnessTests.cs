using System.Globalization;
using System.Security.Cryptography;
using Assay.Testing;

namespace Assay.Cli.Tests;

/// <summary>What <c>--quiet</c> leaves and <c>--verbose</c> adds, of a verb of each kind.</summary>
[Collection("console")]
public sealed class LoudnessTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose()
    {
        Terminal.Says = Terminal.Level.Remarks;
        _work.Dispose();
    }

    private string Broken() => _work.Write("broken.jsonl", [.. File.ReadLines(_work.Pairs("pairs.jsonl")), "{\"prompt\": "]);

    [Fact]
    public async Task Check_says_its_errors_when_quiet_and_everything_when_verbose()
    {
        var data = Broken();
        var (code, output, error) = await CommandLine.Run("check", "--data", data, "--output-dir", _work["quiet"], "--quiet");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("kept", output, StringComparison.Ordinal);
        Assert.Contains("broken.jsonl:25:12: malformed_json", Assert.Single(Lines(error)), StringComparison.Ordinal);

        (_, var same, error) = await CommandLine.Run("check", "--data", data, "--output-dir", _work["loud"], "--verbose");
        Assert.Equal(
            output.Replace(_work["quiet"], "", StringComparison.Ordinal),
            same.Replace(_work["loud"], "", StringComparison.Ordinal)
        );
        Assert.Contains("--max-errors 100 (default)", error, StringComparison.Ordinal);
        Assert.Contains($"--data {data} (command line)", error, StringComparison.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(data)));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{data}: {new FileInfo(data).Length:N0} bytes, SHA-256 {hash}"),
            error,
            StringComparison.Ordinal
        );
        Assert.Contains("exit code 2; ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judging_scores_sets_unreadable_rows_aside_as_check_does()
    {
        var data = Broken();
        var scores = _work.Write(
            "scores.jsonl",
            Enumerable.Range(1, 24).Select(row => $$"""{"row": {{row}}, "chosen_score": {{row % 5}}, "rejected_score": 2}""")
        );
        string[] eval = ["eval", "--data", data, "--scores", scores, "--output-dir", _work["evidence"]];
        var (code, output, error) = await CommandLine.Run([.. eval, "--quiet"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("malformed_json 1", output, StringComparison.Ordinal);
        Assert.Contains("broken.jsonl:25:12: malformed_json", Assert.Single(Lines(error)), StringComparison.Ordinal);
        Assert.True(File.Exists(_work["evidence/eval.json"]));

        (code, _, error) = await CommandLine.Run("gate", "--use", "monitor", "--evidence", _work["evidence"], "--quiet");
        Assert.Equal((true, ""), (code is ExitCode.CheckFailed or ExitCode.CannotTell, error));
        (_, _, error) = await CommandLine.Run("gate", "--use", "monitor", "--evidence", _work["evidence"], "--verbose");
        Assert.Contains(_work["evidence/eval.json"], error, StringComparison.Ordinal);

        await _work.Refused("broken.jsonl:25:12: malformed_json", [.. eval, "--max-errors", "0"]);
    }

    [SharedFact]
    public async Task A_quiet_training_says_nothing_and_a_verbose_one_whence_its_settings_are()
    {
        var recipe = _work.Write("recipe.yaml", "max_steps: 1", "learning_rate: 0.001");
        string[] train =
        [
            "train",
            "--config",
            recipe,
            "--model",
            SmallModel.Copy("llama-rm", _work["model"]),
            "--data",
            _work.Pairs("pairs.jsonl"),
        ];
        var (code, output, error) = await CommandLine.Run([.. train, "--output-dir", _work["quiet"], "--quiet"]);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.NotEqual("", output);
        (code, _, error) = await CommandLine.Run([.. train, "--output-dir", _work["loud"], "--verbose"]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Matches(@"learning_rate 0\.001 \(.*recipe\.yaml", error);
    }

    [Fact]
    public async Task They_do_not_go_together() =>
        await _work.Refused("--quiet and --verbose do not go together", "gate", "--print-policy", "rl", "--quiet", "--verbose");

    [Theory]
    [InlineData("gate")]
    [InlineData("process", "score")]
    [InlineData("serve")]
    public async Task Every_verb_has_both_in_its_help(params string[] verb)
    {
        var (_, output, _) = await CommandLine.Run([.. verb, "--help"]);
        Assert.Contains("--quiet", output, StringComparison.Ordinal);
        Assert.Contains("--verbose", output, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
