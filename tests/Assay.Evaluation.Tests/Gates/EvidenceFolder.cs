using Assay.Data;
using Assay.Data.Digests;
using Assay.Data.Splits;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>A temporary folder of evidence about made-up pairs, written as the verbs write it, and the gate over it.</summary>
internal sealed class EvidenceFolder : IDisposable
{
    public static readonly EvidenceSubject Model = new("made-up", "models/made-up", "f00d");

    public string Path { get; } = Directory.CreateTempSubdirectory("assay-gate-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string name, IEvidence evidence)
    {
        var path = System.IO.Path.Combine(Path, name);
        var rows = EvidenceRows.Write(Path, name, [Judged]);
        EvidenceFile.Write(
            path,
            evidence switch
            {
                EvalEvidence eval => eval with { Rows = rows },
                AuditEvidence audit => audit with { Rows = rows },
                FreshEvidence fresh => fresh with { Rows = rows },
                BenchmarkEvidence benchmark => benchmark with { Rows = rows },
                _ => evidence,
            }
        );
        return path;
    }

    /// <summary>Changes a file by hand, as somebody does who wants another figure.</summary>
    public void Edit(string name, string found, string put)
    {
        var (path, text) = (System.IO.Path.Combine(Path, name), File.ReadAllText(System.IO.Path.Combine(Path, name)));
        Assert.Contains(found, text, StringComparison.Ordinal);
        var at = text.IndexOf(found, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + put + text[(at + found.Length)..]);
    }

    /// <summary>The one row of all this evidence, and one that the model was trained on.</summary>
    public static readonly RowDigest Judged = new(1, 1),
        Trained = new(2, 2);

    /// <summary>The verdict over what the policy asks; what is asked of all evidence besides is ready here, and left out.</summary>
    public GateEvidence Decide(string checks, string use = "test")
    {
        var gate = DecideWhole(checks, use);
        GateCheckResult[] always = [.. gate.Checks.Where(IsAlwaysAsked)];
        // Where there is no evidence at all, nothing is asked of all evidence.
        Assert.All(always, check => Assert.True(check.Verdict == GateVerdict.Ready, check.Reason), throwIfEmpty: false);
        return GateSeal.On(gate with { Checks = [.. gate.Checks.Except(always)], Seal = "" });

        bool IsAlwaysAsked(GateCheckResult check) =>
            GateCheckKinds.All.Any(kind => kind.IsAlwaysAsked && kind.Name == check.Name)
            && !checks.Contains(check.Name, StringComparison.Ordinal);
    }

    /// <summary>The rows that the model was trained on; null where nobody knows.</summary>
    public RowDigest[]? TrainedOn { get; set; } = [Trained];

    /// <summary>The whole verdict.</summary>
    public GateEvidence DecideWhole(string checks, string use = "test") =>
        Decide(GatePolicy.Read(Write("policy.yaml", $"use: {use}\nchecks:\n{checks}\n")));

    public GateEvidence Decide(GatePolicy policy)
    {
        var model = System.IO.Path.Combine(Path, "model");
        Directory.CreateDirectory(model);
        if (TrainedOn is not null)
            RowDigests.Of(TrainedOn, Model.Fingerprint).Write(System.IO.Path.Combine(model, RowDigests.TrainingFileName));
        return Gate.Decide(policy, GateSources.Read([Path], TrainingRows.Of(model, Model.Fingerprint)), new FixedClock());
    }

    /// <summary>Pairs by what length says: as many right and wrong as asked for, each with a margin of this size.</summary>
    public static PairScore[] Pairs(
        (int Right, int Wrong) longer,
        (int Right, int Wrong) shorter,
        (int Right, int Wrong) matched = default,
        double size = 1
    )
    {
        IEnumerable<(double Margin, long Chosen, long Rejected)> Part((int Right, int Wrong) part, long chosen, long rejected) =>
            Enumerable.Range(0, part.Right + part.Wrong).Select(i => (i < part.Right ? size : -size, chosen, rejected));
        return
        [
            .. Part(longer, 60, 30)
                .Concat(Part(shorter, 30, 60))
                .Concat(Part(matched, 40, 40))
                .Select(
                    (pair, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            ChosenScore = pair.Margin,
                            RejectedScore = 0,
                            ChosenLength = pair.Chosen,
                            RejectedLength = pair.Rejected,
                        }
                ),
        ];
    }

    public static EvalEvidence Eval(PairScore[] pairs, params EvidenceInput[] inputs) =>
        new()
        {
            Subject = Model,
            Inputs = inputs,
            Scores = null,
            SetAside = new Dictionary<string, long>(),
            Metrics = PairMetrics.Of(pairs),
            Prompts = pairs.Length,
            IntervalByPrompt = null,
            Auc = 0.5,
            Margins = DistributionSummary.Of(pairs.Select(pair => pair.Margin)),
            ChosenRewards = DistributionSummary.Of(pairs.Select(pair => pair.ChosenScore)),
            RejectedRewards = DistributionSummary.Of(pairs.Select(pair => pair.RejectedScore)),
            Calibration = CalibrationReport.Of(pairs),
            Reference = ReferenceScores.Of(pairs.SelectMany(pair => new[] { pair.ChosenScore, pair.RejectedScore })),
            Worst =
            [
                .. pairs
                    .Where(pair => pair.Margin < 0)
                    .GroupBy(pair => pair.ChosenLength < pair.RejectedLength)
                    .SelectMany(part => part.Take(3))
                    .Select(pair => new WorstPair(
                        pair.Row,
                        null,
                        null,
                        pair.ChosenScore,
                        0,
                        "p",
                        new string('c', (int)pair.ChosenLength!),
                        new string('r', (int)pair.RejectedLength!)
                    )),
            ],
        };

    public static AuditEvidence Audit(
        PairScore[]? pairs = null,
        StyleAudit? style = null,
        IReadOnlyList<ProbeResult>? probes = null,
        IReadOnlyList<SelfTestResult>? selfTests = null,
        BaselineAudit? baselines = null
    ) =>
        new()
        {
            Subject = Model,
            Inputs = [],
            SetAside = new Dictionary<string, long>(),
            Length = pairs is null ? null : LengthAudit.Of(pairs),
            Style = style,
            Baselines = baselines,
            Probes = probes ?? [],
            SelfTests = selfTests ?? [],
            Notes = [],
        };

    /// <summary>Pairs of which one side has an exclamation mark; people prefer it as often as not, the model in this share.</summary>
    public static StyleAudit Style(int pairs, double modelPrefersMore) =>
        StyleAudit.Of(
            Enumerable
                .Range(0, pairs)
                .Select(i =>
                {
                    var (hasMore, likesMore) = (i % 2 == 0, i / 2 % 100 < 100 * modelPrefersMore);
                    return (
                        new PairScore
                        {
                            Row = i + 1,
                            ChosenScore = hasMore == likesMore ? 1 : -1,
                            RejectedScore = 0,
                        },
                        hasMore ? "yes!" : "yes.",
                        hasMore ? "no." : "no!"
                    );
                })
        );

    public static ProbeResult Probe(string name, int answers, bool isBroken, double flipped = 0) =>
        new()
        {
            Name = name,
            Description = "made up",
            Expectation = ProbeExpectation.NotRise,
            Answers = answers,
            NotApplicable = 0,
            MeanShift = 0,
            MeanShiftInterval = new(-0.1, 0.1),
            StandardisedShift = 0,
            RaisedShare = 0.5,
            RaisedInterval = new(0.4, 0.6),
            Pairs = answers,
            FlippedShare = flipped,
            FlippedInterval = ProportionInterval.Wilson(Math.Round(flipped * answers), answers),
            IsBroken = isBroken,
            ExampleRows = [7, 9],
        };

    public static FreshEvidence Fresh(PairScore[] fresh, PairScore[]? humanReviewed, PairScore[]? fixedSet = null, double shift = 0) =>
        new()
        {
            Subject = Model,
            Inputs = [],
            SetAside = new Dictionary<string, long>(),
            Fresh = PairMetrics.Of(fresh),
            HumanReviewed = humanReviewed is null ? null : PairMetrics.Of(humanReviewed),
            Review = new Dictionary<string, long>(),
            Static = fixedSet is null ? null : PairMetrics.Of(fixedSet),
            Gap = fixedSet is null ? double.NaN : PairMetrics.Of(fixedSet).Accuracy - PairMetrics.Of(fresh).Accuracy,
            GapInterval = fixedSet is null
                ? null
                : ProportionInterval.Difference(
                    PairMetrics.Of(fixedSet).Accuracy,
                    PairMetrics.Of(fixedSet).AccuracyInterval,
                    PairMetrics.Of(fresh).Accuracy,
                    PairMetrics.Of(fresh).AccuracyInterval
                ),
            Shifts = fixedSet is null
                ? []
                : [new FreshShift("rewards", RewardDrift.Of(Spread(fixedSet.Length, 0), Spread(fresh.Length, shift)))],
        };

    public static BenchmarkEvidence Benchmark(BenchmarkKind kind, double score, int rows) =>
        new()
        {
            Subject = Model,
            Inputs = [],
            Report = new BenchmarkReport
            {
                Kind = kind,
                Revision = "made-up",
                Score = score,
                ScoreInterval = ProportionInterval.Wilson(score * rows, rows),
                Rows = rows,
                TieRate = 0,
                Parts = [],
                Warnings = [],
            },
        };

    /// <summary>A real split of two prompts, which are the same but for punctuation when they overlap.</summary>
    public string Split(bool overlaps)
    {
        string[] prompts =
        [
            "How do I change my address now?",
            overlaps ? "How do I change my address now!" : "Where is the parcel that I sent yesterday?",
        ];
        PreferencePair[] pairs =
        [
            .. prompts.Select(
                (prompt, i) =>
                    new PreferencePair
                    {
                        Row = i + 1,
                        Prompt = prompt,
                        PromptTextLength = prompt.Length,
                        Chosen = Conversation.OfText(prompt + " a"),
                        Rejected = Conversation.OfText(prompt + " b"),
                    }
            ),
        ];
        var split = PairSplitter.Split(
            pairs,
            new SplitOptions
            {
                By = [GroupBy.Prompt],
                HoldOut = [prompts[1]],
                NearDuplicates = OverlapAction.Report,
            }
        );
        var path = System.IO.Path.Combine(Path, "split.json");
        SplitFile.Write(path, split);
        return path;
    }

    private static double[] Spread(int count, double shift) => [.. Enumerable.Range(0, count).Select(i => shift + i / (double)count)];

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    }
}
