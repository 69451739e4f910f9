using System.Text;
using System.Text.Json;
using Assay.Data.Records;
using Assay.Ground.Files;
using Assay.Reward.Training.Following;

namespace Assay.Reward.Training;

/// <summary>
/// <c>train_log.jsonl</c>: one JSON object a line, each with its <c>step</c>, written as it happens; and its numbers wherever else
/// <c>report_to</c> wants them.
/// </summary>
internal sealed class TrainLog : IDisposable
{
    private readonly string path;
    private readonly FileStream stream;
    private readonly IReadOnlyList<ILogDestination> destinations;

    /// <summary>
    /// Goes on with the log of a folder: lines up to the step that is kept stay, later ones are dropped, for the resumed run writes them
    /// anew.
    /// </summary>
    public TrainLog(LogContext context)
    {
        path = Path.Combine(context.Folder, LogLine.FileName);
        var kept =
            context.KeptUpTo is { } last && File.Exists(path)
                ?
                [
                    .. File.ReadLines(path)
                        .Where(line => IsUpTo(line, last))
                        .TakeWhile(line => !(context.OwesEvaluation && IsEvaluationOf(line, last))),
                ]
                : new List<string>();
        OutputFile.WriteAllText(path, string.Concat(kept.Select(line => line + "\n")));
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            destinations = LogDestination.OpenAll(context);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public void Write(LogLine line)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(line.ToText() + "\n"));
            if (destinations.Count == 0)
                return;
            // A line without numbers, such as an alarm, is the log's alone.
            (string, double)[] figures =
            [
                .. line
                    .Figures.Where(figure => figure is { Key: not LogLine.StepField, Value: not null })
                    .Select(figure => (figure.Key, figure.Value!.Value)),
            ];
            if (figures.Length == 0)
                return;
            foreach (var destination in destinations)
                destination.Write(line.Step, figures);
        }
        catch (Exception error) when (DiskRoom.IsOfDisk(error))
        {
            throw new IOException(
                $"{path} could not be written: {error.Message.TrimEnd('.')}. {DiskRoom.FreeText(path)} there: make room, and go on from the newest checkpoint with --resume",
                error
            );
        }
    }

    /// <summary>Tells what follows the run how it ended.</summary>
    public void End(RunEnd end)
    {
        foreach (var destination in destinations)
            destination.End(end);
    }

    public void Dispose()
    {
        stream.Dispose();
        foreach (var destination in destinations)
            destination.Dispose();
    }

    private static bool IsEvaluationOf(string line, long step) => LogLine.Parse(line) is { IsEvaluation: true } entry && entry.Step == step;

    // A line cut short by a kill is not a line; the summary of an earlier, finished run has no place in a run that goes on.
    private static bool IsUpTo(string line, long last)
    {
        try
        {
            return LogLine.Parse(line) is { IsSummary: false } entry && entry.Step <= last;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
