using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.RewardBench;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Benchmarks;

public sealed class BenchmarkReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-bench").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string text, string name = "rows.jsonl")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The score of a conversation is the number in its answer.</summary>
    private static readonly FakeScorer Numbers = new(conversation => float.Parse(conversation.Messages![^1].Content));

    private static BenchmarkReport Report(BenchmarkKind kind, string path) =>
        BenchmarkReport.Of(kind, [.. BenchmarkScoring.Score(Numbers, BenchmarkFile.Read(kind, path), (_, _) => { }, rowsPerBatch: 2)]);

    [Fact]
    public void RewardBench_rows_become_subsets_and_sections()
    {
        var report = Report(
            BenchmarkKind.RewardBench,
            Write(
                """
                {"prompt": "p", "chosen": "2", "rejected": "1", "subset": "hep-rust", "id": 1, "chosen_model": "m"}
                {"prompt": "p", "chosen": "1", "rejected": "1", "subset": "hep-rust", "id": 2}
                {"prompt": [{"role": "user", "content": "p"}], "chosen": "1", "rejected": "0", "subset": "shp", "id": 3}
                """
            )
        );

        Assert.Equal(0.5, report.Parts.Single(part => part.Name == "hep-rust").Score);
        Assert.Equal(0.5, report.Parts.Single(part => part.Name == "Reasoning").Score);
        Assert.Equal(1, report.Parts.Single(part => part.Name == "Prior Sets").Score);
        Assert.Equal(double.NaN, report.Score);
        Assert.Equal(23, report.Warnings.Count);
    }

    [Fact]
    public void RewardBench_counts_each_section_twice_what_prior_sets_count()
    {
        var (id, rows) = (0, new List<string>());
        foreach (var subset in RewardBenchTables.Weights.Keys)
            Add(subset, isRight: true);
        foreach (var set in RewardBenchTables.PriorSets)
            Add(set, isRight: false);
        var report = Report(BenchmarkKind.RewardBench, Write(string.Join('\n', rows)));

        Assert.Equal(8.0 / 9, report.Score, 1e-12);
        Assert.Equal(
            WeightedMeanInterval.Of([
                .. RewardBenchTables.Sections.Select(section => Weighted(section.Section, 2.0 / 9)),
                Weighted("Prior Sets", 1.0 / 9),
            ]),
            report.ScoreInterval
        );

        void Add(string subset, bool isRight) =>
            rows.Add(
                $$"""{"prompt": "p", "chosen": "{{(isRight ? 1 : 0)}}", "rejected": "{{(isRight ? 0 : 1)}}", "subset": "{{subset}}", "id": {{++id}}}"""
            );
        (double, double, Interval) Weighted(string name, double weight)
        {
            var part = report.Parts.Single(part => part.Name == name);
            return (weight, part.Score, part.Interval!.Value);
        }
    }

    [Fact]
    public void RewardBench_2_rows_are_best_of_four_and_ties()
    {
        var report = Report(
            BenchmarkKind.RewardBench2,
            Write(
                """
                {"id": "7", "prompt": "p", "chosen": ["2"], "rejected": ["2", "1", "0"], "num_correct": 1, "subset": "Math"}
                {"id": "ref:0", "prompt": "p", "chosen": ["5"], "rejected": ["0"], "num_correct": 1, "subset": "Ties"}
                {"id": "tied:0", "prompt": "p", "chosen": ["5", "5"], "rejected": ["0"], "num_correct": 2, "subset": "Ties"}
                """
            )
        );

        Assert.Equal(0.5, report.Parts.Single(part => part.Name == "Math").Score);
        Assert.Equal(1.01, report.Parts.Single(part => part.Name == "Ties").Score, 1e-12);
        Assert.Equal("rb2-2025-06-12", report.Revision);
        Assert.Equal(1.0 / 3, report.TieRate, 1e-12);
    }

    [Fact]
    public void RM_Bench_comes_as_one_array_with_three_styles_a_side()
    {
        var report = Report(
            BenchmarkKind.RmBench,
            Write(
                """
                [{"id": 1, "prompt": "p", "chosen": ["1", "2", "3"], "rejected": ["0.5", "1.5", "2.5"], "domain": "chat"},
                 {"id": 2, "prompt": "p", "chosen": ["9", "9", "9"], "rejected": ["0", "0", "0"], "domain": "safety-refuse"}]
                """,
                "rows.json"
            )
        );

        Assert.Equal(0.5, report.Parts.Single(part => part.Name == "hard").Score, 1e-12);
        Assert.Equal(1, report.Parts.Single(part => part.Name == "normal").Score, 1e-12);
        Assert.Equal(double.NaN, report.Score);
    }

    [Fact]
    public void JudgeBench_and_PPE_rows_place_the_right_answer_by_their_label()
    {
        var judge = Report(
            BenchmarkKind.JudgeBench,
            Write(
                """
                {"pair_id": "a", "source": "mmlu-pro-law", "question": "q", "response_A": "1", "response_B": "2", "label": "B>A"}
                {"pair_id": "b", "source": "livebench-math", "question": "q", "response_A": "1", "response_B": "2", "label": "A>B"}
                {"pair_id": "c", "source": "livecodebench", "question": "q", "response_A": "1", "response_B": "1", "label": "A>B"}
                """
            )
        );
        var ppe = Report(
            BenchmarkKind.PpePreference,
            Write(
                """
                {"question_id": "a", "prompt": "q", "response_1": "1", "response_2": "2", "winner": "model_b", "language": "English"}
                {"question_id": "b", "prompt": "q", "response_1": "1", "response_2": "2", "winner": "tie (bothbad)", "language": "English"}
                """,
                "ppe.jsonl"
            )
        );

        Assert.Equal(1.0 / 3, judge.Score, 1e-12);
        Assert.Equal((1.0, 1), (ppe.Score, ppe.Rows));
    }

    [Fact]
    public void LLMBar_counts_a_tie_half()
    {
        var report = Report(
            BenchmarkKind.LlmBar,
            Write(
                """
                {"input": "i", "output_1": "1", "output_2": "2", "label": 2}
                {"input": "i", "output_1": "1", "output_2": "1", "label": 1}
                """
            )
        );

        Assert.Equal(0.75, report.Score, 1e-12);
    }

    [SharedFact]
    public void LLMBar_as_it_lies_among_the_shared_inputs_has_its_five_subsets()
    {
        var rows = BenchmarkFile.Read(BenchmarkKind.LlmBar, SharedInputs.PathOf("data", "open", "llmbar.jsonl.gz")).ToList();
        var longer = BenchmarkReport.Of(
            BenchmarkKind.LlmBar,
            [.. BenchmarkScoring.Score(new FakeScorer(conversation => conversation.Messages![^1].Content.Length), rows, (_, _) => { })]
        );

        Assert.Equal(419, longer.Rows);
        Assert.Empty(longer.Warnings);
        // data/README: the winner is longer in 27 %
        Assert.InRange(longer.Parts.Where(part => part.Rows > 0).Sum(part => part.Score * part.Rows) / 419, 0.27, 0.28);
    }

    [Fact]
    public void Scores_come_from_a_file_as_well()
    {
        var rows = Write(
            """
            {"prompt": "p", "chosen": "c", "rejected": "r", "subset": "x", "id": "1"}
            {"prompt": "p", "chosen": ["c", "d"], "rejected": ["r"], "subset": "x", "id": "2"}
            """
        );
        var scores = Write("id,score,chosen_score,rejected_score\n1,,2,1\n2/0,3,,\n2/1,1,,\n2/2,2,,\n", "scores.csv");

        var scored = BenchmarkScoring.Join(BenchmarkFile.Read(BenchmarkKind.Own, rows), scores).ToList();

        Assert.Equal(
            [
                [2.0, 1],
                [3, 1, 2],
            ],
            scored.Select(row => row.Scores)
        );
        Assert.Equal(0.5, BenchmarkReport.Of(BenchmarkKind.Own, scored).Score);
        Assert.Equal([2.0, -1], scored[1].Pairs(2).Select(pair => pair.Margin).Select(margin => margin > 0 ? 2 * margin : margin));
        Assert.Throws<EvaluationException>(() =>
            BenchmarkScoring.Join(BenchmarkFile.Read(BenchmarkKind.Own, rows), Write("id,score\n2/0,3\n", "few.csv")).Count()
        );
    }

    [Theory]
    [InlineData(BenchmarkKind.RewardBench, """{"prompt": "p", "chosen": "2", "rejected": "1", "id": 1}""", "field subset is missing")]
    [InlineData(
        BenchmarkKind.RewardBench,
        """{"prompt": "p", "chosen": "2", "rejected": "1", "subset": "HEP-rust", "id": 1}""",
        "no subset of RewardBench v1"
    )]
    [InlineData(
        BenchmarkKind.RewardBench2,
        """{"id": "1", "prompt": "p", "chosen": ["2"], "rejected": ["1"], "num_correct": 2, "subset": "Math"}""",
        "num_correct is 2"
    )]
    [InlineData(
        BenchmarkKind.RmBench,
        """{"id": 1, "prompt": "p", "chosen": ["1"], "rejected": ["2"], "domain": "chat"}""",
        "three chosen and three rejected"
    )]
    [InlineData(
        BenchmarkKind.JudgeBench,
        """{"source": "s", "question": "q", "response_A": "1", "response_B": "2", "label": "A"}""",
        "wanted A>B or B>A"
    )]
    [InlineData(BenchmarkKind.LlmBar, """{"input": "i", "output_1": "1", "output_2": "2", "label": 3}""", "wanted 1 or 2")]
    [InlineData(
        BenchmarkKind.RmBench,
        """{"id": 1, "prompt": "p", "chosen": ["1", "1", "1"], "rejected": ["2", "2", "2"]}""",
        "no field domain"
    )]
    [InlineData(
        BenchmarkKind.PpePreference,
        """{"question_id": "1", "prompt": "p", "response_1": "1", "response_2": "2", "winner": "a"}""",
        "wanted model_a, model_b or tie"
    )]
    [InlineData(
        BenchmarkKind.PpeCorrectness,
        """{"question_id": "1", "prompt": "p", "response_1": "1", "scores": [true], "sampled_conflict_pairs": []}""",
        "does not say which set"
    )]
    [InlineData(
        BenchmarkKind.Own,
        """{"chosen": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "1"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "0"}]}""",
        "differ before their last turn"
    )]
    [InlineData(BenchmarkKind.Own, """{"prompt": "p", "chosen": "1", "rejected": "0", "chosen": "2"}""", "stands twice in one object")]
    [InlineData(
        BenchmarkKind.Own,
        """{"prompt": "p", "chosen": "\ud800", "rejected": "0"}""",
        "column 27: a string holds an unpaired surrogate escape"
    )]
    [InlineData(BenchmarkKind.Own, "{\n  \"prompt\": \"p\"", "jq -c .")]
    [InlineData(BenchmarkKind.Own, "", "no benchmark rows")]
    public void What_does_not_fit_is_refused(BenchmarkKind kind, string row, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<FormatException>(() => Report(kind, Write(row))).Message, StringComparison.Ordinal);
}
