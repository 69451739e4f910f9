using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Checking;

namespace Assay.Reward.Training;

/// <summary><c>train_log.jsonl</c>: one JSON object a line, each with its <c>step</c>, written as it happens.</summary>
internal sealed class TrainLog : IDisposable
{
    private readonly string path;
    private readonly FileStream stream;

    /// <param name="path">The file.</param>
    /// <param name="keptUpTo">Lines of an earlier part of the run up to this step are kept, later ones dropped: the resumed run writes them anew.</param>
    public TrainLog(string path, long? keptUpTo)
    {
        var kept = keptUpTo is { } last && File.Exists(path) ? [.. File.ReadLines(path).Where(line => IsUpTo(line, last))] : new List<string>();
        OutputFile.WriteAllText(Path.GetFullPath(path), string.Concat(kept.Select(line => line + "\n")));
        this.path = path;
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public void Write(JsonObject line)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
        }
        catch (Exception error) when (DiskRoom.IsOfDisk(error))
        {
            throw new IOException($"{path} could not be written: {error.Message.TrimEnd('.')}. {DiskRoom.FreeText(path)} there: make room, and go on from the newest checkpoint with --resume", error);
        }
    }

    public void Dispose() => stream.Dispose();

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
