using System.Collections.Concurrent;
using Assay.Hub;
using Assay.Reward.Training.Settings;

namespace Assay.Cli;

/// <summary>
/// From a name of the Hugging Face hub to what lies on this machine. What is there on disk always wins over a name, and where the first
/// part is a folder here, only a name with a revision is one.
/// </summary>
internal static class FromHub
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // What was named is looked for once in a run, however often a verb asks.
    private static readonly ConcurrentDictionary<(HubSettings, HubName, ModelParts), Lazy<string>> Models = [];
    private static readonly ConcurrentDictionary<(HubSettings, HubName, string?), Lazy<IReadOnlyList<string>>> DataSets = [];

    public static HubSettings Settings() => HubSettings.Read(Environment.GetEnvironmentVariable);

    /// <summary>The folder or file of a model: what was given, or the snapshot of the hub's model of that name.</summary>
    /// <param name="given">A path, or <c>ORGANISATION/NAME[@REVISION]</c>.</param>
    /// <param name="revision">Branch, tag or commit; null where none was given beside the name.</param>
    /// <param name="parts">How much of it is needed.</param>
    /// <exception cref="UsageException">A revision of what is no name.</exception>
    /// <exception cref="HubException">It is not to be had.</exception>
    public static string Model(string given, string? revision = null, ModelParts parts = ModelParts.Whole)
    {
        if (IsHere(given) || !HubName.TryParse(given, out var name))
            return revision is null
                ? given
                : throw new UsageException(
                    $"--model-revision goes with a model's name on the hub (ORGANISATION/NAME); {given} is {(IsHere(given) ? "a folder or file on this machine" : "none")}"
                );
        if (revision is not null && name.Revision is { } other && other != revision)
            throw new UsageException($"{given} names one revision and --model-revision {revision} another: give one of them");
        if (revision is not null && !HubName.IsRevision(revision))
            throw new UsageException($"--model-revision '{revision}' is no branch, tag or commit");
        if ((name.Revision ?? revision) is null)
            DemandNoFolder(name);
        return Snapshot(name with { Revision = name.Revision ?? revision }, parts);
    }

    /// <summary>A run's settings with the folder that its start lies in.</summary>
    /// <inheritdoc cref="Model"/>
    public static TrainingSettings Start(TrainingSettings settings) =>
        settings.Model is { } model ? settings with { Model = Model(model, settings.ModelRevision) }
        : settings.ModelRevision is null ? settings
        : throw new UsageException("model_revision goes with model: ORG/NAME");

    /// <summary>An adapter's base model; null where its configuration names none of the hub.</summary>
    /// <exception cref="HubException">It is not to be had.</exception>
    public static string? Base(string named, string? revision) =>
        HubName.TryParseBase(named, out var name)
            ? Snapshot(revision is null || !HubName.IsRevision(revision) ? name : name with { Revision = revision }, ModelParts.Whole)
            : null;

    /// <summary>The files of a data set; null where no name of one was given.</summary>
    /// <exception cref="HubException">It is not to be had, or which files are meant cannot be told.</exception>
    public static IReadOnlyList<string>? Data(string given)
    {
        if (!HubName.TryParseData(given, out var name, out var part))
            return null;
        if (name.Revision is null)
            DemandNoFolder(name);
        return DataSets
            .GetOrAdd((Settings(), name, part), _ => new(() => Wait(hub => hub.DataAsync(name, part, CancellationToken.None))))
            .Value;
    }

    private static string Snapshot(HubName name, ModelParts parts) =>
        Models.GetOrAdd((Settings(), name, parts), _ => new(() => Wait(hub => hub.ModelAsync(name, parts, CancellationToken.None)))).Value;

    // A slip in a path is found here and not sent to the hub.
    private static void DemandNoFolder(HubName name)
    {
        var first = name.Id.Split('/')[0];
        if (Directory.Exists(first))
            throw new DirectoryNotFoundException(
                $"{name.Id}: no such folder or file; '{first}' is a folder here, so this was taken for a path and not for a name of the hub. If that was meant, add the revision: {name.Id}@main"
            );
    }

    private static bool IsHere(string path) => File.Exists(path) || Directory.Exists(path);

    private static T Wait<T>(Func<HubRepositories, Task<T>> ask)
    {
        long shown = 0,
            began = TimeProvider.System.GetTimestamp();
        using var hub = new HubRepositories(Settings(), TimeProvider.System)
        {
            Said = text => Terminal.Note($"assay: {text}"),
            Progressed = Show,
        };
        try
        {
            return Task.Run(() => ask(hub)).GetAwaiter().GetResult();
        }
        finally
        {
            Terminal.EndLive();
        }

        void Show(HubProgress progress)
        {
            if (shown != 0 && TimeProvider.System.GetElapsedTime(shown) < Pause)
                return;
            shown = TimeProvider.System.GetTimestamp();
            Terminal.Live(Line(progress, TimeProvider.System.GetElapsedTime(began), Terminal.LiveWidth));
        }
    }

    /// <summary>
    /// How far a download is: <c>org/model: 412 MB of 1.5 GB  35 MB/s  31s left  model.safetensors</c>, with as much of it as fits.
    /// </summary>
    internal static string Line(HubProgress progress, TimeSpan elapsed, int width)
    {
        var perSecond = progress.Fetched / Math.Max(elapsed.TotalSeconds, 1e-3);
        var left =
            progress.Fetched > 0 && progress.TotalBytes > progress.Bytes
                ? $"{Terminal.Duration(TimeSpan.FromSeconds((progress.TotalBytes - progress.Bytes) / perSecond))} left"
                : "";
        return Terminal
            .Fitting(
                width,
                ($"{progress.Name}: {HubRepositories.Size(progress.Bytes)} of {HubRepositories.Size(progress.TotalBytes)}", 0),
                ($"{HubRepositories.Size((long)perSecond)}/s", 2),
                (left, 1),
                (progress.File, 3)
            )
            .TrimEnd();
    }
}
