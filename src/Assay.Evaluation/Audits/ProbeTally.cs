using Assay.Data;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits;

/// <summary>Gathers a probe's answers to its <see cref="ProbeResult"/>.</summary>
/// <param name="probe">The probe.</param>
/// <param name="deviation">Standard deviation of the original scores.</param>
internal sealed class ProbeTally(Probe probe, double deviation)
{
    private const long Seed = 20240601;

    private readonly List<ProbedAnswer> _answers = [];
    private int _notFinite;

    public int NotApplicable { get; set; }

    private int _tooLong, _refused;

    public void Refuse(Refusal refusal)
    {
        if (refusal.Code == Reason.OverLength.Code()) _tooLong++;
        else _refused++;
    }

    public void Add(ProbedAnswer answer)
    {
        if (double.IsFinite(answer.Rewritten)) _answers.Add(answer);
        else _notFinite++;
    }

    public ProbeResult Result(int examples)
    {
        var isFall = probe.Expectation == ProbeExpectation.Fall;
        // Right before; a tie was not.
        ProbedAnswer[] right = [.. _answers.Where(answer => isFall ? answer.Original > answer.Other : answer.Side == "rejected" && answer.Other > answer.Original)];
        var flipped = right.Count(answer => isFall ? answer.Rewritten >= answer.Original : answer.Rewritten > answer.Other);
        var raised = _answers.Count(answer => answer.Shift > 0);
        ProbedAnswer[][] prompts = [.. _answers.GroupBy(answer => answer.Group, StringComparer.Ordinal).Select(group => group.ToArray())];
        double[] counts = [.. prompts.Select(prompt => (double)prompt.Length)];
        var (mean, interval) = Mean([.. prompts.Select(prompt => prompt.Sum(answer => answer.Shift))], counts);
        var (movement, movementInterval) = Mean([.. prompts.Select(prompt => prompt.Sum(answer => Math.Abs(answer.Shift)))], counts);
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
            ScoreDeviation = deviation,
            StandardisedShift = deviation > 0 ? mean / deviation : double.NaN,
            RaisedShare = Share(raised, _answers.Count),
            RaisedInterval = Wilson(raised, _answers.Count),
            Pairs = right.Length,
            FlippedShare = Share(flipped, right.Length),
            FlippedInterval = Wilson(flipped, right.Length),
            IsBroken = prompts.Length >= ProbeResult.MinPrompts && IsBroken(interval, movementInterval),
            ExampleRows = [.. _answers.OrderByDescending(answer => probe.Expectation == ProbeExpectation.NotMove ? Math.Abs(answer.Shift) : answer.Shift).Select(answer => answer.Row).Distinct().Take(examples)],
        };
    }

    private bool IsBroken(Interval shift, Interval movement) => probe.Expectation switch
    {
        ProbeExpectation.NotRise => shift.Low > ProbeResult.MaterialShift * deviation,
        ProbeExpectation.Fall => shift.Low > -ProbeResult.MaterialShift * deviation,
        _ => movement.Low > ProbeResult.MaterialMovement * deviation,
    };

    /// <summary>The mean over answers, and its interval over resampled prompts.</summary>
    private static (double Mean, Interval Interval) Mean(double[] sums, double[] counts)
    {
        if (sums.Length < 2) return (sums.Length == 0 ? double.NaN : sums[0] / counts[0], new(double.NaN, double.NaN));
        var bootstrap = Bootstrap.OfRatio(sums, counts, Resamples.Draw(sums.Length, Seed));
        return (bootstrap.Estimate, bootstrap.Percentile());
    }

    private static double Share(int part, int all) => all == 0 ? double.NaN : (double)part / all;

    private static Interval Wilson(int part, int all) => all == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(part, all);
}
