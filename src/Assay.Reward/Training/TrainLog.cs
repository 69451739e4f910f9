using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Checking;

namespace Assay.Reward.Training;

/// <summary><c>train_log.jsonl</c>: one JSON object a line, each with its <c>step</c>, written as it happens.</summary>
internal sealed class TrainLog : IDisposable
{
    private readonly StreamWriter writer;

    /// <param name="path">The file.</param>
    /// <param name="keptUpTo">Lines of an earlier part of the run up to this step are kept, later ones dropped: the resumed run writes them anew.</param>
    public TrainLog(string path, long? keptUpTo)
    {
        var kept = keptUpTo is { } last && File.Exists(path) ? [.. File.ReadLines(path).Where(line => IsUpTo(line, last))] : new List<string>();
        OutputFile.WriteAllText(Path.GetFullPath(path), string.Concat(kept.Select(line => line + "\n")));
        writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    public void Write(JsonObject line) => writer.WriteLine(line.ToJsonString());

    public void Dispose() => writer.Dispose();

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
