using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;

namespace Assay.Reward.Training;

/// <summary><c>train_log.jsonl</c>: one JSON object a line, each with its <c>step</c>, written as it happens; and the same as TensorBoard reads it, where that was asked for.</summary>
internal sealed class TrainLog : IDisposable
{
    public const string Name = ModelFolderNames.TrainLog;

    private readonly string path;
    private readonly FileStream stream;
    private readonly EventFile? events;

    /// <param name="folder">The run's.</param>
    /// <param name="keptUpTo">Lines of an earlier part of the run up to this step are kept, later ones dropped: the resumed run writes them anew. Null begins anew.</param>
    /// <param name="reportTo">Where else it goes: <c>report_to</c>.</param>
    /// <param name="clock">Says when a line was written.</param>
    public TrainLog(string folder, long? keptUpTo, IReadOnlyList<string> reportTo, TimeProvider clock)
    {
        var path = Path.Combine(folder, Name);
        var kept = keptUpTo is { } last && File.Exists(path) ? [.. File.ReadLines(path).Where(line => IsUpTo(line, last))] : new List<string>();
        OutputFile.WriteAllText(path, string.Concat(kept.Select(line => line + "\n")));
        this.path = path;
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (reportTo.Contains(EventFile.Destination)) events = new EventFile(Path.Combine(folder, EventFile.Name), keptUpTo, clock);
    }

    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public void Write(JsonObject line)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
            events?.Write(line);
        }
        catch (Exception error) when (DiskRoom.IsOfDisk(error))
        {
            throw new IOException($"{path} could not be written: {error.Message.TrimEnd('.')}. {DiskRoom.FreeText(path)} there: make room, and go on from the newest checkpoint with --resume", error);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        events?.Dispose();
    }

    // A line cut short by a kill is not a line; the summary of an earlier, finished run has no place in a run that goes on.
    private static bool IsUpTo(string line, long last)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject entry && !entry.ContainsKey("train_runtime") && entry["step"]?.GetValue<long>() <= last;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
