using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Data.Splits;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Ground.Files;
using Assay.Ground.Numerics;
using Assay.Report;
using Assay.Reward;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Quickstart;

/// <summary>
/// The embedded default: draws the support world, checks and splits its pairs, trains a tiny transformer on them as they are, looks behind
/// its accuracy, repairs the pairs, and trains again. Both models are evaluated, audited, put to fresh pairs of a policy, and to the gate.
/// Everything goes the way a user's own data goes: files in, folders out.
/// </summary>
/// <param name="folder">Where to write.</param>
/// <param name="seed">Of the world, the weights and the order of training.</param>
/// <param name="pairCount">Pairs to draw.</param>
/// <param name="say">Told what is being done.</param>
internal sealed class QuickstartRun(string folder, int seed, int pairCount, Action<string> say)
{
    /// <summary>Pairs drawn by default: enough that the held-out slices have narrow intervals.</summary>
    public const int DefaultPairCount = 20000;

    /// <summary>What the gate is asked.</summary>
    public const string Use = "best-of-n";

    private const string RepairedRows = "train-repaired.jsonl";
    private const double HeldoutShare = 0.25;
    private const int FreshPairs = 1500;

    private readonly Dictionary<RowDigest, SupportPair> _drawn = [];

    public QuickstartFigures Execute(TimeProvider clock, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        string data = Path.Combine(folder, "pairs.jsonl"),
            baseModel = Path.Combine(folder, "base");
        var rows = Draw(data);
        TinyCheckpoint.Write(
            baseModel,
            _drawn.Values.SelectMany(pair => new[] { pair.Question, pair.Chosen.Text, pair.Rejected.Text }),
            seed
        );

        say("checking and splitting the pairs");
        var report = DataChecker.Run(new CheckOptions { Files = [data], OutputDirectory = Path.GetDirectoryName(Kept) }, stop);
        var split = SplitRun
            .Run(
                new SplitRunOptions
                {
                    Files = [Kept],
                    OutputDirectory = InSplit(),
                    Split = new SplitOptions
                    {
                        EvalShare = HeldoutShare,
                        By = [GroupBy.Prompt],
                        NearDuplicates = OverlapAction.Report,
                    },
                },
                stop
            )
            .Splits[0];
        List<SupportPair> train = Drawn(SplitFile.TrainRows),
            heldout = Drawn(SplitFile.HeldoutRows);
        // A small world repeats itself: what was drawn for training by chance is not fresh.
        HashSet<RowDigest> known = [.. train.Select(pair => RowDigest.Of(pair.ToPreferencePair()))];
        File.WriteAllLines(
            Fresh,
            new SupportWorld(unchecked(seed + 1_000_003))
                .DrawFresh(FreshPairs)
                .Where(pair => !known.Contains(RowDigest.Of(pair.ToPreferencePair())))
                .Select(FreshLine)
        );

        var asIs = Train("as-is", SplitFile.TrainRows, train.Count, heldout, baseModel, clock, stop);
        say("repairing the pairs: as many in which the longer answer won as in which the shorter did");
        var balanced = LengthRepair.Balance(train);
        File.WriteAllLines(InSplit(RepairedRows), balanced.Select(Line));
        var repaired = Train("repaired", RepairedRows, balanced.Count, heldout, baseModel, clock, stop);
        return new QuickstartFigures(
            folder,
            rows,
            report.Reasons.ToDictionary(reason => reason.Code, reason => reason.Count),
            train.Count,
            heldout.Count,
            split.Proof!.GroupsOnBothSides,
            train.Count(pair => Longer(pair) > 0) / (double)train.Count,
            Judge(heldout, pair => Longer(pair)),
            asIs,
            repaired
        );

        static int Longer(SupportPair pair) => pair.Chosen.Text.Length - pair.Rejected.Text.Length;
    }

