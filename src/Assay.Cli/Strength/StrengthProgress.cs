using System.Globalization;
using Assay.Reward.Training;
using Assay.Reward.Training.CrossFitting;

namespace Assay.Cli.Strength;

/// <summary>How far an ensemble is: a live line on a terminal, and a line for every finished model.</summary>
internal sealed class StrengthProgress(TimeProvider clock, int members)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _began = clock.GetTimestamp();
    private long _shown;
    private double _updates;

    /// <summary>Of the parts of training.</summary>
    public static TrainingObserver Observer { get; } =
        new() { Phase = phase => Terminal.Live(phase + " …"), Alarm = text => Terminal.Note("warning: " + text) };

    public void Show(int number, UpdateReport update)
    {
        _updates++;
        if (_shown != 0 && clock.GetElapsedTime(_shown) < Pause)
            return;
        _shown = clock.GetTimestamp();
        // Models are of nearly the same size, so updates tell the time; those found on disk cost none.
        var left = (members - number) * (double)update.TotalSteps + update.TotalSteps - update.Step;
        Terminal.Live(
            string.Create(
                CultureInfo.InvariantCulture,
                $"model {number}/{members}  step {update.Step}/{update.TotalSteps}  loss {update.Loss:0.000}  ETA {Terminal.Duration(clock.GetElapsedTime(_began) * (left / _updates))}"
            )
        );
    }

    public void Done(CrossFitMember member) =>
        Terminal.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"model {member.Number} of {members} (seed {member.Seed}, fold {member.Fold}): accuracy {member.Accuracy:0.000} on {member.Pairs} pairs it did not see"
            )
        );
}
