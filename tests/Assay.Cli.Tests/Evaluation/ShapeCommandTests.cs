using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>shape</c>.</summary>
[Collection("console")]
public sealed class ShapeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-shape-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private async Task<(int Code, string Out, string Error)> Shape(string lines, params string[] arguments)
    {
        File.WriteAllText(In("scored.jsonl"), lines);
        return await CommandLine.Run(["shape", "--input", In("scored.jsonl"), "--output", In("out.jsonl"), .. arguments]);
    }

    private JsonObject[] Written() => [.. File.ReadLines(In("out.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    [Fact]
    public async Task Lines_keep_their_order_and_fields()
    {
        var (code, output, error) = await Shape(
            """
            {"id": "a", "group": "one", "score": 1, "note": "é"}
            {"id": "b", "group": "two", "score": 5}
            {"id": "c", "group": "one", "score": 4}
            {"id": "d", "group": "two", "error": "too_long"}

            """,
            "--advantage",
            "rloo",
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal(["a", "b", "c", "d"], Written().Select(line => (string)line["id"]!));
        Assert.Equal([-3, 0, 3, 0], Written().Select(line => (double)line["advantage"]!));
        Assert.Equal([1, 5, 4, null], Written().Select(line => (double?)line["shaped_reward"]));
        Assert.Equal("é", (string)Written()[0]["note"]!);
        var summary = JsonNode.Parse(output)!;
        Assert.Equal(
            (4, 1, 2, 0.5),
            ((int)summary["answers"]!, (int)summary["unscored"]!, (int)summary["groups"]!, (double)summary["frac_reward_zero_std"]!)
        );
    }

    [Fact]
    public async Task A_KL_penalty_takes_masked_tokens_out_and_says_what_it_took()
    {
        var (code, _, error) = await Shape(
            """
            {"score": 1, "logprobs": [-1, -2, -9], "ref_logprobs": [-2, -4, -1], "completion_mask": [1, 1, 0]}
            {"score": 1, "kl": 1.0}

            """,
            "--num-generations",
            "2",
            "--advantage",
            "none",
            "--beta",
            "0.5"
        );
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal([(3, -0.5), (1, 0.5)], Written().Select(line => ((double)line["kl"]!, (double)line["advantage"]!)));
    }

    [Theory]
    [InlineData("""{"score": 1}""", "line 1: nothing says which answers belong together")]
    [InlineData("""{"group": 1}""", "line 1: the answer has neither score nor error")]
    [InlineData("""{"group": 1, "score": NaN}""", "line 1: score is NaN, wanted a finite number")]
    [InlineData("""{"group": 1, "score": [1, 2]}""", "line 1: score holds 2 numbers")]
    [InlineData("""[1]""", "line 1: wanted a JSON object with score and group")]
    [InlineData("", "the file is empty")]
    [InlineData("""{"score": 1, "group": 1}""", "1 answers are no whole number of groups of 2", "--num-generations", "2")]
    [InlineData("""{"score": 1, "group": 1, "logprobs": [1, 2], "ref_logprobs": [1]}""", "logprobs has 2 numbers and ref_logprobs 1")]
    [InlineData(
        """{"score": 1, "group": 1, "logprobs": [1, null], "ref_logprobs": [1, 2]}""",
        "logprobs[1] is null, wanted a finite number"
    )]
    [InlineData("""{"score": 1, "group": 1, "completion_tokens": 1.5}""", "completion_tokens is 1.5, wanted a whole number")]
    [InlineData("""{"score": 1, "group": 1}""", "--normalize-advantages is of --advantage rloo", "--normalize-advantages")]
    [InlineData(
        """{"score": 1, "group": 1}""",
        "--scale-rewards is of --advantage grpo",
        "--scale-rewards",
        "batch",
        "--advantage",
        "rloo"
    )]
    public async Task Bad_input_is_named_and_writes_nothing(string line, string message, params string[] arguments)
    {
        var (code, _, error) = await Shape(line + "\n", arguments);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("out.jsonl")));
    }
}
