using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Assay.Cli;

/// <summary>What verbs print with: results on standard output, everything else on standard error, a live line only where a person looks.</summary>
internal static class Terminal
{
    /// <summary>Whether a live line may be drawn: standard error is a terminal that understands carriage returns.</summary>
    public static bool IsInteractive { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static int _liveLength;

    /// <summary>Replaces the live line; does nothing when standard error is not a terminal.</summary>
    public static void Live(string line)
    {
        if (!IsInteractive) return;
        int width = Math.Max(20, Console.WindowWidth - 1);
        if (line.Length > width) line = line[..width];
        Console.Error.Write('\r' + line.PadRight(_liveLength));
        _liveLength = line.Length;
    }

    /// <summary>Ends the live line, so that the next text starts on a line of its own.</summary>
    public static void EndLive()
    {
        if (_liveLength == 0) return;
        Console.Error.Write('\r' + new string(' ', _liveLength) + '\r');
        _liveLength = 0;
    }

    /// <summary>A remark for the person at the terminal: standard error, never part of a result.</summary>
    public static void Note(string text)
    {
        EndLive();
        Console.Error.WriteLine(text);
    }

    /// <summary>Prints a table or the like on standard output; a pipe has no width to wrap at.</summary>
    public static void Print(IRenderable result)
    {
        // Made anew each time: Spectre's own console keeps the writer that it found first.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = 200;
        console.Write(result);
    }

    /// <summary>Prints a result for machines: indented JSON on standard output.</summary>
    public static void PrintJson(JsonNode result) => Console.WriteLine(result.ToJsonString(Json));

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A share as the tables print it: 0.6305.</summary>
    public static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A p-value as the tables print it.</summary>
    public static string PValue(double value) => value < 0.0001 ? "< 0.0001" : Share(value);

    /// <summary>An empty table of the kind all verbs print, whose columns do not wrap.</summary>
    public static Table NewTable(params ReadOnlySpan<(string Name, Justify Alignment)> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var (name, alignment) in columns) table.AddColumn(new TableColumn(name) { Alignment = alignment, NoWrap = true });
        return table;
    }

    /// <summary>How far a pass over files is: <c>1,200,000 rows, 61,000 rows/s, 12 %, 2m 24s left</c>; without share and rest where the bytes are not known.</summary>
    public static string Pace(long rowCount, long bytesRead, long bytesTotal, TimeSpan elapsed)
    {
        var share = bytesTotal == 0 ? 0 : Math.Min(1, (double)bytesRead / bytesTotal);
        var pace = string.Create(CultureInfo.InvariantCulture, $"{rowCount:N0} rows, {rowCount / Math.Max(elapsed.TotalSeconds, 1e-3):N0} rows/s");
        return share > 0.001 ? string.Create(CultureInfo.InvariantCulture, $"{pace}, {share:0 %}, {Duration(elapsed * ((1 - share) / share))} left") : pace;
    }

    /// <summary>A duration as people read it: 43s, 7m 05s, 2h 10m.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}h {time.Minutes:00}m"
        : time.TotalMinutes >= 1 ? $"{time.Minutes}m {time.Seconds:00}s" : $"{time.TotalSeconds:0}s";
}
