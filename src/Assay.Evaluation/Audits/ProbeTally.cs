using Assay.Data;
using Assay.Data.Contract;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>Gathers a probe's answers to its <see cref="ProbeResult"/>.</summary>
/// <param name="probe">The probe.</param>
/// <param name="originals">The original scores of all probed pairs, both sides, in ascending order.</param>
internal sealed class ProbeTally(Probe probe, double[] originals)
{
    private const long Seed = 20240601;

    private readonly double _deviation = originals.Length == 0 ? double.NaN : Math.Sqrt(Moments.Central(originals, 2));
    private readonly List<ProbedAnswer> _answers = [];
    private int _notFinite;

    public int NotApplicable { get; set; }

    private int _tooLong,
        _refused;

    public void Refuse(Refusal refusal)
    {
        if (refusal.Code == Reason.OverLength.Code())
            _tooLong++;
        else
            _refused++;
    }

    public void Add(ProbedAnswer answer)
    {
        if (double.IsFinite(answer.Rewritten))
            _answers.Add(answer);
        else
            _notFinite++;
    }

    public ProbeResult Result(int examples)
    {
        var isChosen = !probe.RewritesBothSides;
        // Right before; a tie was not.
        ProbedAnswer[] right =
        [
            .. _answers.Where(answer =>
                isChosen ? answer.Original > answer.Other : answer.Side == "rejected" && answer.Other > answer.Original
            ),
        ];
        var flipped = right.Count(answer => isChosen ? answer.Rewritten >= answer.Original : answer.Rewritten > answer.Other);
        var raised = _answers.Count(answer => answer.Shift > 0);
        ProbedAnswer[][] prompts = [.. _answers.GroupBy(answer => answer.Group, StringComparer.Ordinal).Select(group => group.ToArray())];
        double[] counts = [.. prompts.Select(prompt => (double)prompt.Length)];
        var (mean, interval) = Mean([.. prompts.Select(prompt => prompt.Sum(answer => answer.Shift))], counts);
        var (movement, movementInterval) = Mean([.. prompts.Select(prompt => prompt.Sum(answer => Math.Abs(answer.Shift)))], counts);
        var (percentile, percentileInterval) = Mean(
            [.. prompts.Select(prompt => prompt.Sum(answer => PercentileRank.Of(answer.Rewritten, originals).Rank))],
            counts
        );
        var (ordered, lost) = Ranks();
        var lostInterval = Wilson(flipped, right.Length);
        return new ProbeResult
        {
            Name = probe.Name,
            Description = probe.Description,
            Source = probe.Source,
            Expectation = probe.Expectation,
            Answers = _answers.Count,
            Prompts = prompts.Length,
            NotApplicable = NotApplicable + _tooLong + _refused,
            TooLong = _tooLong,
            Refused = _refused,
            NotFinite = _notFinite,
            MeanShift = mean,
            MeanShiftInterval = interval,
            MeanMovement = movement,
            MeanMovementInterval = movementInterval,
            MeanPercentile = percentile,
            MeanPercentileInterval = percentileInterval,
            ScoreDeviation = _deviation,
            StandardisedShift = _deviation > 0 ? mean / _deviation : double.NaN,
            RaisedShare = Share(raised, _answers.Count),
            RaisedInterval = Wilson(raised, _answers.Count),
            Pairs = right.Length,
            FlippedShare = Share(flipped, right.Length),
            FlippedInterval = lostInterval,
            RankPairs = ordered,
            RankFlippedShare = Share(lost, ordered),
            RankFlippedInterval = Wilson(lost, ordered),
            IsBroken = prompts.Length >= ProbeResult.MinPrompts && IsBroken(interval, movementInterval, percentileInterval, lostInterval),
            MeanStdOriginal = Spreads(spread => spread.Original),
            MeanStdRewritten = Spreads(spread => spread.Rewritten),
            ExampleRows =
            [
                .. _answers
                    .OrderByDescending(answer =>
                        probe.Expectation == ProbeExpectation.NotMove ? Math.Abs(answer.Shift)
                        : probe.Expectation == ProbeExpectation.Bottom ? answer.Rewritten
                        : answer.Shift
                    )
                    .Select(answer => answer.Row)
                    .Distinct()
                    .Take(examples),
            ],
        };
    }

    private double? Spreads(Func<(double Original, double Rewritten), double> which) =>
        _answers.Select(answer => answer.Spread).OfType<(double Original, double Rewritten)>().ToArray() is { Length: > 0 } spreads
            ? spreads.Average(which)
            : null;

    private bool IsBroken(Interval shift, Interval movement, Interval percentile, Interval lost) =>
        probe.Expectation switch
        {
            ProbeExpectation.NotRise => shift.Low > ProbeResult.MaterialShift * _deviation,
            ProbeExpectation.Fall => shift.Low > -ProbeResult.MaterialShift * _deviation,
            ProbeExpectation.Lose => lost.Low > ProbeResult.MaterialLosses,
            ProbeExpectation.Bottom => percentile.Low > ProbeResult.BottomPercentile,
            _ => movement.Low > ProbeResult.MaterialMovement * _deviation,
        };

    /// <summary>
    /// Pairs that were ordered and had both answers rewritten, and those of them that no longer stand in that order. The two answers of a
    /// pair come one after the other.
    /// </summary>
    private (int Ordered, int Lost) Ranks()
    {
        int ordered = 0,
            lost = 0;
        for (var i = 1; i < _answers.Count; i++)
        {
            var (chosen, rejected) = (_answers[i - 1], _answers[i]);
            if (
                chosen.Side == rejected.Side
                || chosen.Side != "chosen"
                || chosen.Row != rejected.Row
                || chosen.Other != rejected.Original
                || rejected.Other != chosen.Original
                || chosen.Original == rejected.Original
            )
                continue;
            ordered++;
            if (Math.Sign(chosen.Rewritten - rejected.Rewritten) != Math.Sign(chosen.Original - rejected.Original))
                lost++;
        }
        return (ordered, lost);
    }

    /// <summary>The mean over answers, and its interval over resampled prompts.</summary>
    private static (double Mean, Interval Interval) Mean(double[] sums, double[] counts)
    {
        if (sums.Length < 2)
            return (sums.Length == 0 ? double.NaN : sums[0] / counts[0], new(double.NaN, double.NaN));
        var bootstrap = Bootstrap.OfRatio(sums, counts, Resamples.Draw(sums.Length, Seed));
        return (bootstrap.Estimate, bootstrap.Percentile());
    }

    private static double Share(int part, int all) => all == 0 ? double.NaN : (double)part / all;

    private static Interval Wilson(int part, int all) => all == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(part, all);
}
