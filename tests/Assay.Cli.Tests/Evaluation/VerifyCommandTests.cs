using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Verifiers.Sandboxing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>verify</c>.</summary>
[Collection("console")]
public sealed class VerifyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string Rows(params string[] lines)
    {
        File.WriteAllLines(In("in.jsonl"), lines);
        return In("in.jsonl");
    }

    [Fact]
    public async Task Answers_get_a_verdict_and_the_rule_its_error_rates()
    {
        var input = Rows(
            """{"id": "a", "completion": "A: 18", "reference": "18", "label": true}""",
            """{"completion": "A: 17", "reference": "18", "label": false}""",
            """{"completion": "eighteen", "reference": "18", "label": true}""",
            """{"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "\\boxed{0.5}"}], "meta": {"x": 1}, "reference": 0.50, "label": 0}"""
        );
        var (code, output, error) = await CommandLine.Run(
            "verify",
            "--input",
            input,
            "--using",
            "math",
            "--output",
            In("out.jsonl"),
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal("""{"row":1,"id":"a","verdict":"correct","score":1,"extracted":"18"}""", File.ReadLines(In("out.jsonl")).First());
        Assert.Equal(
            ["correct", "wrong", "no_answer", "correct"],
            File.ReadLines(In("out.jsonl")).Select(line => (string)JsonNode.Parse(line)!["verdict"]!)
        );
        var rates = JsonNode.Parse(output)!;
        Assert.Equal((0.5, 0.5), ((double)rates["false_positive"]!["rate"]!, (double)rates["false_negative"]!["rate"]!));
        Assert.Null(rates["attacks"]);
    }

    [Fact]
    public async Task What_gets_past_a_rule_is_named()
    {
        var input = Rows("""{"completion": "A: 18", "reference": "18"}""");
        var (code, output, _) = await CommandLine.Run("verify", "--input", input, "--using", "last-number", "--attack");
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Matches("several_boxed +100.0 % +gets past it", output);
        (code, output, _) = await CommandLine.Run("verify", "--input", input, "--using", "math", "--attack");
        Assert.Equal(ExitCode.Success, code);
        Assert.DoesNotContain("gets past it", output, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task On_graded_solutions_the_rule_agrees_with_the_graders()
    {
        var (code, output, error) = await CommandLine.Run(
            "verify",
            "--input",
            SharedInputs.PathOf("data", "open", "gsm8k_solutions_graded.jsonl.gz"),
            "--using",
            "math",
            "--reference",
            "meta.ground_truth",
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);
        var rates = JsonNode.Parse(output)!;
        Assert.Equal(5276, rates["verdicts"]!.AsObject().Sum(verdict => (int)verdict.Value!));
        // An independent check of the final answer agrees with the graders in all rows.
        Assert.Equal((0, 0), ((int)rates["false_positive"]!["errors"]!, (int)rates["false_negative"]!["errors"]!));
    }

    [Fact]
    public async Task Code_is_judged_by_its_tests_or_refused_where_nothing_isolates_it()
    {
        var input = Rows(
            """{"task_id": "T/0", "prompt": "def add(a, b):\n", "completion": "    return a + b\n", "entry_point": "add", "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n", "label": true}""",
            """{"completion": "```python\ndef add(a, b):\n    return 3\n```", "test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"], "label": false}""",
            """{"completion": "import os; os._exit(0)", "test_list": ["assert add(1, 2) == 3"], "label": false}""",
            """{"completion": "print(int(input()) + 1)", "tests": [{"input": "4\n", "output": "5\n"}], "label": true}"""
        );
        string[] verb = ["verify", "--input", input, "--using", "unit-tests", "--output", In("out.jsonl"), "--json"];
        var (code, output, error) = await CommandLine.Run(verb);
        if (Sandbox.WhyNot() is { } why)
        {
            Assert.Equal(ExitCode.BadInput, code);
            Assert.Contains(why, error, StringComparison.Ordinal);
            return;
        }
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal(
            ["correct", "wrong", "wrong", "correct"],
            File.ReadLines(In("out.jsonl")).Select(line => (string)JsonNode.Parse(line)!["verdict"]!)
        );
        Assert.Equal(
            """{"row":2,"verdict":"wrong","score":0,"extracted":"1 of 2 passed, then 2: AssertionError"}""",
            File.ReadLines(In("out.jsonl")).ElementAt(1)
        );
        var rates = JsonNode.Parse(output)!;
        Assert.Equal((0, 2), ((int)rates["false_positive"]!["errors"]!, (int)rates["false_positive"]!["rows"]!));

        // The same by the exit code of answer and tests as one program: what ends itself is taken for right.
        input = Rows("""{"completion": "import os; os._exit(0)", "test_list": ["assert add(1, 2) == 3"], "label": false}""");
        (code, output, _) = await CommandLine.Run("verify", "--input", input, "--using", "exit-code", "--attack");
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Matches("exits_at_once +100.0 % +gets past it", output);
        (code, output, error) = await CommandLine.Run("verify", "--input", input, "--using", "unit-tests", "--attack");
        Assert.True(code == ExitCode.Success, error + output);
    }

    [Theory]
    [InlineData("""{"completion": "a"}""", ", line 1: no tests, wanted test (with entry_point), tests, test_list", "unit-tests")]
    [InlineData("""{"completion": "a", "tests": []}""", ", line 1: tests is empty", "unit-tests")]
    [InlineData("""{"completion": "a = 1", "tests": "x = 1"}""", ", line 1: the tests cannot be run: no test is in them", "unit-tests")]
    [InlineData("""{"completion": "a=1", "tests": "import nowhere_to_be_found\nassert a == 1"}""", "No module named", "unit-tests")]
    [InlineData("""{"completion": "a = 1", "tests": "assert ("}""", ", line 1: the tests cannot be run: SyntaxError", "unit-tests")]
    [InlineData("""{"completion": "a", "input_output": {"inputs": ["1"], "outputs": []}}""", "two lists of the same length", "unit-tests")]
    [InlineData("""{"completion": "a"}""", "names no file, wanted {file}", "unit-tests", "--command", "node")]
    [InlineData("""{"completion": "a"}""", "--time-limit: wanted 0.1 to 3600 seconds", "unit-tests", "--time-limit", "0")]
    [InlineData("""{"completion": "a"}""", "--python is of --using unit-tests or exit-code, not math", "math", "--python", "python3")]
    [InlineData("""{"completion": "a"}""", "--pattern is of --using pattern, not unit-tests", "unit-tests", "--pattern", "a")]
    [InlineData("""{"completion": "a"}""", "python-that-is-not-there not found", "unit-tests", "--python", "python-that-is-not-there")]
    [InlineData("""{"completion": "A: 18"}""", ", line 1: no right answer, wanted reference, ground_truth, solution", "math")]
    [InlineData("""{"reference": "18"}""", ", line 1: no answer, wanted completion, response", "math")]
    [InlineData("""{"completion": "a", "reference": "18", "label": "yes"}""", ", line 1: label is \"yes\", wanted true or false", "math")]
    [InlineData("""{"completion": "a"}""", "--using pattern wants --pattern", "pattern")]
    [InlineData("""{"completion": "a"}""", "--attack is made from right answers", "think-answer", "--attack")]
    [InlineData("""{"completion": "a"}""", "--pattern is of --using pattern, not math", "math", "--pattern", "a")]
    [InlineData("""{"completion": "a"}""", "the pattern ( cannot be used", "pattern", "--pattern", "(")]
    public async Task Bad_input_is_named(string line, string message, string rule, params string[] more)
    {
        var (code, _, error) = await CommandLine.Run(["verify", "--input", Rows(line), "--using", rule, .. more]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(
            rule == "unit-tests" && line.Contains("tests", StringComparison.Ordinal) ? Sandbox.WhyNot() ?? message : message,
            error,
            StringComparison.Ordinal
        );
    }
}
