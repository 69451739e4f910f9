using Assay.Data.Records;

namespace Assay.Reward.Training.Alarms;

/// <summary>An alarm that went off: a line of <c>train_log.jsonl</c>.</summary>
/// <param name="Name">Which one, as <c>docs/training.md</c> lists them.</param>
/// <param name="Step">Updates made then; 0 for what was found before the first.</param>
/// <param name="Text">What was seen, and what to do.</param>
public sealed record RaisedAlarm(string Name, long Step, string Text)
{
    public LogLine ToLine() => LogLine.OfAlarm(Name, Step, Text);
}
