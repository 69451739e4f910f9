using System.Text.Json;
using Assay.Testing;

namespace Assay.Cli.Tests.Checking;

/// <summary>The verb <c>check</c>: what it writes, prints and returns.</summary>
[Collection("console")]
public class CheckCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-check-").FullName;

    private const string FourRows = """
        {"id":"a","prompt":"p","chosen":"yes","rejected":"no","label":"chosen"}
        {"id":"b","prompt":"p","chosen":"same","rejected":"same","label":"chosen"}
        {"id":"c","chosen_prompt":"p","rejected_prompt":"q","chosen":"yes","rejected":"no","label":"chosen"}
        {"id":"d","prompt":"p","chosen":"yes","rejected":"no","label":"tie"}

        """;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<(int Code, string Out, string Error)> Run(params string[] arguments) =>
        CommandLine.Run(["check", .. arguments, "--output-dir", Path.Combine(_folder, "out")]);

    [Fact]
    public async Task The_four_rows_of_the_mission_page_come_out_as_it_says()
    {
        var (code, output, _) = await Run("--data", Write("four.jsonl", FourRows), "--json");
        Assert.Equal(ExitCode.Success, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            (1, 0, 3),
            (
                report.GetProperty("kept_count").GetInt32(),
                report.GetProperty("review_count").GetInt32(),
                report.GetProperty("quarantine_count").GetInt32()
            )
        );
        Assert.Equal(
            ["context_mismatch 1", "identical_candidates 1", "tie_or_abstention 1"],
            report
                .GetProperty("reasons")
                .EnumerateArray()
                .Select(reason => $"{reason.GetProperty("code").GetString()} {reason.GetProperty("count").GetInt32()}")
        );
        Assert.Equal(
            "a",
            JsonDocument
                .Parse(Assert.Single(File.ReadAllLines(Path.Combine(_folder, "out", "kept.jsonl"))))
                .RootElement.GetProperty("id")
                .GetString()
        );
        Assert.Equal(
            [".assay-outputs", "kept.jsonl", "quarantine.jsonl", "report.html", "report.json", "review.jsonl"],
            Directory.EnumerateFiles(Path.Combine(_folder, "out")).Select(path => Path.GetFileName(path)).Order()
        );
    }

    [Fact]
    public async Task An_unreadable_row_is_set_aside_and_the_exit_code_is_2()
    {
        var path = Write("bad.jsonl", FourRows + "{\"prompt\": \n");
        var (code, _, _) = await Run("--data", path, "--json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal(4, File.ReadAllLines(Path.Combine(_folder, "out", "quarantine.jsonl")).Length);
        (code, _, var error) = await Run("--data", path, "--max-errors", "0");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("bad.jsonl:5:12: malformed_json", error);
    }

    [Theory]
    [InlineData("--format", "parchment", "is not known")]
    [InlineData("--max-length", "10", "needs --model")]
    [InlineData("--min-agreement", "2", "from 0 to 1")]
    public async Task A_wrong_option_is_refused_with_what_was_wanted(string option, string value, string wanted)
    {
        var (code, _, error) = await Run("--data", Write("four.jsonl", FourRows), option, value);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(wanted, error);
    }

    [SharedFact]
    public async Task With_a_model_long_pairs_and_pairs_of_equal_ids_are_set_aside()
    {
        var path = Write(
            "ids.jsonl",
            """
            {"prompt":"Say it: ","chosen":"HELLO","rejected":"hello"}
            {"prompt":"Say it: ","chosen":"one two three four five six seven eight nine ten","rejected":"eleven"}
            {"prompt":"Say it: ","chosen":"one","rejected":"two"}

            """
        );
        var (code, output, _) = await Run(
            "--data",
            path,
            "--model",
            SharedInputs.PathOf("models", "all-minilm-l6-v2"),
            "--max-length",
            "9",
            "--json"
        );
        Assert.Equal(ExitCode.Success, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            ["identical_tokens 1", "over_length 1"],
            report
                .GetProperty("reasons")
                .EnumerateArray()
                .Select(reason => $"{reason.GetProperty("code").GetString()} {reason.GetProperty("count").GetInt32()}")
        );
        Assert.Equal(1, report.GetProperty("kept_count").GetInt32());
    }

    [Fact]
    public async Task The_page_holds_everything_itself_and_escapes_what_it_shows()
    {
        await Run("--data", Write("four.jsonl", FourRows.Replace("\"same\"", "\"<script>alert(1)</script>\"")), "--json");
        var page = File.ReadAllText(Path.Combine(_folder, "out", "report.html"));
        Assert.DoesNotContain("<script", page);
        Assert.Contains("&lt;script&gt;", page);
        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.Contains("identical_candidates", page);
    }

    [Fact]
    public async Task Unreadable_rows_are_named_on_standard_error_with_line_column_and_cause()
    {
        var (code, output, error) = await Run(
            "--data",
            Write("half.jsonl", FourRows + "{\"prompt\":\"p\",\"chosen\":\"a\", \"rej"),
            "--json"
        );
        Assert.Equal(ExitCode.BadInput, code);
        Assert.EndsWith(
            "half.jsonl:5:33: malformed_json: the line ends in the middle of a JSON value",
            Assert.Single(error.TrimEnd().Split('\n'))
        );
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("error_count").GetInt32());
    }

    [Theory]
    [InlineData("empty.jsonl", "")]
    [InlineData("empty.json", "[]")]
    [InlineData("header.csv", "prompt,chosen,rejected\n")]
    public async Task A_file_without_rows_is_bad_input(string name, string text)
    {
        var (code, _, error) = await Run("--data", Write(name, text));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains($"{name}:1:1: the file has no rows", error);
    }
}
