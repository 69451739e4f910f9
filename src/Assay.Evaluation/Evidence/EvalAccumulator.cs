using Assay.Data;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// Collects <see cref="EvalEvidence"/> pair by pair, for callers that stream: keeps two numbers a pair (four of an ensemble), two and a key
/// a prompt group, and the texts of the twenty largest mistakes. Weights enter accuracy, loss, means and intervals; distributions, the area
/// and calibration count every pair alike.
/// </summary>
public sealed class EvalAccumulator
{
    /// <summary>Mistakes kept with their texts.</summary>
    public const int WorstCount = 20;

    /// <summary>Characters (UTF-16 units) kept of each text of a mistake.</summary>
    public const int TextLimit = 4000;

    private const long Seed = 1;

    private readonly PairAccumulator _metrics = new();
    private readonly ClusterAccumulator _groups = new();
    private readonly List<double> _chosen = [],
        _rejected = [];
    private readonly List<(double Margin, double Std)> _disagreements = [];
    private readonly PriorityQueue<(PairScore Score, PreferencePair Pair), (double Mistake, long Place)> _worst = new();

    /// <summary>Pairs taken so far.</summary>
    public long Pairs => _metrics.Pairs;

    /// <summary>Takes one pair, with its texts where they are at hand.</summary>
    /// <exception cref="EvaluationException">A score is NaN or infinite, a weight is not above 0, or a length is negative.</exception>
    public void Add(PairScore score, PreferencePair? pair)
    {
        _metrics.Add(score);
        _groups.Add(score);
        _chosen.Add(score.ChosenScore);
        _rejected.Add(score.RejectedScore);
        if (score.MarginStd is { } spread)
            _disagreements.Add((score.Margin, spread));
        if (pair is null || !(score.Margin < 0))
            return;
        // The queue gives up its smallest mistake first; of equal ones the later pair.
        _worst.Enqueue((score, pair), (-score.Margin, -_metrics.Pairs));
        if (_worst.Count > WorstCount)
            _worst.Dequeue();
    }

    /// <summary>The evidence of what was taken.</summary>
    /// <exception cref="EvaluationException">Nothing was taken.</exception>
    public EvalEvidence Evidence(
        EvidenceSubject subject,
        IReadOnlyList<EvidenceInput> inputs,
        EvidenceInput? scores,
        IReadOnlyDictionary<string, long> setAside
    )
    {
        var metrics = _metrics.Metrics();
        return new EvalEvidence
        {
            Subject = subject,
            Inputs = inputs,
            Scores = scores,
            SetAside = setAside,
            Metrics = metrics,
            Prompts = _groups.Groups,
            IntervalByPrompt =
                _groups.Groups < 2 ? null : _groups.Accuracy(ratio => (ratio.Interval(Seed, Resamples.DefaultCount), null)).Interval,
            Auc = Auc.Of(_chosen, _rejected),
            Histogram = ScoreHistogram.Of(_chosen, _rejected),
            Margins = DistributionSummary.Of(Margins),
            ChosenRewards = DistributionSummary.Of(_chosen),
            RejectedRewards = DistributionSummary.Of(_rejected),
            Calibration = CalibrationReport.Of(_chosen, _rejected),
            Reference = ReferenceScores.Of(_chosen.Concat(_rejected)),
            Disagreement = EnsembleDisagreement.Of(_disagreements),
            Worst =
            [
                .. _worst
                    .UnorderedItems.OrderByDescending(item => item.Priority)
                    .Select(item => Worst(item.Element.Score, item.Element.Pair)),
            ],
        };
    }

    /// <summary>How the scores have moved from an earlier set.</summary>
    /// <param name="from">The score file of <paramref name="reference"/>.</param>
    /// <param name="reference">The earlier set's pairs.</param>
    /// <exception cref="EvaluationException">The earlier set is empty, or a score in it is NaN or infinite.</exception>
    public ScoreDrift DriftFrom(EvidenceInput from, IEnumerable<PairScore> reference)
    {
        var (rewards, margins) = (new List<double>(), new List<double>());
        foreach (var pair in reference)
        {
            pair.Check();
            rewards.AddRange([pair.ChosenScore, pair.RejectedScore]);
            margins.Add(pair.Margin);
        }
        if (margins.Count == 0)
            throw new EvaluationException($"{from.Path}: holds no pairs to measure a drift from");
        return new(from, RewardDrift.Of(rewards, [.. _chosen, .. _rejected]), RewardDrift.Of(margins, [.. Margins]));
    }

    private IEnumerable<double> Margins => _chosen.Zip(_rejected, PairScore.MarginOf);

    private static WorstPair Worst(PairScore score, PreferencePair pair) =>
        new(
            score.Row,
            score.Id,
            score.Source,
            score.ChosenScore,
            score.RejectedScore,
            Cut(pair.Prompt),
            Cut(pair.ChosenAnswer),
            Cut(pair.RejectedAnswer)
        );

    private static string Cut(string text) =>
        text.Length <= TextLimit
            ? text
            : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[TextLimit - 1]) ? TextLimit - 1 : TextLimit), "…");
}
