using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Following;

/// <summary>Where the numbers of the training log go besides <c>train_log.jsonl</c>.</summary>
internal interface ILogDestination : IDisposable
{
    /// <summary>Takes the numbers of one line, under the names that the line has.</summary>
    void Write(long step, IReadOnlyList<(string Name, double Value)> figures);

    /// <summary>The run has ended; without it, it may be gone on with.</summary>
    void End(RunEnd end) { }
}

/// <summary>How a run ended.</summary>
internal enum RunEnd
{
    Finished,
    Stopped,
    Failed,
}

/// <summary>What a destination is opened with.</summary>
/// <param name="Folder">The run's.</param>
/// <param name="Settings">The run's.</param>
/// <param name="KeptUpTo">What an earlier part of the run wrote up to this step is kept; null begins anew.</param>
/// <param name="Clock">Says when a line was written.</param>
/// <param name="Warn">Told of what went wrong while the training goes on.</param>
internal sealed record LogContext(string Folder, TrainingSettings Settings, long? KeptUpTo, TimeProvider Clock, Action<string>? Warn)
{
    /// <summary>
    /// The checkpoint that the run goes on from was written before that step's evaluation was through. A resumed run that was itself
    /// stopped may have written it already, and it is written anew.
    /// </summary>
    public bool OwesEvaluation { get; init; }
}

/// <summary>A name in <c>report_to</c>, and what it opens.</summary>
/// <param name="Name">As transformers has it, where it has it.</param>
/// <param name="Open">Opens it.</param>
internal sealed record LogDestination(string Name, Func<LogContext, ILogDestination> Open)
{
    /// <summary>All there are besides <c>none</c>.</summary>
    public static IReadOnlyList<LogDestination> All { get; } =
    [
        new("tensorboard", context => new EventFile(context)),
        new("mlflow", MlflowRun.Open),
        new(TrainingMeter.Destination, _ => new TrainingMeter()),
    ];

    /// <summary>Opens those that the settings name.</summary>
    public static IReadOnlyList<ILogDestination> OpenAll(LogContext context) =>
        [.. All.Where(one => context.Settings.ReportTo.Contains(one.Name)).Select(one => one.Open(context))];
}
