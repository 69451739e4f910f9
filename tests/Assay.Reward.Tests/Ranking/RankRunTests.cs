using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Reward.Ranking;
using Assay.Testing;

namespace Assay.Reward.Tests.Ranking;

public sealed class RankRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-rank-").FullName;

    /// <summary>The length of the answer; a text that ends with "refuse" is refused.</summary>
    private readonly FakeScorer _byLength = new(conversation =>
        (conversation.Text ?? conversation.Messages![^1].Content) is var text && text.EndsWith("refuse", StringComparison.Ordinal)
            ? new Refusal("over_length", "too long")
            : text.Length
    );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JsonObject[] Lines(string name) =>
        [.. File.ReadLines(Path.Combine(_folder, "out", name)).Select(line => JsonNode.Parse(line)!.AsObject())];

    private RankSummary Rank(RankRun run, params string[] lines)
    {
        var input = Path.Combine(_folder, "in.jsonl");
        File.WriteAllLines(input, lines);
        return run.Run([input], Path.Combine(_folder, "out"));
    }

    [Fact]
    public void Answers_in_one_row_are_ordered_and_the_best_and_a_pair_written()
    {
        var summary = Rank(new RankRun(_byLength), """{"id": "q", "prompt": "Hi: ", "responses": ["bb", "dddd", "a", "ccc"]}""");
        Assert.Equal((1L, 4L, 0L, 1L, 1L), (summary.Prompts, summary.Answers, summary.Failed, summary.Best, summary.Pairs));
        Assert.Equal("""{"row":1,"id":"q","scores":[6,8,5,7],"order":[1,3,0,2]}""", Lines(RankRun.RankedFile)[0].ToJsonString());
        Assert.Equal("""{"id":"q","prompt":"Hi: ","completion":"dddd","score":8}""", Lines(RankRun.BestFile)[0].ToJsonString());
        Assert.Equal(
            """{"id":"q","prompt":"Hi: ","chosen":"dddd","rejected":"a","chosen_score":8,"rejected_score":5}""",
            Lines(RankRun.PairsFile)[0].ToJsonString()
        );
    }

    [Fact]
    public void Rows_with_one_answer_each_that_follow_each_other_are_one_group()
    {
        string Row(string prompt, string answer) =>
            $$"""{"messages": [{"role": "user", "content": "{{prompt}}"}, {"role": "assistant", "content": "{{answer}}"}]}""";
        var summary = Rank(new RankRun(_byLength), Row("p", "a"), Row("p", "bb"), Row("q", "ccc"), Row("p", "dddd"));
        Assert.Equal((3L, 4L, 2L, 1L), (summary.Prompts, summary.Answers, summary.Single, summary.Pairs));
        Assert.Equal([1, 3, 4], Lines(RankRun.RankedFile).Select(line => (int)line["row"]!));
        Assert.Equal(["bb", "ccc", "dddd"], Lines(RankRun.BestFile).Select(line => (string)line["messages"]![1]!["content"]!));
        Assert.Equal("""[{"role":"user","content":"p"}]""", Lines(RankRun.PairsFile)[0]["prompt"]!.ToJsonString());
    }

    [Fact]
    public void Texts_with_one_answer_each_are_told_by_their_prompt()
    {
        // The answers begin alike: the border is the row's, not what the texts share.
        var summary = Rank(
            new RankRun(_byLength),
            """{"prompt": "2+2=", "completion": "4"}""",
            """{"prompt": "2+2=", "completion": "44"}""",
            """{"prompt": "2+2", "completion": "=444"}""",
            """{"text": "2+2=4"}""",
            """{"text": "2+2=4"}"""
        );
        Assert.Equal((4L, 1L), (summary.Prompts, summary.Pairs));
        Assert.Equal(("44", "4"), ((string)Lines(RankRun.PairsFile)[0]["chosen"]!, (string)Lines(RankRun.PairsFile)[0]["rejected"]!));
        Assert.Equal("2+2=4", (string)Lines(RankRun.BestFile)[^1]["text"]!);
    }

    [Fact]
    public void What_cannot_be_scored_is_left_out_and_counted()
    {
        var summary = Rank(
            new RankRun(_byLength),
            """{"prompt": "p", "responses": ["refuse", "a", "bb"]}""",
            "{broken",
            """{"prompt": "p", "responses": ["refuse", "refuse"]}"""
        );
        Assert.Equal((3L, 5L, 4L, 1L, 1L), (summary.Prompts, summary.Answers, summary.Failed, summary.Best, summary.Pairs));
        Assert.Equal(
            """{"row":1,"scores":[null,2,3],"order":[2,1],"errors":{"0":"over_length: too long"}}""",
            Lines(RankRun.RankedFile)[0].ToJsonString()
        );
        Assert.NotNull(Lines(RankRun.RankedFile)[1]["error"]);
        Assert.Equal("row 1, answer 1: over_length: too long", summary.FirstErrors[0]);
    }

    [Theory]
    [InlineData(PairChoice.BestWorst, 0, "ccc>a")]
    [InlineData(PairChoice.BestRest, 0, "ccc>bb ccc>BB ccc>a")]
    [InlineData(PairChoice.All, 0, "ccc>bb ccc>BB ccc>a bb>a BB>a")]
    [InlineData(PairChoice.All, 1.5, "ccc>a")]
    public void Pairs_are_of_answers_that_the_score_tells_apart(PairChoice choice, double margin, string expected)
    {
        Rank(
            new RankRun(_byLength)
            {
                Pairs = choice,
                MinMargin = margin,
                Top = 2,
            },
            """{"prompt": "p", "responses": ["a", "bb", "ccc", "BB"]}"""
        );
        Assert.Equal(expected, string.Join(' ', Lines(RankRun.PairsFile).Select(line => $"{line["chosen"]}>{line["rejected"]}")));
        Assert.Equal(["ccc", "bb"], Lines(RankRun.BestFile).Select(line => (string)line["completion"]!));
    }

    [Fact]
    public void The_curve_is_the_mean_of_the_best_over_every_subset()
    {
        var summary = Rank(
            new RankRun(_byLength),
            """{"prompt": "p", "responses": ["a", "bbb", "cccccc", "d"]}""",
            """{"prompt": "p", "responses": ["a", "bb"]}"""
        );
        float[] first = [2, 4, 7, 2],
            second = [2, 3];
        for (var n = 1; n <= 4; n++)
        {
            double[] means =
            [
                .. new[] { first, second }
                    .Where(scores => scores.Length >= n)
                    .Select(scores => Subsets(scores, n).Average(subset => (double)subset.Max())),
            ];
            Assert.Equal(means.Average(), summary.BestOfN[n - 1].Score, 1e-12);
            Assert.Equal(means.Length, summary.BestOfN[n - 1].Prompts);
        }
        Assert.Equal(4, summary.BestOfN.Count);
    }

    [Fact]
    public void An_empty_file_is_refused_and_nothing_is_left()
    {
        Assert.Contains("no rows", Assert.Throws<RewardException>(() => Rank(new RankRun(_byLength))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "out")));
    }

    private static IEnumerable<float[]> Subsets(float[] scores, int n) =>
        Enumerable
            .Range(0, 1 << scores.Length)
            .Where(mask => int.PopCount(mask) == n)
            .Select(mask => scores.Where((_, i) => (mask >> i & 1) != 0).ToArray());
}
