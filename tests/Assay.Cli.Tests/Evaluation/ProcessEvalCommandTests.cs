using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>process eval</c>.</summary>
[Collection("console")]
public sealed class ProcessEvalCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-process-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Rows(string name, params string[] lines)
    {
        File.WriteAllLines(Path.Combine(_folder, name), lines);
        return Path.Combine(_folder, name);
    }

    [Fact]
    public async Task Labels_are_read_in_every_benchmarks_form()
    {
        var file = Rows(
            "a.jsonl",
            """{"step_scores": [0.9, 0.1, 0.9], "labels": [true, false, null]}""",
            """{"step_scores": [0.9, 0.1, 0.9], "labels": [1, -1, 0]}""",
            """{"step_scores": [0.9, 0.1, 0.9], "label": 1}""",
            """{"step_scores": [0.9, 0.9, 0.9], "label": -1}""",
            """{"step_scores": [0.9, 0.1, 0.9], "error_steps": [2]}""",
            """{"error": "too_long"}"""
        );
        var (code, output, error) = await CommandLine.Run("process", "eval", file, "--json", "--output-dir", Path.Combine(_folder, "out"));
        Assert.True(code == ExitCode.Success, error);
        var report = JsonNode.Parse(output)!;
        // Judged steps: 2, 3, 2, 3 and 3; all called as they were judged.
        Assert.Equal((5, 13, 1.0), ((int)report["solutions"]!, (int)report["steps"]!, (double)report["accuracy"]!));
        Assert.Equal((4, 1), ((int)report["first_errors"]!["rows_with_error"]!, (int)report["first_errors"]!["rows_without"]!));
        (_, output, _) = await CommandLine.Run(
            "process",
            "eval",
            file,
            "--tune-on",
            Rows("b.jsonl", """{"step_scores": [0.95, 0.91], "labels": [true, false]}"""),
            "--json"
        );
        Assert.Equal(0.92, (double)JsonNode.Parse(output)!["threshold"]!);
    }

    [Theory]
    [InlineData("""{"labels": [true]}""", "line 1: step_scores is missing")]
    [InlineData("""{"step_scores": [1.5], "labels": [true]}""", "line 1: step_scores[0] is 1.5, wanted a probability of 0 to 1")]
    [InlineData("""{"step_scores": [0.5], "labels": [true, false]}""", "line 1: 1 step_scores and 2 labels")]
    [InlineData("""{"step_scores": [0.5], "label": 1}""", "line 1: label is 1, wanted -1 or a step from 0 to 0")]
    [InlineData("""{"step_scores": [0.5]}""", "line 1: no labels, wanted labels")]
    [InlineData("""{"step_scores": [0.5], "labels": [2]}""", "line 1: labels[0] is 2, wanted true, false or null")]
    public async Task Bad_lines_are_named(string line, string message)
    {
        var (code, _, error) = await CommandLine.Run("process", "eval", Rows("a.jsonl", line));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_threshold_is_not_chosen_on_what_is_judged()
    {
        var file = Rows("a.jsonl", """{"step_scores": [0.5], "labels": [true]}""");
        var (code, _, error) = await CommandLine.Run("process", "eval", file, "--tune-on", file);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("flatters the model", error, StringComparison.Ordinal);
    }
}
