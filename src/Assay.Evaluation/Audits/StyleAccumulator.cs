using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Collects <see cref="StyleAudit"/> pair by pair, for callers that stream: about 70 bytes a pair, and a few times that while the figures
/// are drawn up.
/// </summary>
public sealed class StyleAccumulator
{
    /// <summary>
    /// A feature of which the preferred answer has more in fewer pairs than this, or less in fewer, stays out of a regression: it would
    /// separate the labels by chance, and then nothing is fitted.
    /// </summary>
    private const int MinPairsEachWay = 10;

    /// <summary>
    /// Of more pairs the regressions take every second, third, …: their coefficients are told well enough, and memory stays bounded.
    /// </summary>
    private const int MaxFittedPairs = 100_000;

    private readonly List<double> _margins = [];

    // Single precision holds every count below 16 million exactly, at half the memory.
    private readonly List<float>[] _differences = [.. StyleFeatures.Names.Select(_ => new List<float>())];

    /// <summary>Pairs so far.</summary>
    public int Pairs => _margins.Count;

    /// <summary>Takes one pair with its texts.</summary>
    /// <exception cref="EvaluationException">A score is NaN or infinite.</exception>
    public void Add(PairScore pair, string prompt, string chosen, string rejected)
    {
        pair.Check();
        _margins.Add(pair.Margin);
        var language = LanguageGuess.Of(prompt);
        double[] more = StyleFeatures.Of(chosen, language),
            less = StyleFeatures.Of(rejected, language);
        for (var feature = 0; feature < _differences.Length; feature++)
            _differences[feature].Add((float)(more[feature] - less[feature]));
    }

    /// <summary>The audit of what was taken so far.</summary>
    /// <exception cref="EvaluationException">There are fewer than two pairs.</exception>
    public StyleAudit Audit()
    {
        if (_margins.Count < 2)
            throw new EvaluationException($"found {_margins.Count} pair(s): a style audit needs at least two");
        var notes = new List<string>();
        double[][] differences = [.. _differences.Select(list => list.Select(value => (double)value).ToArray())];
        int[] varying =
        [
            .. Enumerable.Range(0, differences.Length).Where(feature => differences[feature].Any(difference => difference != 0)),
        ];
        var step = (_margins.Count - 1) / MaxFittedPairs + 1;
        int[] some = [.. Enumerable.Range(0, _margins.Count).Where(row => row % step == 0)],
            decided = [.. some.Where(row => _margins[row] != 0)];
        return new StyleAudit
        {
            Pairs = _margins.Count,
            Features = Features(differences, varying),
            LabelOnMarginAndStyle = Fit(
                "label on margin and style",
                some,
                _ => true,
                [Turned("margin", _margins, some)],
                differences,
                notes
            ),
            ModelOnStyle = Fit("model on style", decided, row => _margins[row] > 0, [], differences, notes),
            Notes = notes,
        };
    }

    /// <summary>Every second pair is turned round; "first" is then what the label says of the turned pair.</summary>
    private static double Side(int place) => place % 2 == 0 ? 1 : -1;

    private static Column Turned(string name, IReadOnlyList<double> values, int[] rows) =>
        new(name, [.. rows.Select((row, place) => Side(place) * values[row])]);

    private static double[] Scaled(double[] differences)
    {
        var scale = Math.Sqrt(differences.Sum(difference => difference * difference) / differences.Length);
        return [.. differences.Select(difference => scale == 0 ? 0 : difference / scale)];
    }

