using Assay.Reward.Training.Pairs;

namespace Assay.Reward.Training.Alarms;

/// <summary>
/// More pairs are right than labels can be: by more than three standard errors above the share of right labels, which votes tell. On
/// trained pairs their noise is learned by heart; on held-out pairs something gives the label away.
/// </summary>
/// <param name="ceiling">Share of labels that are right, 0..1; null where nobody voted, and then nothing is told.</param>
internal sealed class AccuracyAboveNoise(double? ceiling) : Alarm("accuracy_above_label_noise")
{
    private const int Fewest = 200;
    private const double StandardErrors = 3;

    protected override string? Judge(UpdateFigures update)
    {
        // [pairs, right ones, whether it was too good]
        while (Memory.Count < 3)
            Memory.Add(0);
        Memory[0] += update.Chosen.Length;
        Memory[1] += update.Right;
        if (Memory[0] < Fewest)
            return Memory[2] == 0 ? null : "";
        var found = IsTooGood(Memory[1], Memory[0]) is { } text
            ? $"{text} of the last {Memory[0]} trained pairs: the noise of their labels is being learned by heart. Train fewer epochs, or set label_smoothing"
            : null;
        (Memory[0], Memory[1], Memory[2]) = (0, 0, found is null ? 0 : 1);
        return found;
    }

    /// <summary>The same of an evaluation.</summary>
    public RaisedAlarm? Look(long step, EvaluationMetrics held) =>
        IsTooGood(held.Accuracy * held.Pairs, held.Pairs) is { } text
            ? new RaisedAlarm(
                Name,
                step,
                $"step {step}: {text} of {held.Pairs} held-out pairs: something gives the label away. Look for shared prompts, near copies and what differs in form between the sides (assay check, assay audit)"
            )
            : null;

    private string? IsTooGood(double right, double pairs)
    {
        if (ceiling is not { } most || pairs < Fewest)
            return null;
        var accuracy = right / pairs;
        return accuracy > most + (StandardErrors * Math.Sqrt(most * (1 - most) / pairs))
            ? FormattableString.Invariant(
                $"by the votes at most {most:0.000} of the labels are right, and the model is right on {accuracy:0.000}"
            )
            : null;
    }
}
