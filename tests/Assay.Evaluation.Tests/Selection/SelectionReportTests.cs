using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Selection;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Selection;

public sealed class SelectionReportTests
{
    private const int OwnPairs = 400;

    private static readonly ModelBase Llama = new("meta-llama/Llama-3.1-8B", []),
        Qwen = new("Qwen/Qwen3-8B", []);

    private static BenchmarkReport Benchmark(double score) =>
        new()
        {
            Kind = BenchmarkKind.RewardBench2,
            Revision = "r",
            Score = score,
            Rows = 1865,
            TieRate = 0,
            Parts = [],
            Warnings = [],
        };

    private static OwnValidation Own(double accuracy, string data = "own", IEnumerable<PairScore>? scores = null) =>
        new(
            PairMetrics.Of(
                scores
                    ?? Enumerable
                        .Range(0, OwnPairs)
                        .Select(i => new PairScore
                        {
                            Row = i + 1,
                            ChosenScore = i < accuracy * OwnPairs ? 1 : -1,
                            RejectedScore = 0,
                        })
            ),
            [new EvidenceInput(data + ".jsonl", data)],
            scores is null ? null : new ScoredModel("from file", new EvidenceInput("scores.jsonl", ""), null, scores)
        );

    private static Candidate New(string name, double benchmark, ModelBase? from, double fresh) =>
        new()
        {
            Name = name,
            Benchmarks = double.IsNaN(benchmark) ? [] : [Benchmark(benchmark)],
            Base = from,
            Fresh = double.IsNaN(fresh) ? null : Own(fresh),
        };

    private static JudgedCandidate Of(SelectionReport report, string name) => report.Candidates.Single(candidate => candidate.Name == name);

    /// <summary>
    /// RewardBench 2's seventeen PPO runs (arXiv 2506.01937, table 8): score on the benchmark, the policy's average, best-of-16's. The
    /// first nine are of the policy's base and prompts, 10 to 12 trained on flipped data, 13 to 15 of another base, 16 and 17 of other
    /// prompts.
    /// </summary>
    private static readonly (double Benchmark, double Ppo, double BestOfN)[] Runs =
    [
        (68.7, 59.8, 52.4),
        (67.9, 60.4, 53.8),
        (64.8, 59.9, 51.7),
        (60.0, 59.5, 53.6),
        (60.0, 60.1, 52.2),
        (59.9, 59.6, 51.2),
        (59.1, 60.3, 53.0),
        (55.6, 60.7, 51.5),
        (49.8, 60.2, 48.0),
        (42.0, 56.4, 49.8),
        (21.9, 54.2, 39.7),
        (6.1, 38.0, 20.8),
        (72.9, 54.5, 56.4),
        (71.9, 55.8, 55.7),
        (69.4, 56.4, 54.7),
        (66.7, 57.0, 50.0),
        (65.6, 58.5, 49.2),
    ];

    [Fact]
    public void Of_the_published_PPO_runs_lineage_finds_a_policy_that_the_score_alone_misses()
    {
        // Own pairs that tell nobody apart, so that benchmark and lineage decide.
        Candidate[] candidates = [.. Runs.Select((run, i) => New($"{i + 1:00}", run.Benchmark / 100, i < 12 ? Llama : Qwen, 0.75))];
        double Policy(SelectionReport report) => Runs[int.Parse(report.Chosen!, System.Globalization.CultureInfo.InvariantCulture) - 1].Ppo;

        Assert.Equal(54.5, Policy(SelectionReport.Of(candidates, [], top: 1)));
        Assert.InRange(Policy(SelectionReport.Of(candidates, [Llama])), 59.8, 60.4);
        Assert.InRange(Policy(SelectionReport.Of(candidates, [Llama], top: 1)), 59.8, 60.4);
        // Where the policy is of the others' base, the score's choice stands.
        Assert.Equal(54.5, Policy(SelectionReport.Of(candidates, [Qwen])));
    }

