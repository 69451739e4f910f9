using Assay.Evaluation.Evidence;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Process;

/// <summary>How well a process reward model judges steps, finds the first wrong one and orders whole solutions.</summary>
public sealed record ProcessReport : ISignalEvidence
{
    private const int Seed = 1;

    public const string FileName = "process.json",
        Kind = "assay.process/1";

    public string Format { get; } = Kind;

    /// <summary>The step scores; null in a file that does not say.</summary>
    public EvidenceSubject? Subject { get; init; }

    public required int Solutions { get; init; }

    /// <summary>Steps that people judged.</summary>
    public required int Steps { get; init; }

    /// <summary>Share of the judged steps that is right: what calling every step right would get.</summary>
    public required double RightShare { get; init; }

    /// <summary>A step is called right from here on.</summary>
    public required double Threshold { get; init; }

    /// <summary>Share of judged steps called as people did, and its 95 % interval over resampled solutions.</summary>
    public required double Accuracy { get; init; }

    public required Interval AccuracyInterval { get; init; }

    /// <summary>Accuracy minus that of the better constant answer, with its interval: above 0, the model knows something.</summary>
    public required double AboveMajority { get; init; }

    public required Interval AboveMajorityInterval { get; init; }

    /// <summary>Area under the curve of step scores, right against wrong steps; NaN where all are of one kind.</summary>
    public required double Auc { get; init; }

    /// <summary>PRMBench's figures over the judged steps.</summary>
    public required PrmBench Bench { get; init; }

    /// <summary>Interval of <see cref="PrmBench.Score"/>, over resampled solutions.</summary>
    public required Interval ScoreInterval { get; init; }

    /// <summary>ProcessBench's figures over the solutions whose first error is known; null without any.</summary>
    public required ProcessBench? FirstErrors { get; init; }

    /// <summary>
    /// By way of making one number of a solution's steps, the area under the curve of right against wrong final answers; empty where these
    /// are not known.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Aggregations { get; init; }

    /// <summary>Judges solutions.</summary>
    /// <param name="rows">With at least one judged step among them.</param>
    /// <param name="threshold">0 to 1.</param>
    /// <exception cref="EvaluationException">No step was judged, or the threshold is out of range.</exception>
    public static ProcessReport Of(IReadOnlyList<StepRow> rows, double threshold = 0.5)
    {
        if (!(threshold is >= 0 and <= 1))
            throw new EvaluationException($"the threshold is {threshold}, wanted 0 to 1");
        StepRow[] judged = [.. rows.Where(row => row.Labels.Any(label => label is not null))];
        if (judged.Length == 0)
            throw new EvaluationException("no step of any solution was judged by people: there is nothing to compare with");
        Counts[] counts = [.. judged.Select(row => Counts.Of(row, threshold))];
        var all = counts.Aggregate((a, b) => a + b);
        StepRow[] known = [.. judged.Where(row => row.FirstError is not null)];
        return new ProcessReport
        {
            Solutions = judged.Length,
            Steps = all.Steps,
            RightShare = all.Right / (double)all.Steps,
            Threshold = threshold,
            Accuracy = all.Accuracy,
            AccuracyInterval = Resampled(counts, sum => sum.Accuracy),
            AboveMajority = all.AboveMajority,
            AboveMajorityInterval = Resampled(counts, sum => sum.AboveMajority),
            Auc = AreaOf(Scores(judged, true), Scores(judged, false)),
            Bench = PrmBench.Of(judged.Select(row => BenchRow(row, threshold))),
            ScoreInterval = Resampled(counts, sum => sum.Score),
            FirstErrors =
                known.Length == 0
                    ? null
                    : ProcessBench.Of(
                        [.. known.Select(row => (int?)ProcessBench.FirstBelow(row.Scores, threshold))],
                        [.. known.Select(row => row.FirstError!.Value)]
                    ),
            Aggregations = AggregationsOf(rows),
        };
    }

