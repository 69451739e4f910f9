using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// Whether the model's margins mean what they say. Confidence is σ(|margin|), judged against "the higher score won" (a tie counts half);
/// temperature and likelihood are of the margins turned so that chosen is first. Also shown: a constant added to all scores changes
/// nothing, a factor does.
/// </summary>
public sealed record CalibrationReport
{
    public required long Pairs { get; init; }

    /// <summary>Mean −ln σ(margin).</summary>
    public required double NegativeLogLikelihood { get; init; }

    public required double Brier { get; init; }

    /// <summary>What the model says it would get right, on average; above the accuracy it is over-confident.</summary>
    public required double MeanConfidence { get; init; }

    public required double Accuracy { get; init; }

    /// <summary>Of the confidence, ten bins of equal width, right-closed. Bins below 1/2 are empty.</summary>
    public required ReliabilityTable EqualWidth { get; init; }

    /// <summary>Of the confidence, ten bins of equal mass.</summary>
    public required ReliabilityTable EqualMass { get; init; }

    /// <summary>The temperature that would mend the confidence.</summary>
    public required TemperatureFit Temperature { get; init; }

    /// <summary>At the temperature; NaN where there is none to use.</summary>
    public required double NegativeLogLikelihoodAtTemperature { get; init; }

    /// <summary>ECE (equal width) at the temperature; NaN where there is none to use.</summary>
    public required double ExpectedCalibrationErrorAtTemperature { get; init; }

    /// <summary>The loss when 10 is added to every score: the same but for rounding, since only differences count.</summary>
    public required double LossPlusTen { get; init; }

    /// <summary>The loss when every score is tripled: another, although no order changes.</summary>
    public required double LossTimesThree { get; init; }

    /// <summary>Judges scored pairs; keeps a few numbers per pair.</summary>
    /// <exception cref="EvaluationException">There are no pairs, or a score is NaN or infinite.</exception>
    public static CalibrationReport Of(IEnumerable<PairScore> pairs)
    {
        var (chosen, rejected) = (new List<double>(), new List<double>());
        foreach (var pair in pairs)
        {
            pair.Check();
            chosen.Add(pair.ChosenScore);
            rejected.Add(pair.RejectedScore);
        }
        return Of(chosen, rejected);
    }

    /// <summary>Judges the finite scores of pairs, side by side.</summary>
    internal static CalibrationReport Of(List<double> chosen, List<double> rejected)
    {
        List<double> margins = new(chosen.Count),
            right = new(chosen.Count);
        var (plusTen, timesThree) = (0.0, 0.0);
        for (var i = 0; i < chosen.Count; i++)
        {
            var margin = PairScore.MarginOf(chosen[i], rejected[i]);
            margins.Add(margin);
            right.Add(
                margin > 0 ? 1
                : margin == 0 ? 0.5
                : 0
            );
            plusTen -= Logistic.LogSigmoid(chosen[i] + 10 - (rejected[i] + 10));
            timesThree -= Logistic.LogSigmoid(3 * chosen[i] - 3 * rejected[i]);
        }
        if (margins.Count == 0)
            throw new EvaluationException("there are no pairs to calibrate on");
        double[] ones = [.. margins.Select(_ => 1.0)],
            confidence = Confidence(margins, 1);
        var temperature = TemperatureFit.Of(margins, ones);
        var isUsable = temperature.IsUsable;
        return new CalibrationReport
        {
            Pairs = margins.Count,
            NegativeLogLikelihood = ProperScores.NegativeLogLikelihood(margins, ones),
            Brier = ProperScores.Brier([.. margins.Select(Logistic.Sigmoid)], ones),
            MeanConfidence = confidence.Average(),
            Accuracy = right.Average(),
            EqualWidth = ReliabilityTable.EqualWidth(confidence, right),
            EqualMass = ReliabilityTable.EqualMass(confidence, right),
            Temperature = temperature,
            NegativeLogLikelihoodAtTemperature = isUsable
                ? ProperScores.NegativeLogLikelihood(margins, ones, temperature.Temperature)
                : double.NaN,
            ExpectedCalibrationErrorAtTemperature = isUsable
                ? ReliabilityTable.EqualWidth(Confidence(margins, temperature.Temperature), right).ExpectedCalibrationError
                : double.NaN,
            LossPlusTen = plusTen / margins.Count,
            LossTimesThree = timesThree / margins.Count,
        };
    }

    private static double[] Confidence(List<double> margins, double temperature) =>
        [.. margins.Select(margin => Logistic.Sigmoid(Math.Abs(margin) / temperature))];
}
