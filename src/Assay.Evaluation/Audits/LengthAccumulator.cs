using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits;

/// <summary>Collects <see cref="LengthAudit"/> pair by pair, for callers that stream: 32 bytes a pair.</summary>
public sealed class LengthAccumulator
{
    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);

    /// <summary>Pairs with both lengths so far.</summary>
    public int Pairs => _rows.Count;

    /// <summary>Takes one pair; one without both lengths is left out.</summary>
    /// <exception cref="EvaluationException">A score is NaN or infinite.</exception>
    public void Add(PairScore pair)
    {
        pair.Check();
        if (pair is not { ChosenLength: { } chosen, RejectedLength: { } rejected })
            return;
        var source = pair.Source ?? "";
        // One string a source, not one a row.
        if (!_sources.TryAdd(source, source))
            source = _sources[source];
        _rows.Add(new(pair.Margin, chosen, rejected, source));
    }

    /// <summary>The audit of what was taken so far.</summary>
    /// <exception cref="EvaluationException">No pair has both lengths.</exception>
    public LengthAudit Audit()
    {
        if (_rows.Count == 0)
            throw new EvaluationException(
                "no pair has the lengths of both answers: give chosen_length and rejected_length in the score file, or the data itself (--data)"
            );
        Row[] longer = [.. _rows.Where(row => row.Difference > 0)],
            shorter = [.. _rows.Where(row => row.Difference < 0)],
            decided = [.. _rows.Where(row => row.Difference != 0 && row.Margin != 0)];
        double[] margins = [.. _rows.Select(row => row.Margin)],
            ratios = [.. _rows.Select(row => row.LogRatio)],
            differences = [.. _rows.Select(row => (double)row.Difference)];
        double[] sizes = Quantile.Sorted(differences.Select(Math.Abs)),
            quartiles = [.. new[] { 0.25, 0.5, 0.75 }.Select(p => Quantile.OfSorted(sizes, p))];
        var (fit, note) = Regress(_rows);
        return new LengthAudit
        {
            Pairs = _rows.Count,
            ChosenLonger = longer.Length,
            ChosenShorter = shorter.Length,
            EqualLength = _rows.Count - longer.Length - shorter.Length,
            LabelPrefersLonger = (double)longer.Length / (longer.Length + shorter.Length),
            ModelPrefersLonger = Mean(decided, row => row.Margin > 0 == row.Difference > 0 ? 1 : 0),
            DecidedPairs = decided.Length,
            AccuracyWhenChosenLonger = Mean(longer, row => row.Credit),
            AccuracyWhenChosenShorter = Mean(shorter, row => row.Credit),
            LengthOnlyAccuracy = Mean(
                _rows,
                row =>
                    row.Difference > 0 ? 1
                    : row.Difference == 0 ? 0.5
                    : 0
            ),
            MeanDifference = Mean(_rows, row => row.Difference),
            MeanLogRatio = Mean(_rows, row => row.LogRatio),
            LengthEffectSize = EffectSize.PairedDz(differences),
            ByRatio = Buckets(_rows, LengthRatio.BucketNames, row => LengthRatio.Bucket(row.Chosen, row.Rejected)),
            ByDifference = Buckets(
                _rows,
                ["first quartile", "second quartile", "third quartile", "fourth quartile"],
                row => quartiles.Count(quartile => Math.Abs(row.Difference) > quartile)
            ),
            DifferenceQuartiles = quartiles,
            Matched = [.. LengthAudit.MatchedLimits.Select(limit => MatchedAt(_rows, limit))],
            Pearson = _rows.Count < 2 ? new(double.NaN, double.NaN) : Correlation.Pearson(margins, ratios),
            Spearman = _rows.Count < 2 ? new(double.NaN, double.NaN) : Correlation.Spearman(margins, ratios),
            ScoreAndLength = fit,
            RegressionNote = note,
            LongerAgainstRight = new StratifiedTables([
                .. _rows.GroupBy(row => row.Source).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Table),
            ]),
        };
    }

    private static LengthMatchedSubset MatchedAt(List<Row> rows, double limit)
    {
        Row[] matched = [.. rows.Where(row => LengthRatio.Symmetric(row.Chosen, row.Rejected) <= limit)];
        return new(
            limit,
            matched.Length,
            (double)matched.Length / rows.Count,
            Mean(matched, row => row.Credit),
            Mean(matched, row => row.Margin > 0 ? 1 : 0)
        );
    }

    private static TwoByTwo Table(IEnumerable<Row> stratum)
    {
        double Count(bool isLonger, bool isRight) =>
            stratum.Count(row => row.Difference != 0 && row.Difference > 0 == isLonger && row.Margin > 0 == isRight);
        return new(Count(true, true), Count(true, false), Count(false, true), Count(false, false));
    }

    private static (LogisticFit? Fit, string? Note) Regress(List<Row> rows)
    {
        // Every second pair is turned round, so that the base rate the fit is compared with is a coin's.
        double Side(int i) => i % 2 == 0 ? 1 : -1;
        try
        {
            return (
                LogisticRegression.Fit(
                    [.. rows.Select((_, i) => Side(i) > 0 ? 1.0 : 0)],
                    new Column("margin", [.. rows.Select((row, i) => Side(i) * row.Margin)]),
                    new Column("log_length_ratio", [.. rows.Select((row, i) => Side(i) * row.LogRatio)])
                ),
                null
            );
        }
        catch (Exception refusal) when (refusal is EvaluationException or ArgumentException)
        {
            return (null, refusal.Message);
        }
    }

    private static IReadOnlyList<LengthBucket> Buckets(List<Row> rows, IReadOnlyList<string> names, Func<Row, int> bucketOf)
    {
        var (counts, credits, margins) = (new long[names.Count], new double[names.Count], new double[names.Count]);
        foreach (var row in rows)
        {
            var bucket = bucketOf(row);
            counts[bucket]++;
            credits[bucket] += row.Credit;
            margins[bucket] += row.Margin;
        }
        return [.. names.Select((name, i) => new LengthBucket(name, counts[i], credits[i] / counts[i], margins[i] / counts[i]))];
    }

    private static double Mean(IReadOnlyCollection<Row> rows, Func<Row, double> value) =>
        rows.Count == 0 ? double.NaN : rows.Average(value);

    private readonly record struct Row(double Margin, long Chosen, long Rejected, string Source)
    {
        public long Difference => Chosen - Rejected;

        public double LogRatio => Math.Log((double)Math.Max(1, Chosen) / Math.Max(1, Rejected));

        public double Credit =>
            Margin > 0 ? 1
            : Margin == 0 ? 0.5
            : 0;
    }
}
