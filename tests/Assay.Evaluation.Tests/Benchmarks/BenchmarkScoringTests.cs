using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Tests.Benchmarks;

/// <summary>Scores made elsewhere find their rows, or it is said why not.</summary>
public sealed class BenchmarkScoringTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-bench").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BenchmarkRow Row(string id, string subset) => new($"f, {id}", id, subset, [], ["right", "wrong"], 1);

    private List<ScoredBenchmarkRow> Join(string scores, IReadOnlyList<BenchmarkRow> rows, Action<BenchmarkRow>? leftOut = null)
    {
        var path = Path.Combine(_folder, "scores.jsonl");
        File.WriteAllText(path, scores);
        return [.. BenchmarkScoring.Join(rows, path, leftOut)];
    }

    [Fact]
    public void The_same_id_in_two_subsets_is_told_apart_by_subset()
    {
        const string Both = """
            {"id": "8", "subset": "code", "chosen_score": 1, "rejected_score": 0}
            {"id": "8", "subset": "chat", "chosen_score": 3, "rejected_score": 2}
            """;
        Assert.Equal(
            [
                [3.0, 2],
                [1, 0],
            ],
            Join(Both, [Row("8", "chat"), Row("8", "code")]).Select(row => row.Scores)
        );
    }

    [Theory]
    [InlineData("""{"id": "8", "chosen_score": 1, "rejected_score": 0}""", "second row with id 8; its scores need subset")]
    [InlineData(
        "{\"id\": \"8\", \"chosen_score\": 1, \"rejected_score\": 0}\n{\"id\": \"8\", \"chosen_score\": 1, \"rejected_score\": 0}",
        "line 2: a second score for id 8; where an id occurs in several subsets"
    )]
    [InlineData(
        "{\"id\": \"8\", \"subset\": \"chat\", \"score\": 1}\n{\"id\": \"8\", \"subset\": \"code\", \"score\": 1}",
        "wanted chosen_score and rejected_score, or one line an answer"
    )]
    [InlineData("""{"id": "9", "chosen_score": 1, "rejected_score": 0}""", "no score for answer 8/0 of chat")]
    public void What_cannot_be_joined_is_refused(string scores, string expected) =>
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => Join(scores, [Row("8", "chat"), Row("8", "code")])).Message);

    [Fact]
    public void A_row_whose_scoring_failed_is_left_out()
    {
        var leftOut = new List<BenchmarkRow>();
        var rows = Join(
            """
            {"id": "1", "error": "too long"}
            {"id": "2", "chosen_score": 1, "rejected_score": 0}
            {"id": "3/0", "score": 1}
            {"id": "3/1", "error": "too long"}
            """,
            [Row("1", "s"), Row("2", "s"), Row("3", "s")],
            leftOut.Add
        );
        Assert.Equal("2", Assert.Single(rows).Row.Id);
        Assert.Equal(["1", "3"], leftOut.Select(row => row.Id));
    }

    [Theory]
    [InlineData("[1]", "wanted RewardBench's object of lists")]
    [InlineData("""{"id": [1], "subset": ["s"]}""", "no list scores as long as id")]
    [InlineData(
        """{"id": [1, 2], "subset": ["s", "s"], "scores_chosen": [1, 2], "scores_rejected": [1]}""",
        "no list scores_rejected as long as id"
    )]
    [InlineData("""{"id": [1], "subset": ["s"], "scores_chosen": [[1, 2]], "scores_rejected": [[1, 2]]}""", "holds 2 numbers")]
    public void A_columnar_file_of_another_shape_is_refused(string text, string expected)
    {
        var path = Path.Combine(_folder, "m.json");
        File.WriteAllText(path, text);
        Assert.Contains(expected, Assert.Throws<EvaluationException>(() => BenchmarkScoring.Join([Row("1", "s")], path).Count()).Message);
    }

    [Fact]
    public void A_columnar_file_may_hold_lists_of_one_and_a_bare_NaN()
    {
        var path = Path.Combine(_folder, "m.json");
        File.WriteAllText(
            path,
            """{"id": [1, 2], "subset": ["s", "s"], "scores_chosen": [[1.5], [NaN]], "scores_rejected": [[1.0], [2.0]], "model": "m"}"""
        );
        Assert.Equal(
            [
                [1.5, 1],
                [double.NaN, 2],
            ],
            BenchmarkScoring.Join([Row("1", "s"), Row("2", "s")], path).Select(row => row.Scores)
        );
    }
}
