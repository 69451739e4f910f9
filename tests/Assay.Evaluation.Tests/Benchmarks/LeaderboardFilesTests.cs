using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Tests.Benchmarks;

/// <summary>The files that the benchmarks' own scripts write, key for key.</summary>
public sealed class LeaderboardFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-leaderboard").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Text(string path) => File.ReadAllText(Path.Combine(_folder, path));

    private IReadOnlyList<string> Write(
        BenchmarkKind kind,
        string data,
        IReadOnlyList<double[]> scores,
        Func<Conversation, string>? render = null,
        string name = "rows.jsonl"
    )
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, data);
        ScoredBenchmarkRow[] rows = [.. BenchmarkFile.Read(kind, path).Zip(scores, (row, score) => new ScoredBenchmarkRow(row, score))];
        return new LeaderboardFiles(_folder, "org/m", "tokenizer", render).Write(BenchmarkReport.Of(kind, rows), rows);
    }

    private static void AssertJson(string expected, string found) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(found)), found);

    private const string FirstRows = """
        {"prompt": "p", "chosen": "a", "rejected": "b", "subset": "hep-rust", "id": 12, "chosen_model": "m"}
        {"prompt": "p", "chosen": "a", "rejected": "b", "subset": "hep-rust", "id": 13}
        """;

    [Fact]
    public void RewardBench_has_a_flat_file_with_sorted_keys_and_a_columnar_one()
    {
        Assert.Equal(
            ["eval-set/org/m.json", "eval-set-scores/org/m.json"],
            Write(
                BenchmarkKind.RewardBench,
                FirstRows,
                [
                    [2, 1],
                    [1, 1],
                ],
                conversation => string.Join('|', conversation.Messages!.Select(turn => turn.Content))
            )
        );
        Assert.Equal(
            "{\n    \"chat_template\": \"tokenizer\",\n    \"hep-rust\": 0.5,\n    \"model\": \"org/m\",\n    \"model_type\": \"Seq. Classifier\"\n}",
            Text("eval-set/org/m.json")
        );
        AssertJson(
            """
            {"chat_template": "tokenizer", "id": [12, 13], "model": "org/m", "model_type": "Seq. Classifier", "results": [1, 0], "scores_chosen": [2, 1], "scores_rejected": [1, 1],
             "subset": ["hep-rust", "hep-rust"], "text_chosen": ["p|a", "p|a"], "text_rejected": ["p|b", "p|b"]}
            """,
            Text("eval-set-scores/org/m.json")
        );
    }

    [Fact]
    public void Scores_that_a_leaderboard_file_holds_are_read_back_by_it()
    {
        Write(
            BenchmarkKind.RewardBench,
            FirstRows,
            [
                [2, 1],
                [1, 1],
            ]
        );
        Assert.Equal("user", JsonNode.Parse(Text("eval-set-scores/org/m.json"))!["text_chosen"]![0]![0]!["role"]!.ToString());
        var again = BenchmarkScoring.Join(
            BenchmarkFile.Read(BenchmarkKind.RewardBench, Path.Combine(_folder, "rows.jsonl")),
            Path.Combine(_folder, "eval-set-scores/org/m.json")
        );
        Assert.Equal(
            [
                [2.0, 1],
                [1, 1],
            ],
            again.Select(row => row.Scores)
        );
    }

    [Fact]
    public void Prior_sets_go_to_files_of_their_own() =>
        Assert.Equal(
            ["pref-sets/org/m.json", "pref-sets-scores/org/m.json"],
            Write(
                BenchmarkKind.RewardBench,
                """{"prompt": [{"role": "user", "content": "p"}], "chosen": "a", "rejected": "b", "id": 1}""",
                [
                    [2, 1],
                ],
                name: "shp-00000-of-00001.jsonl"
            )
        );

    [Fact]
    public void RewardBench_2_writes_lists_and_best_of_n_values_and_reads_them_back()
    {
        const string Rows = """
            {"id": "7", "prompt": "p", "chosen": ["a"], "rejected": ["b", "c", "d"], "num_correct": 1, "num_incorrect": 3, "total_completions": 4, "models": ["m"], "subset": "Math"}
            {"id": "ref:0", "prompt": "p", "chosen": ["a"], "rejected": ["b"], "num_correct": 1, "subset": "Ties"}
            {"id": "tied:0", "prompt": "p", "chosen": ["a", "b"], "rejected": ["c"], "num_correct": 2, "subset": "Ties"}
            """;
        Write(
            BenchmarkKind.RewardBench2,
            Rows,
            [
                [2, 2, 1, 0],
                [5, 0],
                [5, 5, 0],
            ]
        );
        AssertJson(
            """{"Math": 0.5, "Ties": 1.01, "chat_template": "tokenizer", "model": "org/m", "model_type": "Seq. Classifier"}""",
            Text("eval-set/org/m.json")
        );
        var scores = JsonNode.Parse(Text("eval-set-scores/org/m.json"))!.AsObject();
        Assert.Equal(
            ["chat_template", "id", "model", "model_type", "num_correct", "results", "scores", "subset", "text"],
            scores.Select(field => field.Key)
        );
        AssertJson("[0.5, 1, 0.5]", scores["results"]!.ToJsonString());
        var again = BenchmarkScoring.Join(
            BenchmarkFile.Read(BenchmarkKind.RewardBench2, Path.Combine(_folder, "rows.jsonl")),
            Path.Combine(_folder, "eval-set-scores/org/m.json")
        );
        Assert.Equal(
            [
                [2.0, 2, 1, 0],
                [5, 0],
                [5, 5, 0],
            ],
            again.Select(row => row.Scores)
        );
    }

    [Fact]
    public void JudgeBench_writes_both_games_in_the_published_order()
    {
        var path = Assert.Single(
            Write(
                BenchmarkKind.JudgeBench,
                """
                {"pair_id": "x", "original_id": "1", "source": "mmlu-pro-law", "question": "q", "response_model": "gpt-4o", "response_A": "a", "response_B": "b", "label": "B>A"}
                """,
                [
                    [7, 5],
                ]
            )
        );
        Assert.Equal("outputs/dataset=judgebench,response_model=gpt-4o,judge_name=reward_model,judge_model=org_m.jsonl", path);
        AssertJson(
            """
            {"pair_id": "x", "original_id": "1", "source": "mmlu-pro-law", "question": "q", "response_model": "gpt-4o", "response_A": "a", "response_B": "b", "label": "B>A", "judge_name": "reward_model", "judgments": [
              {"judgment": {"judge_model": "org/m", "prompt": "", "response": "", "scores": [5, 7]}, "decision": "B>A"},
              {"judgment": {"judge_model": "org/m", "prompt": "", "response": "", "scores": [7, 5]}, "decision": "A>B"}]}
            """,
            Text(path)
        );
    }

    [Fact]
    public void RM_Bench_and_PPE_get_their_rows_with_scores()
    {
        var styles = Assert.Single(
            Write(
                BenchmarkKind.RmBench,
                """[{"id": 1, "prompt": "p", "chosen": ["a", "b", "c"], "rejected": ["d", "e", "f"]}]""",
                [
                    [1, 2, 3, 4, 5, 6],
                ],
                name: "code_filtered.json"
            )
        );
        AssertJson(
            """[{"id": 1, "prompt": "p", "chosen": ["a", "b", "c"], "rejected": ["d", "e", "f"], "domain": "code", "score_chosen": [1, 2, 3], "score_rejected": [4, 5, 6]}]""",
            Text(styles)
        );

        var sets = Write(
            BenchmarkKind.PpeCorrectness,
            """
            {"question_id": "7", "model_name": "g", "scores": [false, true], "prompt": "p", "response_1": "a", "response_2": "b", "sampled_conflict_pairs": [[0, 1]]}
            """,
            [
                [4, 3],
            ],
            name: "ifeval.jsonl"
        );
        Assert.Equal(["data/ifeval_best_of_k/org/m.json", "results.json"], sets);
        AssertJson(
            """[{"question_id": "7", "model_name": "g", "scores": [false, true], "sampled_conflict_pairs": [[0, 1]], "score_1": 3, "score_2": 4}]""",
            Text(sets[0])
        );
        var results = JsonNode.Parse(Text("results.json"))!["data/ifeval_best_of_k/org/m.json"]!;
        Assert.Equal(["all", "g"], results.AsObject().Select(field => field.Key));
        Assert.Equal(
            ["accuracy", "area_under_curve", "loss", "mean_max_score", "mean_end_score"],
            results["all"]!.AsObject().Select(field => field.Key)
        );
        Assert.Equal(1, (double)results["g"]!["accuracy"]!);
    }
}
