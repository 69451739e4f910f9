namespace Assay.Reward.Training.Alarms;

/// <summary>An alarm ended the run, as <c>on_alarm: stop</c> asks. The checkpoint is written.</summary>
public sealed class AlarmException(RaisedAlarm alarm) : Exception($"stopped by the alarm {alarm.Name} (on_alarm is stop): {alarm.Text}")
{
    public RaisedAlarm Alarm { get; } = alarm;
}