    /// <summary>Writes the world's pairs and, among them, three kinds of faulty row, as real files have them.</summary>
    private long Draw(string path)
    {
        say($"drawing {pairCount} customer-support pairs with a known true reward");
        SupportPair[] pairs = [.. new SupportWorld(seed).Draw(pairCount)];
        foreach (var pair in pairs)
            _drawn.TryAdd(RowDigest.Of(pair.ToPreferencePair()), pair);
        List<string> lines = [.. pairs.Select(Line)];
        foreach (var pair in pairs.Take(12))
        {
            lines.Add(Line(pair with { Rejected = pair.Chosen }));
            var mismatch = JsonNode.Parse(Line(pair))!.AsObject();
            mismatch.Remove("prompt");
            mismatch["chosen"] = new JsonArray(Turn("user", pair.Question), Turn("assistant", pair.Chosen.Text));
            mismatch["rejected"] = new JsonArray(Turn("user", "another question ?"), Turn("assistant", pair.Rejected.Text));
            lines.Add(mismatch.ToJsonString());
            var tie = JsonNode.Parse(Line(pair))!.AsObject();
            tie["label"] = "tie";
            lines.Add(tie.ToJsonString());
        }
        File.WriteAllLines(path, lines);
        return lines.Count;
    }

    /// <summary>The pairs of one side of the split, as they were drawn.</summary>
    private List<SupportPair> Drawn(string rows)
    {
        using var reader = PairReader.Open(InSplit(rows));
        return [.. reader.Read().Select(row => _drawn[RowDigest.Of(row.Pair!)])];
    }

    private ModelFigures Train(
        string name,
        string rows,
        int pairs,
        IReadOnlyList<SupportPair> heldout,
        string baseModel,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var output = Path.Combine(folder, name);
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
        var settings = new TrainingSettings
        {
            Model = baseModel,
            Data = [InSplit(rows)],
            EvalData = [InSplit(SplitFile.HeldoutRows)],
            OutputDir = output,
            LearningRate = 2.5e-3,
            LrSchedulerType = "cosine",
            WarmupSteps = 0.05,
            PerDeviceTrainBatchSize = 32,
            MaxSteps = 300,
            LoggingSteps = 25,
            SaveStrategy = "no",
            Seed = seed,
        };
        var run = new TrainingRun(settings, clock)
        {
            Observer = new TrainingObserver
            {
                Updated = update => Terminal.Live($"training {name}: step {update.Step}/{update.TotalSteps}, loss {update.Loss:0.000}"),
            },
        };
        say($"training a tiny transformer from scratch on {pairs} pairs ({name})");
        var summary = run.Execute(stop).Summary!;
        Terminal.EndLive();
        using var model = RewardModel.Load(output);
        var margins = new Dictionary<int, double>();
        var scores = model.Score(
            [.. heldout.SelectMany(pair => new[] { pair.ToPreferencePair().Chosen, pair.ToPreferencePair().Rejected })],
            stop
        );
        for (var i = 0; i < heldout.Count; i++)
            margins[heldout[i].Row] = (double)scores[2 * i].Score - scores[2 * i + 1].Score;
        (var length, var fresh, var gate, var report) = Gate(name, output, clock, stop);
        var alike = length.Matched[0];
        return new ModelFigures(
            name,
            pairs,
            summary["train_runtime"]!.Value,
            Judge(heldout, Margin),
            // The audit's own figures, so that the gate's of the same name are the same.
            Share(length.AccuracyWhenChosenLonger, length.ChosenLonger),
            Share(alike.Accuracy, alike.Pairs),
            Share(length.AccuracyWhenChosenShorter, length.ChosenShorter),
            Judge(
                [.. heldout.Where(pair => LengthRatio.Symmetric(pair.Chosen.Text.Length, pair.Rejected.Text.Length) <= alike.Limit)],
                pair => Margin(pair) * Math.Sign(pair.Chosen.Gold - pair.Rejected.Gold)
            ),
            new PairAccuracy(checked((int)fresh.Fresh.Pairs), fresh.Fresh.Accuracy, fresh.Fresh.AccuracyLow, fresh.Fresh.AccuracyHigh),
            gate.Verdict,
            [.. gate.Checks.Where(check => check.Verdict != GateVerdict.Ready)],
            report
        );

        double Margin(SupportPair pair) => margins[pair.Row];
    }

