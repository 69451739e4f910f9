using Assay.Data;
using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Tests.Benchmarks;

/// <summary>Short made-up rows with exactly the columns, nesting and file names in which each benchmark is published.</summary>
public sealed class BenchmarkFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-bench").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<BenchmarkRow> Read(BenchmarkKind kind, string name, string text, Action<string>? passedOver = null)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return [.. BenchmarkFile.Read(kind, path, passedOver)];
    }

    [Fact]
    public void A_domain_file_of_RM_Bench_has_no_domain_but_in_its_name()
    {
        const string Row =
            """[{"id": 8, "subset": "alpacaeval", "prompt": "p", "chosen": ["a", "b", "c"], "rejected": ["d", "e", "f"], "error_key": "k", "error": "e"}]""";
        var chat = Assert.Single(Read(BenchmarkKind.RmBench, "chat_filtered.json", Row));
        Assert.Equal(("chat", "8", 3), (chat.Subset, chat.Id, chat.CorrectCount));
        Assert.Equal(["a", "b", "c", "d", "e", "f"], chat.Answers);
        Assert.Equal("safety-refuse", Assert.Single(Read(BenchmarkKind.RmBench, "safety-refuse_filtered.json", Row)).Subset);
        Assert.Equal(
            "safety-response",
            Assert
                .Single(Read(BenchmarkKind.RmBench, "total_dataset.json", Row.Replace("\"id\"", "\"domain\": \"safety-response\", \"id\"")))
                .Subset
        );
    }

    [Fact]
    public void JudgeBench_keeps_where_the_right_answer_stood()
    {
        var row = Assert.Single(
            Read(
                BenchmarkKind.JudgeBench,
                "dataset=judgebench,response_model=gpt-4o-2024-05-13.jsonl",
                """{"pair_id": "x", "original_id": "1", "source": "mmlu-pro-law", "question": "q", "response_model": "gpt-4o", "response_A": "a", "response_B": "b", "label": "B>A"}"""
            )
        );
        Assert.Equal(("mmlu-pro-law", "x"), (row.Subset, row.Id));
        Assert.Equal(["b", "a"], row.Answers);
        Assert.Equal([5.0, 7], new ScoredBenchmarkRow(row, [7, 5]).InPublishedOrder());
    }

    [Theory]
    [InlineData("LLMBar/Natural/dataset.json", "Natural")]
    [InlineData("LLMBar/Adversarial/GPTInst/dataset.json", "GPTInst")]
    [InlineData("Processed/FairEval/dataset.json", "all")]
    public void LLMBar_has_its_subset_in_the_path_and_no_ids(string name, string subset)
    {
        var rows = Read(
            BenchmarkKind.LlmBar,
            name,
            """[{"input": "i", "output_1": "a", "output_2": "b", "label": 2}, {"input": "i", "output_1": "a", "output_2": "b", "label": 1}]"""
        );
        Assert.Equal([subset, subset], rows.Select(row => row.Subset));
        Assert.Equal(["1", "2"], rows.Select(row => row.Id));
        Assert.Equal(["b", "a"], rows.Select(row => row.Answers[0]));
    }

    [Fact]
    public void A_folder_that_merely_contains_a_subsets_letters_does_not_name_it() =>
        Assert.Equal(
            "all",
            Assert
                .Single(
                    Read(BenchmarkKind.LlmBar, "Manuals/dataset.json", """[{"input": "i", "output_1": "a", "output_2": "b", "label": 2}]""")
                )
                .Subset
        );

    [Fact]
    public void Prior_sets_are_named_by_their_file_whatever_their_rows_call_subset()
    {
        var row = Assert.Single(
            Read(
                BenchmarkKind.RewardBench,
                "anthropic_helpful-00000-of-00001.jsonl",
                """{"prompt": [{"role": "user", "content": "p"}], "chosen": "a", "rejected": "b", "subset": "helpful-base", "id": 3}"""
            )
        );
        Assert.Equal("anthropic_helpful", row.Subset);
    }

    [Fact]
    public void PPE_votes_that_tie_are_passed_over_and_counted()
    {
        var reasons = new List<string>();
        var rows = Read(
            BenchmarkKind.PpePreference,
            "test.jsonl",
            """
            {"question_id": "1", "model_a": "m", "model_b": "n", "winner": "model_b", "prompt": "p", "response_1": "a", "response_2": "b", "language": "English", "hard_prompt": true}
            {"question_id": "2", "model_a": "m", "model_b": "n", "winner": "tie (bothbad)", "prompt": "p", "response_1": "a", "response_2": "b", "language": "English"}
            """,
            reasons.Add
        );
        Assert.Equal(["b", "a"], Assert.Single(rows).Answers);
        Assert.Equal(["tie"], reasons);
    }

    [Fact]
    public void PPE_correctness_rows_put_right_answers_first_and_keep_the_sampled_comparisons()
    {
        var row = Assert.Single(
            Read(
                BenchmarkKind.PpeCorrectness,
                "PPE-MBPP-Plus-Best-of-K/data/train-00000-of-00001.jsonl",
                """
                {"question_id": "7", "model_name": "gemma", "parsed_outputs": ["x", "y", "z"], "scores": [false, true, false], "mean_score": 0.33, "prompt": "p", "response_1": "a", "response_2": "b", "response_3": "c", "conflict_pairs": [[0, 1], [1, 2]], "sampled_conflict_pairs": [[0, 1], [1, 2], [0, 1]]}
                """
            )
        );
        Assert.Equal(("mbpp-plus", "7/gemma", 1), (row.Subset, row.Id, row.CorrectCount));
        Assert.Equal(["b", "a", "c"], row.Answers);
        Assert.Equal([1, 0, 2], row.Places);
        Assert.Equal([(0, 1), (0, 2), (0, 1)], row.Comparisons);
        Assert.Contains(
            "right and a wrong",
            Assert
                .Throws<EvaluationException>(() =>
                    Read(
                        BenchmarkKind.PpeCorrectness,
                        "math.jsonl",
                        """{"question_id": "7", "scores": [false, false], "prompt": "p", "response_1": "a", "response_2": "b", "sampled_conflict_pairs": [[0, 1]]}"""
                    )
                )
                .Message
        );
    }

    [Fact]
    public void An_own_file_may_hold_messages_ties_and_answers_that_are_no_text()
    {
        var reasons = new List<string>();
        var rows = Read(
            BenchmarkKind.Own,
            "own.jsonl",
            """
            {"chosen": [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}, {"role": "assistant", "content": "b"}]}
            {"question": "p", "chosen": "a", "rejected": "b", "label": "tie"}
            {"question": "p", "chosen": true, "rejected": "False.", "label": "chosen"}
            {"question": "p", "chosen": "a", "rejected": "b", "label": "chosen"}
            """,
            reasons.Add
        );
        Assert.Equal([new Message("system", "s"), new Message("user", "p")], rows[0].Prompt);
        Assert.Equal([new Message("user", "p")], rows[1].Prompt);
        Assert.Equal(["tie", "wrong_type"], reasons);
    }

    [Fact]
    public void An_own_row_is_judged_in_its_whole_context()
    {
        var rows = Read(
            BenchmarkKind.Own,
            "own.jsonl",
            """
            {"system": "Answer in French.", "prompt": "p", "chosen": "a", "rejected": "b"}
            {"context": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}], "prompt": "p", "chosen": "a", "rejected": "b"}
            {"trajectory": [{"from": "user", "value": "p"}], "chosen": "a", "rejected": "b"}
            {"system": "s", "prompt": "p", "chosen": ["a", "c"], "rejected": ["b", "d", "e"]}
            {"prompt": "one ", "chosen": "a", "rejected": "b"}
            {"chosen": "\n\nHuman: p\n\nAssistant: a", "rejected": "\n\nHuman: p\n\nAssistant: b"}
            """
        );
        Assert.Equal(
            ["system Answer in French.|user p", "user x|assistant y|user p", "user p", "system s|user p", "user one ", "user p"],
            rows.Select(row => string.Join('|', row.Prompt.Select(turn => $"{turn.Role} {turn.Content}")))
        );
        Assert.Equal(("a c b d e", 2), (string.Join(' ', rows[3].Answers), rows[3].CorrectCount));
        Assert.All(
            rows.Where((_, i) => i != 3),
            row => Assert.Equal(("a", "b", 1), (row.Answers[0], row.Answers[1], row.CorrectCount)),
            throwIfEmpty: true
        );
    }

    [Theory]
    [InlineData("unread_context", "\"article\": \"A text.\"")]
    [InlineData("needs_image", "\"image\": {\"bytes\": null, \"path\": \"a.png\"}")]
    public void An_own_row_whose_context_is_not_read_takes_no_part_and_most_rows_refuse_the_file(string reason, string field)
    {
        string fine = """{"prompt": "p", "chosen": "a", "rejected": "b"}""",
            lost = $$"""{"prompt": "p", {{field}}, "chosen": "a", "rejected": "b"}""";
        var reasons = new List<string>();
        Assert.Equal(2, Read(BenchmarkKind.Own, "own.jsonl", $"{fine}\n{lost}\n{fine}", reasons.Add).Count);
        Assert.Equal([reason], reasons);
        Assert.Contains(
            $"{reason}: ",
            Assert.Throws<EvaluationException>(() => Read(BenchmarkKind.Own, "own.jsonl", $"{lost}\n{lost}\n{fine}")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"prompt": null, "chosen": "a", "rejected": "b"}""", "field prompt is missing")]
    [InlineData(
        """{"prompt": "p", "chosen": [{"role": "user", "content": "p"}, {"role": "system", "content": "a"}], "rejected": [{"role": "user", "content": "p"}, {"role": "system", "content": "b"}]}""",
        "final_turn_not_assistant"
    )]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "a"}""", "identical_candidates")]
    public void A_file_of_rows_that_cannot_be_judged_says_why(string row, string why)
    {
        Assert.Contains(
            why,
            Assert.Throws<EvaluationException>(() => Read(BenchmarkKind.Own, "own.jsonl", row)).Message,
            StringComparison.Ordinal
        );
        Assert.Single(Read(BenchmarkKind.Own, "own.jsonl", row + "\n" + """{"prompt": "p", "chosen": "a", "rejected": "b"}"""));
    }
}
