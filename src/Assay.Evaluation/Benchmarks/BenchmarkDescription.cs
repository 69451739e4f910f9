namespace Assay.Evaluation.Benchmarks;

/// <summary>What is to be known of a benchmark before it is run.</summary>
/// <param name="Kind">The benchmark.</param>
/// <param name="Name">Its name on the command line and in file names.</param>
/// <param name="Rows">The fields of a row.</param>
/// <param name="Published">Where its files are published.</param>
/// <param name="Headline">What the one figure is.</param>
/// <param name="Revision">The name of the scoring formula.</param>
public sealed record BenchmarkDescription(BenchmarkKind Kind, string Name, string Rows, string Published, string Headline, string Revision)
{
    /// <summary>All benchmarks, one of each kind.</summary>
    public static IReadOnlyList<BenchmarkDescription> All { get; } =
    [
        new(
            BenchmarkKind.RewardBench,
            "reward-bench",
            "prompt, chosen, rejected, subset, id",
            "hub allenai/reward-bench (split filtered) and allenai/pref-test-sets",
            "sections 2 : Prior Sets 1; a tie is wrong",
            RewardBench.RewardBenchV1.ScoringRevision
        ),
        new(
            BenchmarkKind.RewardBench2,
            "reward-bench-2",
            "id, prompt, chosen and rejected lists, num_correct, subset",
            "hub allenai/reward-bench-2",
            "mean of six subsets; a shared best of 4 earns 1/k",
            "rb2-2025-06-12"
        ),
        new(
            BenchmarkKind.RmBench,
            "rm-bench",
            "id, prompt, chosen and rejected in three styles, domain (or the file's name)",
            "github THU-KEG/RM-Bench data/*.json, hub THU-KEG/RM-Bench",
            "mean of four domains over nine comparisons a row; a tie is wrong",
            "rm-bench-73c52d7"
        ),
        new(
            BenchmarkKind.JudgeBench,
            "judge-bench",
            "pair_id, source, question, response_A, response_B, label",
            "github ScalerLab/JudgeBench data/*.jsonl, hub ScalerLab/JudgeBench",
            "right pairs; a tie is wrong, as over their two games",
            "judgebench-e2c52c2"
        ),
        new(
            BenchmarkKind.LlmBar,
            "llmbar",
            "input, output_1, output_2, label; subset in the path",
            "github princeton-nlp/LLMBar Dataset/LLMBar/*/*/dataset.json",
            "mean of the five subsets; a tie is half",
            "llmbar-900616b"
        ),
        new(
            BenchmarkKind.PpePreference,
            "ppe-preference",
            "question_id, prompt, response_1, response_2, winner, language",
            "hub lmarena-ai/PPE-Human-Preference-V1",
            "right rows; tied votes take no part, a tie is wrong",
            "assay-strict-1"
        ),
        new(
            BenchmarkKind.PpeCorrectness,
            "ppe-correctness",
            "question_id, model_name, prompt, response_1 to response_K, scores, sampled_conflict_pairs",
            "hub lmarena-ai/PPE-{MMLU-Pro,MATH,GPQA,MBPP-Plus,IFEval}-Best-of-K",
            "mean of five benchmarks' accuracy on the sampled pairs; a tie is wrong",
            PpeCorrectness.Revision
        ),
        new(
            BenchmarkKind.Rmb,
            "rmb",
            "pair_uid, conversation_input, chosen, reject; or bon_uid, conversation_input, bon_best, loser_list; category_path",
            "github Zhou-Zoey/RMB-Reward-Model-Benchmark RMB_dataset/*",
            "mean of four sections (pairs and best-of-N, helpfulness and harmlessness), each over its rows; a tie is wrong",
            Rmb.Revision
        ),
        new(
            BenchmarkKind.Own,
            "own",
            "a pair in any format that check reads, with its whole context, or prompt with lists of chosen and rejected; subset, id",
            "your file",
            "right rows: every right answer above every wrong one",
            "assay-strict-1"
        ),
    ];

    /// <summary>The description of a kind.</summary>
    public static BenchmarkDescription Of(BenchmarkKind kind) => All.Single(description => description.Kind == kind);
}