    private string Kept => Path.Combine(folder, "checked", CheckReport.RowsOf(RowStatus.Kept));

    private string InSplit(string name = "") => Path.Combine(folder, "split", name);

    private string Fresh => Path.Combine(folder, "fresh.jsonl");

    /// <summary>What <c>assay eval</c>, <c>audit</c>, <c>fresh</c>, <c>gate</c> and <c>report</c> do, one after the other.</summary>
    private (LengthAudit Length, FreshEvidence Fresh, GateEvidence Gate, string Report) Gate(
        string name,
        string model,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        say($"evaluating, auditing and gating the model ({name})");
        string evidence = Path.Combine(folder, $"evidence-{name}"),
            split = InSplit(SplitFile.FileName),
            report = Path.Combine(folder, $"report-{name}.html");
        if (Directory.Exists(evidence))
            Directory.Delete(evidence, recursive: true);
        AuditEvidence audit;
        using (var held = new ScoredPairs(model, null, [Kept], split))
        {
            Judging.Eval(held, evidence, null, stop);
            audit = Judging.Audit(held, evidence, AuditOptions.DefaultProbePairs, stop);
        }
        FreshEvidence fresh;
        using (var written = new ScoredPairs(model, null, [Fresh], null))
            fresh = Judging.Fresh(
                written,
                new FreshCheck(Policy, null, seed),
                StaticSet.Read(evidence, written.Subject, seed),
                null,
                evidence,
                stop
            );
        var gate = Assay.Evaluation.Gates.Gate.Decide(GatePolicy.BuiltIn(Use), GateSources.Read([evidence, split]), clock);
        EvidenceFile.Write(Path.Combine(evidence, GateEvidence.FileName), gate);
        var judged = EvidenceSet.Read([evidence]);
        OutputFile.WriteAllText(
            report,
            ModelPage.Render(
                new ModelStory
                {
                    Evidence = judged,
                    ProbeExamples = ProbeExample.Of(judged),
                    MadeBy = ReportFile.MadeBy,
                    Training = TrainingRecord.Read(model),
                    Remarks = [],
                    Time = clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                }
            )
        );
        return (audit.Length!, fresh, gate, report);
    }

    private static PairAccuracy Share(double accuracy, long pairs)
    {
        var interval = ProportionInterval.Wilson(accuracy * pairs, pairs);
        return new PairAccuracy(checked((int)pairs), accuracy, interval.Low, interval.High);
    }

    private static PairAccuracy Judge(IReadOnlyList<SupportPair> pairs, Func<SupportPair, double> margin)
    {
        var right = pairs.Sum(pair =>
            margin(pair) is var m && m > 0 ? 1
            : m == 0 ? 0.5
            : 0
        );
        var interval = ProportionInterval.Wilson(right, pairs.Count);
        return new PairAccuracy(pairs.Count, right / pairs.Count, interval.Low, interval.High);
    }

    private const string Policy = "policy-step-100";

    private static string FreshLine(SupportPair pair)
    {
        var row = JsonNode.Parse(Line(pair))!.AsObject();
        row["provenance"] = new JsonObject { ["generator"] = Policy, ["label_source"] = "human" };
        return row.ToJsonString();
    }

    private static string Line(SupportPair pair) =>
        new JsonObject
        {
            ["prompt"] = new JsonArray(Turn("user", pair.Question)),
            ["chosen"] = new JsonArray(Turn("assistant", pair.Chosen.Text)),
            ["rejected"] = new JsonArray(Turn("assistant", pair.Rejected.Text)),
            ["source"] = pair.Intent,
        }.ToJsonString();

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