    /// <summary>Who is preferred, on some columns and the style features that tell something of it.</summary>
    private static LogisticFit? Fit(
        string name,
        int[] rows,
        Func<int, bool> isChosenPreferred,
        Column[] columns,
        double[][] differences,
        List<string> notes
    )
    {
        bool Tells(double[] difference)
        {
            int more = 0,
                less = 0;
            foreach (var row in rows)
            {
                if (difference[row] == 0)
                    continue;
                if (difference[row] > 0 == isChosenPreferred(row))
                    more++;
                else
                    less++;
            }
            return Math.Min(more, less) >= MinPairsEachWay;
        }
        try
        {
            return LogisticRegression.Fit(
                [.. rows.Select((row, place) => Side(place) > 0 == isChosenPreferred(row) ? 1.0 : 0)],
                [
                    .. columns,
                    .. StyleFeatures
                        .Names.Zip(differences)
                        .Where(feature => Tells(feature.Second))
                        .Select(feature => Turned(feature.First, Scaled(feature.Second), rows)),
                ]
            );
        }
        catch (Exception refusal) when (refusal is EvaluationException or ArgumentException)
        {
            notes.Add($"{name}: {refusal.Message}");
            return null;
        }
    }

    private StyleFeatureAudit[] Features(double[][] differences, int[] varying)
    {
        var margins = Ranks.Mid(_margins);
        double[][] ranks = [.. differences.Select(Ranks.Mid)];
        var eachGivenOthers = OrNull(() => Correlation.PartialEach(margins, [.. varying.Select(feature => ranks[feature])]));
        var lengthVaries = varying.Contains(0);
        return
        [
            .. StyleFeatures.Names.Select(
                (name, feature) =>
                {
                    // Spearman's correlation is Pearson's of the ranks, which are at hand.
                    var withMargin = Correlation.Pearson(margins, ranks[feature]);
                    var givenLength =
                        feature == 0 ? null
                        : lengthVaries ? OrNull(() => new[] { Correlation.Partial(margins, ranks[feature], [ranks[0]]) })?[0]
                        : withMargin;
                    return Feature(
                        name,
                        differences[feature],
                        withMargin,
                        givenLength,
                        Array.IndexOf(varying, feature) is >= 0 and var place ? eachGivenOthers?[place] : null
                    );
                }
            ),
        ];
    }

    /// <summary>Null when nothing is left of a variable once the others are taken out: then the plain correlation stands.</summary>
    private static IReadOnlyList<CorrelationResult>? OrNull(Func<IReadOnlyList<CorrelationResult>> correlations)
    {
        try
        {
            return correlations();
        }
        catch (Exception refusal) when (refusal is EvaluationException or ArgumentException)
        {
            return null;
        }
    }

    private StyleFeatureAudit Feature(
        string name,
        double[] differences,
        CorrelationResult withMargin,
        CorrelationResult? givenLength,
        CorrelationResult? givenOthers
    )
    {
        int[] more = [.. Enumerable.Range(0, differences.Length).Where(i => differences[i] > 0)],
            less = [.. Enumerable.Range(0, differences.Length).Where(i => differences[i] < 0)];
        int[] decided = [.. more.Concat(less).Where(i => _margins[i] != 0)];
        double Accuracy(int[] rows) =>
            rows.Length == 0
                ? double.NaN
                : rows.Average(i =>
                    _margins[i] > 0 ? 1
                    : _margins[i] == 0 ? 0.5
                    : 0
                );
        return new StyleFeatureAudit
        {
            Feature = name,
            UnequalPairs = more.Length + less.Length,
            MorePairs = more.Length,
            LabelPrefersMore = more.Length + less.Length == 0 ? double.NaN : (double)more.Length / (more.Length + less.Length),
            ModelPrefersMore = decided.Length == 0 ? double.NaN : decided.Average(i => _margins[i] > 0 == differences[i] > 0 ? 1.0 : 0),
            AccuracyWhenChosenHasMore = Accuracy(more),
            AccuracyWhenChosenHasLess = Accuracy(less),
            IntervalWhenChosenHasLess =
                less.Length == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(Accuracy(less) * less.Length, less.Length),
            WithMargin = withMargin,
            WithMarginGivenLength = givenLength,
            WithMarginGivenOthers = givenOthers,
        };
    }
}