    /// <summary>The threshold of a hundred with the highest PRMBench score: choose it on other solutions than those reported.</summary>
    public static double BestThreshold(IReadOnlyList<StepRow> rows) =>
        Enumerable
            .Range(1, 99)
            .Select(i => i / 100.0)
            .MaxBy(threshold =>
                rows.Select(row => Counts.Of(row, threshold)).Aggregate(default(Counts), (a, b) => a + b).Score is var score
                && double.IsNaN(score)
                    ? -1
                    : score
            );

    private static double[] Scores(StepRow[] rows, bool right) =>
        [.. rows.SelectMany(row => row.Scores.Where((_, i) => row.Labels[i] == right))];

    private static double AreaOf(double[] positives, double[] negatives) =>
        positives.Length == 0 || negatives.Length == 0 ? double.NaN : Statistics.Auc.Of(positives, negatives);

    // The benchmark knows no step that nobody judged: those are left out, so that places stay those of the judged ones.
    private static PrmBench.Row BenchRow(StepRow row, double threshold)
    {
        int[] judged = [.. Enumerable.Range(0, row.Labels.Count).Where(i => row.Labels[i] is not null)];
        return new(
            [.. judged.Index().Where(step => row.Labels[step.Item] == false).Select(step => step.Index + 1)],
            [.. judged.Select(i => row.Scores[i] >= threshold)]
        );
    }

    private static Interval Resampled(Counts[] counts, Func<Counts, double> figure)
    {
        if (counts.Length < 2)
            return new Interval(double.NaN, double.NaN);
        double[] replicates =
        [
            .. Resamples
                .Draw(counts.Length, Seed)
                .Select(drawn => figure(drawn.Aggregate(default(Counts), (sum, i) => sum + counts[i])))
                .Where(double.IsFinite),
        ];
        if (replicates.Length == 0)
            return new Interval(double.NaN, double.NaN);
        Array.Sort(replicates);
        return new Interval(Quantile.OfSorted(replicates, 0.025), Quantile.OfSorted(replicates, 0.975));
    }

    private static Dictionary<string, double> AggregationsOf(IReadOnlyList<StepRow> rows)
    {
        StepRow[] right = [.. rows.Where(row => row.IsCorrect == true)],
            wrong = [.. rows.Where(row => row.IsCorrect == false)];
        if (right.Length == 0 || wrong.Length == 0)
            return [];
        double Area(Func<StepAggregation, double> way) =>
            Statistics.Auc.Of([.. right.Select(row => way(new(row.Scores)))], [.. wrong.Select(row => way(new(row.Scores)))]);
        return new()
        {
            ["min"] = Area(steps => steps.Min),
            ["product"] = Area(steps => steps.LogProduct),
            ["last"] = Area(steps => steps.Last),
            ["mean"] = Area(steps => steps.Mean),
        };
    }

    /// <summary>Judged steps of some solutions: right ones called right and not, wrong ones called wrong and not.</summary>
    private readonly record struct Counts(int RightCalled, int RightMissed, int WrongCalled, int WrongMissed)
    {
        public int Right => RightCalled + RightMissed;

        public int Steps => Right + WrongCalled + WrongMissed;

        public double Accuracy => (RightCalled + WrongCalled) / (double)Steps;

        public double AboveMajority => Accuracy - Math.Max(Right, Steps - Right) / (double)Steps;

        public double Score =>
            new PrmBench
            {
                TruePositives = RightCalled,
                FalseNegatives = RightMissed,
                TrueNegatives = WrongCalled,
                FalsePositives = WrongMissed,
                FirstErrorAccuracy = double.NaN,
            }.Score;

        public static Counts operator +(Counts a, Counts b) =>
            new(a.RightCalled + b.RightCalled, a.RightMissed + b.RightMissed, a.WrongCalled + b.WrongCalled, a.WrongMissed + b.WrongMissed);

        public static Counts Of(StepRow row, double threshold)
        {
            var counts = default(Counts);
            for (var i = 0; i < row.Labels.Count; i++)
            {
                if (row.Labels[i] is not { } right)
                    continue;
                var called = row.Scores[i] >= threshold;
                counts +=
                    right ? (called ? new(1, 0, 0, 0) : new(0, 1, 0, 0))
                    : called ? new(0, 0, 0, 1)
                    : new(0, 0, 1, 0);
            }
            return counts;
        }
    }
}
