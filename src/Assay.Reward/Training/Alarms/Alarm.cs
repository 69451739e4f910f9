using Assay.Data.Records;

namespace Assay.Reward.Training.Alarms;

/// <summary>
/// One way in which a run goes wrong without stopping. It is told when it begins, and again only after it had ended. What it remembers goes
/// into checkpoints, so that a resumed run tells the same.
/// </summary>
internal abstract class Alarm(string name)
{
    private bool isOn;

    public string Name { get; } = name;

    /// <summary>The numbers that it carries from update to update.</summary>
    protected List<double> Memory { get; private set; } = [];

    public RaisedAlarm? Look(UpdateFigures update) => Tell(update.Step, Judge(update));

    /// <summary>What is wrong, with what to do; null where nothing is.</summary>
    protected abstract string? Judge(UpdateFigures update);

    protected RaisedAlarm? Tell(long step, string? found)
    {
        var begins = found is not null && !isOn;
        isOn = found is not null;
        return begins ? new RaisedAlarm(Name, step, $"step {step}: {found}") : null;
    }

    /// <summary>How often in a row something held, this time counted.</summary>
    protected int InARow(bool holds)
    {
        if (Memory.Count == 0)
            Memory.Add(0);
        Memory[0] = holds ? Memory[0] + 1 : 0;
        return (int)Memory[0];
    }

    public TrainerState.AlarmMemory ToState() => new(isOn, [.. Memory]);

    public void Restore(TrainerState.AlarmMemory? state)
    {
        isOn = state?.On ?? false;
        Memory = [.. state?.Memory ?? []];
    }
}

/// <summary>An alarm that went off: a line of <c>train_log.jsonl</c>.</summary>
/// <param name="Name">Which one, as <c>docs/training.md</c> lists them.</param>
/// <param name="Step">Updates made then; 0 for what was found before the first.</param>
/// <param name="Text">What was seen, and what to do.</param>
public sealed record RaisedAlarm(string Name, long Step, string Text)
{
    public LogLine ToLine() => LogLine.OfAlarm(Name, Step, Text);
}

/// <summary>An alarm ended the run, as <c>on_alarm: stop</c> asks. The checkpoint is written.</summary>
public sealed class AlarmException(RaisedAlarm alarm) : Exception($"stopped by the alarm {alarm.Name} (on_alarm is stop): {alarm.Text}")
{
    public RaisedAlarm Alarm { get; } = alarm;
}