    [Fact]
    public void The_published_correlations_of_score_and_policy_come_out()
    {
        double Of(Func<int, bool> among, Func<(double Benchmark, double Ppo, double BestOfN), double> outcome) =>
            Correlation
                .Pearson(
                    [.. Runs.Where((_, i) => among(i)).Select(run => run.Benchmark)],
                    [.. Runs.Where((_, i) => among(i)).Select(outcome)]
                )
                .Coefficient;
        var all = (int _) => true;
        var unflipped = (int i) => i is < 9 or > 11;
        Assert.Equal(0.717, Of(all, run => run.Ppo), 5e-4);
        Assert.Equal(-0.720, Of(unflipped, run => run.Ppo), 5e-4);
        Assert.Equal(-0.255, Of(i => i < 9, run => run.Ppo), 5e-4);
        Assert.Equal(-0.947, Of(i => i > 11, run => run.Ppo), 5e-4);
        Assert.Equal(0.915, Of(all, run => run.BestOfN), 5e-4);
        Assert.Equal(0.663, Of(unflipped, run => run.BestOfN), 5e-4);
        Assert.Equal(
            -0.039,
            Correlation.Spearman([.. Runs.Select(run => run.Benchmark)], [.. Runs.Select(run => run.Ppo)]).Coefficient,
            5e-4
        );
    }

    [Fact]
    public void The_benchmark_filters_lineage_breaks_ties_and_the_own_pairs_decide()
    {
        var report = SelectionReport.Of(
            [
                New("top of the board", 0.80, Qwen, 0.60),
                New("own family", 0.79, Llama, 0.77),
                New("other family", 0.785, Qwen, 0.78),
                New("weak", 0.60, Llama, 0.95),
                New("unseen", 0.80, Llama, double.NaN),
            ],
            [Llama]
        );

        Assert.Equal("own family", report.Chosen);
        Assert.Equal(
            [
                ("own family", CandidateStatus.Chosen),
                ("other family", CandidateStatus.AsGood),
                ("top of the board", CandidateStatus.Worse),
                ("unseen", CandidateStatus.NotValidated),
                ("weak", CandidateStatus.Filtered),
            ],
            report.Candidates.Select(candidate => (candidate.Name, candidate.Status))
        );
        Assert.Contains("worse beyond noise", Of(report, "weak").Reason, StringComparison.Ordinal);
        Assert.Contains("run assay fresh", Of(report, "unseen").Reason, StringComparison.Ordinal);
        Assert.Contains("of the policy's base", Of(report, "own family").Reason, StringComparison.Ordinal);
        Assert.Equal(
            (5, true, false),
            (Of(report, "weak").BenchmarkRank, Of(report, "own family").IsPolicyBase, Of(report, "other family").IsPolicyBase)
        );
    }

    [Fact]
    public void A_model_of_another_base_is_chosen_where_it_is_better_beyond_noise_or_no_base_was_named()
    {
        Candidate[] far = [New("own family", 0.8, Llama, 0.60), New("other family", 0.8, Qwen, 0.80)];
        Candidate[] near = [New("own family", 0.8, Llama, 0.77), New("other family", 0.8, Qwen, 0.78)];

        Assert.Equal("other family", SelectionReport.Of(far, [Llama]).Chosen);
        Assert.Equal("own family", SelectionReport.Of(near, [Llama]).Chosen);
        Assert.Equal("other family", SelectionReport.Of(near, []).Chosen);
    }

