using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Alarms;

/// <summary>
/// All alarms of a run. To add one: its class in this folder, its entry here, its row in <c>docs/training.md</c>, and a run with its fault
/// in <c>AlarmTests</c>.
/// </summary>
internal sealed class TrainingAlarms
{
    private readonly AccuracyAboveNoise accuracy;
    private readonly Alarm[] all;

    /// <param name="settings">The run's.</param>
    /// <param name="labelCeiling">See <see cref="AccuracyAboveNoise"/>.</param>
    public TrainingAlarms(TrainingSettings settings, double? labelCeiling)
    {
        accuracy = new AccuracyAboveNoise(labelCeiling);
        // Ratings have a level, to which the rewards are meant to move, and no loss of pairs.
        Alarm[] ofPairs = ObjectiveKind.Find(settings.LossType)?.ReadsRatings == true ? [] : [new LossStuck(), new RewardDrift()];
        all =
        [
            .. ofPairs,
            new RewardExploding(),
            new SpreadCollapse(),
            new DeadGradient(),
            new GradientSpike(settings.MaxGradNorm),
            accuracy,
        ];
    }

    public IEnumerable<string> Names => all.Select(alarm => alarm.Name);

    /// <summary>The alarms that this update sets off.</summary>
    public IReadOnlyList<RaisedAlarm> Look(UpdateFigures update) => [.. all.Select(alarm => alarm.Look(update)).OfType<RaisedAlarm>()];

    /// <summary>The alarms that an evaluation sets off.</summary>
    public IReadOnlyList<RaisedAlarm> Look(long step, EvaluationMetrics held) => accuracy.Look(step, held) is { } raised ? [raised] : [];

    public IReadOnlyDictionary<string, TrainerState.AlarmMemory> ToState() =>
        all.ToDictionary(alarm => alarm.Name, alarm => alarm.ToState());

    public void Restore(IReadOnlyDictionary<string, TrainerState.AlarmMemory>? state)
    {
        foreach (var alarm in all)
            alarm.Restore(state?.GetValueOrDefault(alarm.Name));
    }
}
