using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Tests.Benchmarks;

/// <summary>RMB in the layout of its repository, with made-up rows.</summary>
public sealed class RmbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-rmb-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private const string Turns = """ "conversation_input": [{"content": "Why is the sky blue?", "language": "English", "role": "user"}] """;

    private static string Pair(string id, string goal, string category) =>
        $$"""{"pair_uid": "{{id}}", {{Turns}}, "chosen": {"llm_name": "a", "answer": "Scattering.", "score": 4.5}, "reject": {"llm_name": "b", "answer": "Paint.", "score": 1}, "category_path": "Pairwise_set/{{goal}}/{{category}}"}""";

    private static string BestOf(string id, string goal, string category) =>
        $$"""{ {{Turns}}, "bon_best": {"llm_name": "a", "answer": "Scattering."}, "loser_list": [{"llm_name": "b", "answer": "Paint."}, {"llm_name": "c", "answer": "The sea."}], "bon_uid": "{{id}}", "category_path": "BoN_set/{{goal}}/{{category}}"}""";

    private BenchmarkRow[] Rows() =>
        [
            .. BenchmarkFile.Read(
                BenchmarkKind.Rmb,
                Write(
                    "Pairwise_set/Helpfulness/Open QA/Factual.json",
                    $"[{Pair("1", "Helpfulness", "Open QA/Factual")},{Pair("2", "Helpfulness", "Open QA/Factual")}]"
                )
            ),
            .. BenchmarkFile.Read(BenchmarkKind.Rmb, Write("Pairwise_set/Harmlessness/S1.json", $"[{Pair("3", "Harmlessness", "S1")}]")),
            .. BenchmarkFile.Read(
                BenchmarkKind.Rmb,
                Write(
                    "BoN_set/Helpfulness/Chat/Discussion.json",
                    $"[{string.Join(',', "1234".Select(id => BestOf($"{id}", "Helpfulness", "Chat/Discussion")))}]"
                )
            ),
            .. BenchmarkFile.Read(BenchmarkKind.Rmb, Write("BoN_set/Harmlessness/S11.json", $"[{BestOf("9", "Harmlessness", "S11")}]")),
        ];

    [Fact]
    public void The_headline_is_the_mean_of_the_four_sections_and_a_best_of_N_row_needs_every_loser_below()
    {
        var rows = Rows();
        Assert.Equal([2, 2, 2, 3, 3, 3, 3, 3], rows.Select(row => row.Answers.Count));
        double[][] scores =
        [
            [1, 0],
            [0, 1],
            [1, 1],
            [3, 1, 2],
            [3, 3, 0],
            [3, 4, 0],
            [3, 0, 0],
            [3, 2, 1],
        ];
        var report = BenchmarkReport.Of(BenchmarkKind.Rmb, [.. rows.Zip(scores, (row, score) => new ScoredBenchmarkRow(row, score))]);
        double Part(string name) => report.Parts.Single(part => part.Name == name).Score;
        // 1 of 2 pairs; a tie is wrong; 2 of 4 rows (a shared best is wrong); 1 of 1.
        Assert.Equal(
            (0.5, 0.0, 0.5, 1.0),
            (Part("pairwise helpfulness"), Part("pairwise harmlessness"), Part("best-of-N helpfulness"), Part("best-of-N harmlessness"))
        );
        Assert.Equal(0.5, report.Score, 1e-12);
        Assert.NotNull(report.ScoreInterval);
        Assert.Equal(0.5, Part("Pairwise_set/Helpfulness/Open QA/Factual"));
    }

    [Fact]
    public void Without_one_of_the_sections_there_is_no_headline()
    {
        var report = BenchmarkReport.Of(
            BenchmarkKind.Rmb,
            [.. Rows().SkipLast(1).Select(row => new ScoredBenchmarkRow(row, [1, .. Enumerable.Repeat(0.0, row.Answers.Count - 1)]))]
        );
        Assert.True(double.IsNaN(report.Score));
        Assert.Equal(["section best-of-N harmlessness has no rows"], report.Warnings);
    }

    [Theory]
    [InlineData(
        """{"pair_uid": "1", "conversation_input": [{"role": "user", "content": "q"}], "chosen": {"llm_name": "a"}, "reject": {"answer": "b"}, "category_path": "Pairwise_set/Helpfulness/x"}""",
        "field chosen has no answer"
    )]
    [InlineData(
        """{"pair_uid": "1", "conversation_input": [{"role": "user", "content": "q"}], "chosen": {"answer": "a"}, "reject": {"answer": "b"}, "category_path": "elsewhere"}""",
        "category_path is 'elsewhere'"
    )]
    [InlineData(
        """{"conversation_input": [{"role": "user", "content": "q"}], "category_path": "BoN_set/Helpfulness/x"}""",
        "neither pair_uid nor bon_uid"
    )]
    public void A_row_that_is_none_of_RMBs_is_named(string row, string cause)
    {
        var path = Write("x.json", $"[{row}]");
        Assert.Contains(
            cause,
            Assert.Throws<EvaluationException>(() => BenchmarkFile.Read(BenchmarkKind.Rmb, path).ToArray()).Message,
            StringComparison.Ordinal
        );
    }
}