    [Fact]
    public void The_top_K_replace_the_noise_rule_and_a_missing_result_filters()
    {
        Candidate[] candidates = [New("a", 0.80, null, 0.7), New("b", 0.799, null, 0.9), New("c", double.NaN, null, 0.9)];

        Assert.Equal("a", SelectionReport.Of(candidates, [], top: 1).Chosen);
        var report = SelectionReport.Of(candidates, []);
        Assert.Equal("b", report.Chosen);
        Assert.Equal((CandidateStatus.Filtered, null), (Of(report, "c").Status, Of(report, "c").BenchmarkRank));
        Assert.Contains("has no RewardBench2 result", Of(report, "c").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_benchmarks_nothing_is_filtered_and_without_own_pairs_nothing_is_chosen()
    {
        Assert.Equal("b", SelectionReport.Of([New("a", double.NaN, null, 0.6), New("b", double.NaN, null, 0.9)], []).Chosen);

        var blind = SelectionReport.Of([New("a", 0.8, null, double.NaN)], []);
        Assert.Null(blind.Chosen);
        Assert.Equal(CandidateStatus.NotValidated, blind.Candidates[0].Status);
    }

    [Fact]
    public void Scores_pair_by_pair_find_a_difference_that_two_intervals_hide()
    {
        // The second is wrong wherever the first is, and twenty times more: a paired test sees it.
        PairScore[] Scores(int right) =>
            [
                .. Enumerable
                    .Range(0, OwnPairs)
                    .Select(i => new PairScore
                    {
                        Row = i + 1,
                        ChosenScore = i < right ? 1 : -1,
                        RejectedScore = 0,
                    }),
            ];
        Candidate[] paired =
        [
            new() { Name = "a", Static = Own(0, scores: Scores(300)) },
            new() { Name = "b", Static = Own(0, scores: Scores(280)) },
        ];
        Candidate[] plain = [.. paired.Select(candidate => candidate with { Static = candidate.Static! with { Scores = null } })];

        Assert.Equal(CandidateStatus.Worse, SelectionReport.Of(paired, []).Candidates[1].Status);
        Assert.Equal(CandidateStatus.AsGood, SelectionReport.Of(plain, []).Candidates[1].Status);
    }

    [Fact]
    public void Evidence_that_cannot_be_compared_is_refused()
    {
        string Refusal(params Candidate[] candidates) =>
            Assert.Throws<EvaluationException>(() => SelectionReport.Of(candidates, [])).Message;
        var other = new BenchmarkReport
        {
            Kind = BenchmarkKind.LlmBar,
            Revision = "r",
            Score = 0.5,
            Rows = 419,
            TieRate = 0,
            Parts = [],
            Warnings = [],
        };

        Assert.Contains("different data", Refusal(New("a", 0.8, null, 0.7), New("b", 0.8, null, 0.7) with { Fresh = Own(0.7, "else") }));
        Assert.Contains("several benchmarks", Refusal(New("a", 0.8, null, 0.7) with { Benchmarks = [Benchmark(0.8), other] }));
        Assert.Contains(
            "not the same for all",
            Refusal(New("a", 0.8, null, 0.7), New("b", 0.8, null, 0.7) with { Benchmarks = [Benchmark(0.8) with { Rows = 100 }] })
        );
    }

    [Fact]
    public void Bases_are_the_same_by_hash_where_both_are_known_else_by_the_last_part_of_the_name()
    {
        Assert.True(Llama.IsSame(new("/models/llama-3.1-8b/", [])));
        Assert.False(Llama.IsSame(Qwen));
        Assert.False(new ModelBase("base", ["aa"]).IsSame(new("base", ["bb"])));
        Assert.True(new ModelBase("one", ["aa"]).IsSame(new("two", ["AA"])));
    }

    [Fact]
    public void It_survives_JSON()
    {
        var text = JsonSerializer.Serialize(
            SelectionReport.Of([New("a", 0.8, Llama, 0.6), New("b", double.NaN, null, double.NaN)], [Llama]),
            EvaluationJson.Options
        );

        Assert.StartsWith("{\n  \"format\": \"assay.selection/1\"", text);
        Assert.Equal(
            text,
            JsonSerializer.Serialize(JsonSerializer.Deserialize<SelectionReport>(text, EvaluationJson.Options), EvaluationJson.Options)
        );
    }

    [Fact]
    public void A_candidate_whose_gate_says_no_is_refused_and_one_that_cannot_tell_is_marked()
    {
        Candidate[] candidates = [New("best", 0.8, null, 0.9), New("second", 0.8, null, 0.8)];
        Assert.Equal("best", SelectionReport.Of(candidates, []).Chosen);

        candidates[0] = candidates[0] with { Gate = new(GateVerdict.NotReady, "rl", "training_overlap 12, …", "best/gate.json") };
        candidates[1] = candidates[1] with { Gate = new(GateVerdict.CannotTell, "rl", "fresh_gap: no evidence", "second/gate.json") };
        var report = SelectionReport.Of(candidates, []);
        Assert.Equal("second", report.Chosen);
        Assert.Equal(CandidateStatus.Refused, Of(report, "best").Status);
        Assert.Contains(
            "not ready for rl (training_overlap 12, …), in best/gate.json",
            Of(report, "best").Reason,
            StringComparison.Ordinal
        );
        Assert.Contains("cannot tell for rl", Of(report, "second").Reason, StringComparison.Ordinal);

        Assert.Null(SelectionReport.Of([candidates[0]], []).Chosen);
    }
}
