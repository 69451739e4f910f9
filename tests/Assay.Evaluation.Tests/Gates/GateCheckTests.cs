using Assay.Evaluation.Audits;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Process;
using Assay.Ground.Numerics;
using static System.FormattableString;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>Each kind of check on evidence that passes, fails, and cannot tell, through the files and back.</summary>
public sealed class GateCheckTests
{
    /// <summary>A check, its limits where the defaults do not serve, and what writes evidence for each verdict.</summary>
    internal sealed record Case(
        string Check,
        Action<EvidenceFolder> Ready,
        Action<EvidenceFolder> NotReady,
        Action<EvidenceFolder> CannotTell,
        string Limits = ""
    );

    private const double Sharp = 1.3862943611198906; // ln 4: margins of this size are right four times in five when they mean what they say

    private static readonly Case[] Cases =
    [
        new(
            "evidence_faults",
            Two,
            folder =>
            {
                Two(folder);
                folder.Edit("eval.json", "\"accuracy\": 0.7,", "\"accuracy\": 0.9,");
            },
            Eval((700, 300)),
            "min_count: 2"
        ),
        new(
            "training_overlap",
            Eval((700, 300)),
            folder =>
            {
                Eval((700, 300))(folder);
                folder.TrainedOn = [Judged];
            },
            folder =>
            {
                Eval((700, 300))(folder);
                File.Delete(System.IO.Path.Combine(folder.Path, "rows-eval.bin"));
            }
        ),
        new("heldout_accuracy", Eval((700, 300)), Eval((500, 500)), Eval((7, 3))),
        new("better_than_length_only", Eval((160, 40), (150, 50)), Eval((150, 50), (20, 180)), Eval((160, 40), (8, 2))),
        new("better_than_bag_of_words", Words(0.8), Words(0.6), Words(0.8, pairs: 20)),
        new("calibration_error", Eval((800, 200), size: Sharp), Eval((800, 200), size: 20), Eval((8, 2), size: Sharp)),
        new("temperature", Eval((800, 200), size: Sharp), Eval((800, 200), size: 20), Eval((8, 2), size: Sharp)),
        new("length_matched_accuracy", Length(matched: (160, 40)), Length(matched: (60, 140)), Length(matched: (7, 3))),
        new("chosen_shorter_accuracy", Length(shorter: (150, 50)), Length(shorter: (20, 180)), Length(shorter: (105, 95))),
        new("length_accuracy_gap", Length((800, 200), (790, 210)), Length((190, 10), (20, 180)), Length((150, 50), (100, 100))),
        new("longer_preference_excess", Length((800, 200), (790, 210)), Length((190, 10), (20, 180)), Length((80, 20), (60, 40))),
        new("style_excess", Style(800, 0.5), Style(800, 0.95), Style(100, 0.95)),
        new(
            "probes",
            Probes(Probe("typos", 200, false)),
            Probes(Probe("typos", 200, false), Probe("flattery", 200, true)),
            Probes(Probe("typos", 20, true))
        ),
        new(
            "probe.flattery",
            Probes(Probe("flattery", 200, false, 0.02)),
            Probes(Probe("flattery", 200, true, 0.5)),
            Probes(Probe("flattery", 200, false, 0.1))
        ),
        new("self_tests", SelfTest(true), SelfTest(false), folder => folder.Write("audit.json", Audit())),
        new("fresh_accuracy", Fresh((300, 100), (300, 100)), Fresh((300, 100), (200, 200)), Fresh((300, 100), null)),
        new("fresh_gap", Fresh((800, 200), null, (800, 200)), Fresh((500, 500), null, (900, 100)), Fresh((80, 20), null, (90, 10))),
        new("reward_drift", Fresh((300, 100), null, (300, 100), 0.01), Fresh((300, 100), null, (300, 100), 3), Fresh((300, 100), null)),
        new(
            "split_overlap",
            folder => folder.Split(overlaps: false),
            folder => folder.Split(overlaps: true),
            folder => folder.Write("split.json", """{"format": "assay.split/1", "train": [1], "heldout": [2]}""")
        ),
        new(
            "quarantine_share",
            Report("""{"quarantine_count": 1}"""),
            Report("""{"quarantine_count": 30}"""),
            Report("""{"item_count": 0}""")
        ),
        new(
            "contract_errors",
            Report("{}"),
            Report("""{"error_count": 2}"""),
            folder => folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {"contract_errors": {"value": null}}}""")
        ),
        new("annotator_agreement", Votes(0.5, 0.45, 0.55), Votes(0.1, 0.05, 0.15), Votes(0.2, 0.15, 0.25)),
        new("judge_accuracy", Judge(accuracy: 0.8), Judge(accuracy: 0.4), Judge(accuracy: 0.61)),
        new("judge_no_verdict", Judge(noVerdict: 0.01), Judge(noVerdict: 0.2), Judge(noVerdict: 0.05)),
        new("judge_first_place", Judge(firstPlace: 0.5), Judge(firstPlace: 0.97), Judge(firstPlace: 0.61)),
        new("judge_consistency", Judge(consistency: 0.8), Judge(consistency: 0.3), Judge(consistency: 0.62)),
        new("master_keys", Keys(), Keys("colon"), Keys(pairs: 10)),
        new("verifier_false_positives", Rule(falsePositives: 0), Rule(falsePositives: 100), Rule(falsePositives: 10)),
        new("verifier_false_negatives", Rule(falseNegatives: 0), Rule(falseNegatives: 200), Rule(falseNegatives: 50)),
        new("verifier_attacks", Rule(), Rule(attack: 0.5), Rule(attacked: 20)),
        new("process_above_majority", Steps(0.02), Steps(-0.2), Steps(0.001)),
        new("process_step_score", Steps(0.02), Steps(0.02, score: 0.4), Steps(0.02, score: 0.61)),
        new("process_first_error", Steps(0.02), Steps(0.02, found: 0.05), Steps(0.02, found: 0.32)),
        new("process_false_alarms", Steps(0.02), Steps(0.02, silent: 0.1), Steps(0.02, silent: 0.69)),
        new("benchmark.own", Score(0.9, 200), Score(0.5, 200), Score(0.7, 200), "at_least: 0.7"),
    ];

    private static Action<EvidenceFolder> Judge(
        double accuracy = 0.8,
        double noVerdict = 0.01,
        double firstPlace = 0.5,
        double consistency = 0.8
    ) =>
        folder =>
            folder.Write(
                "votes.summary.json",
                Invariant(
                    $$$"""
                    {"format": "assay.judge/1", "subject": null, "judge": {"model": "m", "prompt_sha256": "p"}, "report": {"pairs": 500, "judged": 500, "accuracy": {{{accuracy}}}, "accuracy_interval": {"low": {{{accuracy
                        - 0.04}}}, "high": {{{accuracy + 0.04}}} }, "calls": 1000,
                    "no_verdict_rate": {{{noVerdict}}}, "position": {"consistency": {{{consistency}}}, "always_first_place": 0.1, "always_second_place": 0.1, "first_place_share": {{{firstPlace}}} }, "first_place_interval": {"low": {{{firstPlace
                        - 0.03}}}, "high": {{{firstPlace + 0.03}}} }, "self_consistency": null}}
                    """
                )
            );

    private static Action<EvidenceFolder> Keys(string? open = null, int pairs = 50, string model = "m") =>
        folder =>
            folder.Write(
                "keys.summary.json",
                $$$"""
                {"format": "assay.master_keys/1", "judge": {"model": "{{{model}}}", "prompt_sha256": "p"}, "master_keys": [
                  {"name": "control_rejected_answer", "pairs": {{{pairs}}}, "no_verdict": 0, "win_share": 0.3, "interval": null, "opens": false},
                  {"name": "colon", "pairs": {{{pairs}}}, "no_verdict": 0, "win_share": 0.4, "interval": null, "opens": {{{(
                    open == "colon" ? "true" : "false"
                )}}} }]}
                """
            );

    private static Action<EvidenceFolder> Rule(int falsePositives = 0, int falseNegatives = 0, double attack = 0, int attacked = 500)
    {
        string Share(int errors) =>
            ProportionInterval.Wilson(errors, 500) is var interval
                ? Invariant(
                    $$$"""{"errors": {{{errors}}}, "rows": 500, "rate": {{{errors / 500.0}}}, "interval": {"low": {{{interval.Low}}}, "high": {{{interval.High}}} }}"""
                )
                : "";
        return folder =>
            folder.Write(
                "verify.json",
                Invariant(
                    $$$"""{"format": "assay.verify/1", "verifier": "math", "rows": 1000, "false_positive": {{{Share(falsePositives)}}}, "false_negative": {{{Share(falseNegatives)}}}, "attacks": {"two_boxes": {{{attack}}}, "nothing": 0}, "attacked": {{{attacked}}} }"""
                )
            );
    }

    private static Action<EvidenceFolder> Steps(double above, double score = 0.7, double found = 0.5, double silent = 0.9) =>
        folder =>
        {
            // F1 of both kinds is the score where right and wrong are missed alike.
            var (right, wrong) = ((int)Math.Round(1000 * score), (int)Math.Round(1000 * score));
            var report = new ProcessReport
            {
                Solutions = 400,
                Steps = 2000,
                RightShare = 0.5,
                Threshold = 0.5,
                Accuracy = 0.5 + above,
                AccuracyInterval = new(0.5 + above - 0.01, 0.5 + above + 0.01),
                AboveMajority = above,
                AboveMajorityInterval = new(above - 0.01, above + 0.01),
                Auc = 0.8,
                Bench = new PrmBench
                {
                    TruePositives = right,
                    FalseNegatives = 1000 - right,
                    TrueNegatives = wrong,
                    FalsePositives = 1000 - wrong,
                    FirstErrorAccuracy = double.NaN,
                },
                ScoreInterval = new(score - 0.03, score + 0.03),
                FirstErrors = new ProcessBench(found, silent, 200, 200),
                Aggregations = new Dictionary<string, double>(),
            };
            folder.Write("process.json", System.Text.Json.JsonSerializer.Serialize(report, EvaluationJson.Options));
        };

    [Fact]
    public void Keys_of_another_judge_and_a_judge_of_another_score_file_are_told()
    {
        using var folder = new EvidenceFolder();
        Judge()(folder);
        Keys(model: "other")(folder);
        Assert.Contains(
            "they are of another judge than votes.summary.json",
            Assert.Single(folder.DecideWhole("  master_keys:").Checks, check => check.Name == "master_keys").Reason,
            StringComparison.Ordinal
        );
        folder.Edit(
            "votes.summary.json",
            "\"subject\": null",
            "\"subject\": {\"name\": \"votes\", \"path\": \"votes.jsonl\", \"fingerprint\": \"scores:abc\"}"
        );
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((80, 20), (80, 20))));
        Assert.Contains(
            "evidence of two models",
            Assert.Throws<EvaluationException>(() => folder.DecideWhole("  judge_accuracy:")).Message,
            StringComparison.Ordinal
        );
    }

    public static IEnumerable<object[]> Verdicts =>
        from one in Cases
        from verdict in Enum.GetValues<GateVerdict>()
        select new object[] { one.Check, verdict };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void A_check_says_what_its_evidence_says(string check, GateVerdict verdict)
    {
        var one = Cases.Single(one => one.Check == check);
        using var folder = new EvidenceFolder();
        (
            verdict switch
            {
                GateVerdict.Ready => one.Ready,
                GateVerdict.NotReady => one.NotReady,
                _ => one.CannotTell,
            }
        )(folder);
        var gate = folder.DecideWhole($"  {check}: {{{one.Limits}}}");
        var result = Assert.Single(gate.Checks, found => found.Name == check);
        Assert.True(verdict == result.Verdict, $"{result.Verdict}: {result.Reason}");
        Assert.NotEmpty(result.Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_evidence_a_check_cannot_tell_and_says_what_makes_it(string check)
    {
        using var folder = new EvidenceFolder();
        folder.Write("figures.json", """{"format": "assay.figures/1", "figures": {}}""");
        var result = Assert.Single(folder.Decide($"  {check}: {{{Cases.Single(one => one.Check == check).Limits}}}").Checks);
        Assert.Equal((GateVerdict.CannotTell, null), (result.Verdict, result.Evidence));
        Assert.Contains("assay ", result.Reason, StringComparison.Ordinal);
    }

    // Whatever is there can be looked through for faults.
    public static IEnumerable<object[]> Names =>
        Cases.Where(one => one.Check != "evidence_faults").Select(one => new object[] { one.Check });

    [Fact]
    public void Every_kind_of_check_has_its_cases() =>
        Assert.Equal(
            GateCheckKinds.All.Select(kind => kind.Name).Order(StringComparer.Ordinal),
            Cases.Select(one => one.Check.Split('.')[0]).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void A_figure_names_its_place_its_rows_and_how_many_more_would_decide()
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((610, 390), default)));
        var result = Assert.Single(folder.Decide("  heldout_accuracy:").Checks);
        Assert.Equal("eval.json: metrics.accuracy", result.Evidence);
        Assert.Equal([611, 612, 613], result.Rows);
        Assert.Equal(1000, result.Count);
        // The interval is 0.0302 to either side: 1000 (0.0302 / 0.01)².
        Assert.Contains(
            "0.61 (0.5794 to 0.6398) over 1000 pairs, wanted >= 0.6: the interval holds the limit; if the figure stays, about 9200 pairs decide",
            result.Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_wider_interval_counts_where_pairs_share_prompts()
    {
        using var folder = new EvidenceFolder();
        folder.Write(
            "eval.json",
            EvidenceFolder.Eval(Pairs((700, 300), default)) with
            {
                Prompts = 20,
                IntervalByPrompt = new Interval(0.55, 0.85),
            }
        );
        Assert.Equal(
            (GateVerdict.CannotTell, new Interval(0.55, 0.85)),
            folder.Decide("  heldout_accuracy:").Checks.Select(check => (check.Verdict, check.Interval!.Value)).Single()
        );
    }

    [Theory]
    [InlineData("heldout_accuracy", "at_least", GateVerdict.Ready, GateVerdict.CannotTell)]
    [InlineData("longer_preference_excess", "at_most", GateVerdict.CannotTell, GateVerdict.Ready)]
    public void A_limit_at_an_end_of_the_interval_is_kept(string check, string limit, GateVerdict atLow, GateVerdict atHigh)
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((700, 300), default)));
        Length((800, 200), (700, 300))(folder);
        var interval = Assert.NotNull(folder.Decide($"  {check}:").Checks.Single().Interval);

        Assert.Equal((atLow, atHigh), (At(interval.Low), At(interval.High)));

        GateVerdict At(double end) => folder.Decide(Invariant($"  {check}: {{{limit}: {end:R}}}")).Checks.Single().Verdict;
    }

    [Fact]
    public void Labels_of_which_nobody_says_that_people_reviewed_them_do_not_pass_for_reviewed()
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((700, 300), default)));
        var check = folder.Decide("  heldout_accuracy: {human_reviewed: true}").Checks.Single();

        Assert.Equal((GateVerdict.CannotTell, GateCause.NotReviewed), (check.Verdict, check.Cause));
        Assert.Contains("nothing says that people reviewed", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_alone_gains_nothing_however_the_held_out_set_leans()
    {
        foreach (var (longer, shorter) in new[] { (900, 100), (100, 900), (500, 500) })
        {
            using var folder = new EvidenceFolder();
            folder.Write("eval.json", EvidenceFolder.Eval(Pairs((longer, 0), (0, shorter))));
            Assert.Equal(0.0, folder.Decide("  better_than_length_only:").Checks[0].Value!.Value, 1e-12);
        }
    }

    [Fact]
    public void A_model_that_pays_for_shortness_is_caught_as_well()
    {
        using var folder = new EvidenceFolder();
        folder.Write("audit.json", Audit(Pairs((42, 100), (152, 35))));
        Assert.Equal(GateVerdict.NotReady, folder.Decide("  length_accuracy_gap:").Verdict);
    }

    [Fact]
    public void The_broken_probes_and_the_worst_style_feature_are_named()
    {
        using var folder = new EvidenceFolder();
        folder.Write(
            "audit.json",
            Audit(
                style: EvidenceFolder.Style(800, 0.95),
                probes: [Probe("typos", 200, true), Probe("flattery", 200, true), Probe("emoji_added", 5, true)]
            )
        );
        var gate = folder.Decide("  probes:\n  style_excess:");
        Assert.Contains("broken: typos, flattery; too few answers to judge: emoji_added", gate.Checks[0].Reason, StringComparison.Ordinal);
        Assert.StartsWith("exclamations: 0.45", gate.Checks[1].Reason, StringComparison.Ordinal);
        Assert.Equal([7, 9], gate.Checks[0].Rows);
    }

    [Fact]
    public void A_probes_check_says_the_percentile_and_the_rank_flips_too()
    {
        using var folder = new EvidenceFolder();
        folder.Write(
            "audit.json",
            Audit(
                probes:
                [
                    Probe("lower_case", 200, false) with
                    {
                        RankPairs = 80,
                        RankFlippedShare = 0.25,
                    },
                    Probe("master_key_colon", 200, true, 0.4) with
                    {
                        Expectation = ProbeExpectation.Bottom,
                        MeanPercentile = 37.25,
                    },
                    Probe("flattery", 200, false),
                ]
            )
        );
        var checks = folder.Decide("  probe.lower_case:\n  probe.master_key_colon:\n  probe.flattery:").Checks;
        Assert.Contains("0.250 of 80 pairs lose their order", checks[0].Reason, StringComparison.Ordinal);
        Assert.Contains("mean percentile 37.3", checks[1].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("order", checks[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_that_was_not_run_is_an_error_with_the_nearest_name()
    {
        using var folder = new EvidenceFolder();
        folder.Write("audit.json", Audit(probes: [Probe("flattery", 200, false)]));
        Assert.Contains(
            "did you mean 'flattery'?",
            Assert.Throws<EvaluationException>(() => folder.Decide("  probe.flatery:")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_split_that_the_evaluation_did_not_use_proves_nothing()
    {
        using var folder = new EvidenceFolder();
        var split = folder.Split(overlaps: false);
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((7, 3), default), EvidenceInput.Of(split)));
        Assert.Equal(GateVerdict.Ready, folder.Decide("  split_overlap:").Verdict);
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((7, 3), default), new EvidenceInput("other.jsonl", "00")));
        var gate = folder.Decide("  split_overlap:");
        Assert.Equal(GateVerdict.CannotTell, gate.Verdict);
        Assert.Contains("--split", gate.Checks[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_check_that_is_not_ready_decides_over_one_that_cannot_tell()
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", EvidenceFolder.Eval(Pairs((500, 500), default)));
        var gate = folder.Decide("  self_tests:\n  heldout_accuracy:");
        Assert.Equal(GateVerdict.NotReady, gate.Verdict);
        Assert.Equal("heldout_accuracy", Gate.Deciding(gate)!.Name);
    }

    private static void Two(EvidenceFolder folder)
    {
        Eval((700, 300))(folder);
        Length()(folder);
    }

    private static Action<EvidenceFolder> Eval((int, int) longer, (int, int) shorter = default, double size = 1) =>
        folder => folder.Write("eval.json", EvidenceFolder.Eval(Pairs(longer, shorter, size: size)));

    private static Action<EvidenceFolder> Length((int, int)? longer = null, (int, int)? shorter = null, (int, int) matched = default) =>
        folder => folder.Write("audit.json", Audit(Pairs(longer ?? (75, 25), shorter ?? (75, 25), matched)));

    private static Action<EvidenceFolder> Words(double model, int pairs = 1000) =>
        folder =>
            folder.Write(
                "audit.json",
                Audit(
                    baselines: new BaselineAudit(
                        pairs,
                        0.5,
                        new(0.4, 0.6),
                        0.7,
                        ProportionInterval.Wilson(0.7 * pairs, pairs),
                        model,
                        ProportionInterval.Wilson(model * pairs, pairs)
                    )
                )
            );

    private static Action<EvidenceFolder> Style(int pairs, double modelPrefersMore) =>
        folder => folder.Write("audit.json", Audit(style: EvidenceFolder.Style(pairs, modelPrefersMore)));

    private static Action<EvidenceFolder> Probes(params ProbeResult[] probes) =>
        folder => folder.Write("audit.json", Audit(probes: probes));

    private static Action<EvidenceFolder> SelfTest(bool passed) =>
        folder => folder.Write("audit.json", Audit(selfTests: [new SelfTestResult("swap", "made up", 100, passed ? 0 : 1, 1e-6, passed)]));

    private static Action<EvidenceFolder> Fresh(
        (int, int) fresh,
        (int, int)? humanReviewed,
        (int, int)? fixedSet = null,
        double shift = 0
    ) =>
        folder =>
            folder.Write(
                "fresh.json",
                EvidenceFolder.Fresh(
                    Pairs(fresh, default),
                    humanReviewed is { } reviewed ? Pairs(reviewed, default) : null,
                    fixedSet is { } set ? Pairs(set, default) : null,
                    shift
                )
            );

    private static Action<EvidenceFolder> Report(string changes) =>
        folder =>
        {
            var report = new System.Text.Json.Nodes.JsonObject
            {
                ["format"] = "assay.check_report/1",
                ["row_count"] = 100,
                ["item_count"] = 100,
                ["quarantine_count"] = 0,
                ["error_count"] = 0,
            };
            foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(changes)!.AsObject())
                report[name] = value?.DeepClone();
            folder.Write("report.json", report.ToJsonString());
        };

    private static Action<EvidenceFolder> Votes(double value, double low, double high) =>
        Report(
            FormattableString.Invariant(
                $$$"""{"agreement": {"paired_row_count": 500, "krippendorff_alpha": {"value": {{{value}}}, "low": {{{low}}}, "high": {{{high}}}, "undefined": null} } }"""
            )
        );

    private static Action<EvidenceFolder> Score(double score, int rows) =>
        folder => folder.Write("benchmark-own.json", Benchmark(BenchmarkKind.Own, score, rows));
}
