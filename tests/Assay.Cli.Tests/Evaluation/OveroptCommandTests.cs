using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>overopt</c>.</summary>
[Collection("console")]
public sealed class OveroptCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-overopt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string Graded(params string[] lines)
    {
        File.WriteAllLines(In("graded.jsonl"), lines);
        return In("graded.jsonl");
    }

    [Fact]
    public async Task Answers_of_one_policy_make_a_best_of_n_curve()
    {
        // The proxy's highest answer of each prompt is its worst.
        var file = Graded([
            .. Enumerable
                .Range(0, 40)
                .SelectMany(prompt =>
                    Enumerable.Range(0, 4).Select(i => $$"""{"group": {{prompt}}, "score": {{i}}, "gold": {{(i == 3 ? -9 : i)}}}""")
                ),
        ]);
        var (code, output, error) = await CommandLine.Run("overopt", file, "--output-dir", In("out"), "--json");
        Assert.True(code == ExitCode.Success, error);
        var report = JsonNode.Parse(output)!;
        Assert.True(JsonNode.DeepEquals(report, JsonNode.Parse(File.ReadAllText(In("out/overopt.json")))));
        var curve = report["curves"]![0]!;
        Assert.Equal([1, 2, 4], curve["points"]!.AsArray().Select(point => (int)point!["at"]!));
        // Of the six pairs of answers three hold the bad one; the others' best have gold 1, 2 and 2.
        Assert.Equal(
            [-1.5, Math.Round((-27 + 1 + 2 + 2) / 6.0, 9), -9],
            curve["points"]!.AsArray().Select(point => Math.Round((double)point!["gold"]!, 9))
        );
        Assert.True((bool)curve["turns"]!);

        (_, output, _) = await CommandLine.Run("overopt", file);
        Assert.Contains("OVER-OPTIMISED: gold peaks at n = 1 and loses 7.500 (7.500 to 7.500)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"group": 1, "proxy": 1}""", "line 1: gold is missing")]
    [InlineData("""{"proxy": 1, "gold": 1}""", "line 1: nothing says which answers belong together")]
    [InlineData("""{"group": 1, "proxy": 1, "gold": 1, "step": 3}""", "line 1: step and kl go together")]
    [InlineData("""{"group": 1, "proxy": 1, "gold": 1, "step": 3, "kl": -1}""", "line 1: kl is -1, wanted 0 or more")]
    [InlineData("""{"group": 1, "proxy": [1, "x"], "gold": 1}""", "line 1: proxy[1] is \"x\", wanted a number")]
    [InlineData("""{"error": "too_long"}""", "no answer with a score in it")]
    public async Task Bad_lines_are_named(string line, string message)
    {
        var (code, _, error) = await CommandLine.Run("overopt", Graded(line));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
