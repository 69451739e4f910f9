using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests;

/// <summary>
/// What goes wrong ends in one line and the right exit code: the user's slips with 2, ours with 70, and neither with a crash.
/// </summary>
[Collection("console")]
public sealed class FaultTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private static async Task<(int Code, string Error)> RunVerb(Action verb)
    {
        var command = new Command("fail");
        command.SetAction(_ => verb());
        var error = Console.Error;
        using var captured = new StringWriter();
        Console.SetError(captured);
        try
        {
            return (await CommandHost.RunAsync(new RootCommand { command }, ["fail"]), captured.ToString());
        }
        finally
        {
            Console.SetError(error);
        }
    }

    [Fact]
    public async Task A_fault_of_our_own_is_one_line_with_code_70_and_a_file_with_the_details()
    {
        var (code, error) = await RunVerb(() => throw new InvalidOperationException("a list\nwas empty"));
        Assert.Equal(70, code);
        var line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(
            "a fault of assay itself, not of your input: InvalidOperationException: a list was empty",
            line,
            StringComparison.Ordinal
        );
        string file = line.Split("details: ")[1].Split(';')[0],
            details = File.ReadAllText(file);
        File.Delete(file);
        Assert.Contains("command: assay fail", details, StringComparison.Ordinal);
        // where it happened
        Assert.Contains(nameof(A_fault_of_our_own_is_one_line_with_code_70_and_a_file_with_the_details), details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_users_slip_found_on_several_threads_is_no_fault_of_ours()
    {
        Assert.Equal(
            (2, "assay: row 7\n"),
            await RunVerb(() => throw new AggregateException(new FormatException("row 7"), new FormatException("row 9")))
        );
        Assert.Equal((130, "assay: stopped\n"), await RunVerb(() => throw new OperationCanceledException()));
        var (code, error) = await RunVerb(() =>
            throw new AggregateException(new FormatException("row 7"), new InvalidCastException("ours"))
        );
        Assert.Equal(70, code);
        File.Delete(error.Split("details: ")[1].Split(';')[0]);
    }

    [Theory]
    [InlineData("train --max_steps 5", "--max_steps is no option of assay train (did you mean '--max-steps'?)")]
    [InlineData("train --learning_rate=1e-4", "(did you mean '--learning-rate'?)")]
    [InlineData("eval --store-referense --scores x", "--store-referense is no option of assay eval (did you mean '--store-reference'?)")]
    [InlineData("split --data x --output-dir y --heldout 0.3", "--heldout is no option of assay split (did you mean '--hold-out'?)")]
    [InlineData("split --data x --heldout 0.3 --output-dir y", "--heldout is no option of assay split (did you mean '--hold-out'?)")]
    [InlineData("gate --use rl --evidence a b --jsn", "--jsn is no option of assay gate (did you mean '--json'?)")]
    [InlineData("check --zzzzzzzzzzz 1", "--zzzzzzzzzzz is no option of assay check\n")]
    [InlineData("check --min-agreement abc --data x --output-dir y", "--min-agreement is 'abc', wanted a number\n")]
    [InlineData("split --seed 1.5 --data x --output-dir y", "--seed is '1.5', wanted a whole number\n")]
    [InlineData("select a --top many", "--top is 'many', wanted a whole number\n")]
    [InlineData("select a --benchmark Bench9", "--benchmark is 'Bench9', wanted one of")]
    [InlineData("eval --max-length ten --model x --data y", "--max-length is 'ten', wanted a whole number\n")]
    public async Task A_slip_on_the_command_line_is_said_in_our_words_once(string line, string expected)
    {
        var error = await _work.Refused(expected, line.Split(' '));
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        Assert.Equal(2, error.TrimEnd().Split('\n').Length); // and where to read more
    }

    public static TheoryData<double, double> Extremes =>
        new()
        {
            { 1e308, -1e308 },
            { double.MaxValue, double.MinValue },
            { 1e200, -1e200 },
            { -1e308, 1e308 },
        };

    [Theory]
    [MemberData(nameof(Extremes))]
    public async Task Scores_at_the_end_of_the_doubles_are_judged_and_what_is_not_computable_is_null(double high, double low)
    {
        var data = _work.Pairs("pairs.jsonl", 60);
        string Scores(string name, int turn) =>
            _work.Write(
                name,
                [
                    "id,chosen_score,rejected_score",
                    .. Enumerable
                        .Range(1, 60)
                        .Select(i =>
                            FormattableString.Invariant($"question-{i},{(i % 3 == turn ? high : i):R},{(i % 3 == turn ? low : i % 7):R}")
                        ),
                ]
            );
        string first = Scores("first.csv", 0),
            second = Scores("second.csv", 1);
        var (output, _) = await Workplace.Succeed("eval", "--scores", first, "--data", data, "--output-dir", _work["evidence"], "--json");
        var metrics = JsonNode.Parse(output)!["metrics"]!;
        int wins = Enumerable.Range(1, 60).Count(i => i % 3 == 0 ? high > low : i > i % 7),
            ties = Enumerable.Range(1, 60).Count(i => i % 3 != 0 && i == i % 7);
        Assert.Equal((wins + ties / 2.0) / 60, (double)metrics["accuracy"]!, 1e-12);
        await Workplace.Succeed("audit", "--scores", first, "--data", data, "--output-dir", _work["evidence"]);
        await Workplace.Succeed("fresh", "--scores", second, "--data", data, "--static", _work["evidence"], "--output-dir", _work["fresh"]);
        await Workplace.Succeed("compare", first, second, "--output-dir", _work["compared"]);
        await Workplace.Succeed("eval", "--scores", second, "--drift-from", _work["evidence"], "--output-dir", _work["drift"]);
        await Workplace.Succeed("report", "--evidence", _work["evidence"], "--output", _work["page.html"]);
        foreach (
            var file in Directory
                .EnumerateFiles(Path.GetDirectoryName(data)!, "*.json*", SearchOption.AllDirectories)
                .Where(file => file != data)
        )
        foreach (var line in file.EndsWith('l') ? File.ReadAllLines(file) : [File.ReadAllText(file)])
            JsonDocument.Parse(line).Dispose(); // NaN and Infinity are no JSON
        Assert.DoesNotContain("Infinity", File.ReadAllText(_work["page.html"]), StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task Score_names_the_rows_with_errors_and_refuses_an_empty_input()
    {
        var model = SmallModel.Copy("bert-rm", _work["model"]);
        var input = _work.Write(
            "in.jsonl",
            [
                .. File.ReadLines(_work.Pairs("pairs.jsonl", 3)),
                "not json",
                new JsonObject { ["text"] = string.Join(' ', Enumerable.Repeat("word", 900)) }.ToJsonString(),
                .. Enumerable.Repeat("{}", 20),
            ]
        );
        var (code, output, error) = await CommandLine.Run(
            "score",
            "--model",
            model,
            "--input",
            input,
            "--output",
            _work["out.jsonl"],
            "--json"
        );
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains($"{input}:4: malformed_json", error, StringComparison.Ordinal);
        Assert.Contains($"{input}:5: over_length", error, StringComparison.Ordinal);
        Assert.Contains($"and 12 more rows with an error, see {_work["out.jsonl"]}", error, StringComparison.Ordinal);
        Assert.Equal([4, 5], JsonNode.Parse(output)!["errors"]!.AsArray().Take(2).Select(entry => (int)entry!["row"]!));

        await _work.Refused(
            "the file has no rows",
            "score",
            "--model",
            model,
            "--input",
            _work.Write("empty.jsonl"),
            "--output",
            _work["none.jsonl"]
        );
    }

    [Theory]
    [InlineData("--data is empty", "check", "--data", "", "--output-dir", "out")]
    [InlineData("--output-dir is empty", "check", "--data", "x.jsonl", "--output-dir", " ")]
    [InlineData("--config is empty", "train", "--config", "")]
    [InlineData("path is empty", "inspect", "")]
    [InlineData("--data: data has an empty value", "train", "--model", "x", "--output-dir", "y", "--data", "")]
    [InlineData("--model is empty", "serve", "--model", "")]
    // A line feed is no empty value: what is wrong here is the input.
    [InlineData("Could not find file", "process", "score", "--model", "nowhere", "--input", "x", "--output", "y", "--step-separator", "\n")]
    public async Task A_value_that_is_empty_is_named(string expected, params string[] arguments) =>
        await _work.Refused(expected, arguments);

    [Fact]
    public async Task The_home_folder_is_found_behind_an_equals_sign_and_in_a_recipe()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var missing = $"assay-{Guid.NewGuid():N}.jsonl";
        await _work.Refused(Path.Combine(home, missing), "check", $"--data=~/{missing}", "--output-dir", _work["out"]);
        var recipe = _work.Write(
            "recipe.yaml",
            $"model: ~/{missing}",
            $"data: {_work.Pairs("fine.jsonl", 3)}",
            $"output_dir: {_work["run"]}"
        );
        await _work.Refused(Path.Combine(home, missing), "train", "--config", recipe);
    }

    // The program is invariant by its configuration, which an environment may overrule (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false).
    [Fact]
    public async Task Numbers_are_read_and_written_the_same_where_a_comma_is_the_decimal_sign()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator) = (",", ".");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("0,5", 0.5.ToString());
            var (code, output, error) = await CommandLine.Run(
                "split",
                "--data",
                _work.Pairs("fine.jsonl", 40),
                "--eval",
                "0.3",
                "--output-dir",
                _work["split"]
            );
            Assert.Equal((ExitCode.Success, ""), (code, error));
            Assert.Contains("are below 0.3", output, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Many_rows_of_one_fault_are_told_by_one_of_each_kind()
    {
        var data = _work.Write(
            "broken.jsonl",
            [
                .. File.ReadLines(_work.Pairs("fine.jsonl", 3)),
                .. Enumerable.Repeat("""{"prompt": "p", "chosen": true, "rejected": "b"}""", 20),
                .. Enumerable.Repeat("{\"prompt\":", 200),
            ]
        );
        var error = await _work.Refused(
            "more than 100 rows cannot be read; the first of each kind:",
            "check",
            "--data",
            data,
            "--output-dir",
            _work["out"]
        );
        var lines = error.TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 3, 6);
        Assert.Single(lines, line => line.Contains("malformed_json", StringComparison.Ordinal));
    }
}
