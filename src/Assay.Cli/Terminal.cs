using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Records;
using Assay.Ranks;

namespace Assay.Cli;

/// <summary>
/// What verbs print with: results on standard output, everything else on standard error, a live line only where a person looks.
/// </summary>
internal static class Terminal
{
    /// <summary>Whether a live line may be drawn: standard error is a terminal that understands carriage returns.</summary>
    public static bool IsInteractive { get; } =
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether it can be given the block characters of a curve.</summary>
    public static bool HasBlocks { get; } = IsInteractive && Console.OutputEncoding.CodePage == Encoding.UTF8.CodePage;

    /// <summary>How much is said on standard error; see <see cref="Loudness"/>.</summary>
    public enum Level
    {
        Errors,
        Remarks,
        Details,
    }

    public static Level Says { get; set; } = Level.Remarks;

    /// <summary>
    /// Whether nobody sees standard output as it is written: mpirun gives its processes a terminal of no width, and passes on what they
    /// write.
    /// </summary>
    public static bool IsPiped { get; } = Console.IsOutputRedirected || Launcher.Find() is not null;

    /// <summary>Where nobody looks at a live line, one line of it is written this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Columns of a table that goes into a pipe or a file.</summary>
    private const int PipedWidth = 100;

    private static readonly Stopwatch SinceWritten = Stopwatch.StartNew();
    private static TextWriter? _rawOutput,
        _rawError,
        _wrapping;
    private static int _liveLength;

    /// <summary>
    /// Keeps .NET from sending the terminal a code before the first output, and after every child process, by which its keys send other
    /// codes: no verb reads keys, and a result begins with its own first letter. What terminfo says of the terminal in <c>TERM</c> is
    /// looked up once, at the first write.
    /// </summary>
    public static void LeaveKeysAsTheyAre()
    {
        var term = Environment.GetEnvironmentVariable("TERM");
        Environment.SetEnvironmentVariable("TERM", null);
        using (var output = Console.OpenStandardOutput())
            output.Write([]);
        Environment.SetEnvironmentVariable("TERM", term);
    }

    /// <summary>From now on, lines to a terminal break between words.</summary>
    public static void WrapLines()
    {
        _rawError = Console.Error;
        if (IsPiped)
            _rawOutput = Console.Out;
        else
            WrapOutput(Console.Out, () => Console.WindowWidth);
        if (IsInteractive)
            Console.SetError(new WrappingWriter(_rawError, () => Console.WindowWidth));
    }

    /// <summary>Standard output goes to a writer with its lines broken between words, but for what is printed as it is.</summary>
    internal static void WrapOutput(TextWriter output, Func<int> width)
    {
        _rawOutput = output;
        Console.SetOut(new WrappingWriter(output, width));
        // What the console made of it: a writer around ours.
        _wrapping = Console.Out;
    }

    /// <summary>
    /// Columns for a table on standard output: the terminal's; in a pipe those that <c>COLUMNS</c> names, else a hundred.
    /// </summary>
    public static int TableWidth =>
        !IsPiped ? Console.WindowWidth
        : int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
        && columns > 0
            ? columns
        : PipedWidth;

    /// <summary>Columns for the live line on standard error.</summary>
    public static int LiveWidth => IsInteractive ? Math.Max(20, Console.WindowWidth - 1) : PipedWidth;

    /// <summary>
    /// Replaces the live line. Where standard error is no terminal, it is written as a line of its own, but not more often than every half
    /// minute.
    /// </summary>
    public static void Live(string line)
    {
        if (Says == Level.Errors)
            return;
        if (!IsInteractive)
        {
            if (SinceWritten.Elapsed < Pause)
                return;
            SinceWritten.Restart();
            Console.Error.WriteLine(line);
            return;
        }
        if (line.Length > LiveWidth)
            line = line[..LiveWidth];
        var error = _rawError ?? Console.Error;
        error.Write('\r' + line.PadRight(_liveLength));
        error.Flush();
        _liveLength = line.Length;
    }

    /// <summary>
    /// The parts of a live line that fit beside each other: the first that does not, and what comes after it by rank, is left out.
    /// </summary>
    /// <param name="width">Columns that there are.</param>
    /// <param name="parts">In the order of the line, each with its rank: what has the highest goes first.</param>
    public static string Fitting(int width, params ReadOnlySpan<(string Text, int Rank)> parts)
    {
        List<(string Text, int Rank)> kept = [.. parts];
        while (kept.Count > 1 && Line(" ").Length > width)
            kept.Remove(kept.MaxBy(part => part.Rank));
        return Line("  ") is { } line && line.Length <= width ? line : Line(" ");

        string Line(string gap) => string.Join(gap, kept.Select(part => part.Text));
    }

    /// <summary>Ends the live line, so that the next text starts on a line of its own.</summary>
    public static void EndLive()
    {
        if (_liveLength == 0)
            return;
        var error = _rawError ?? Console.Error;
        error.Write('\r' + new string(' ', _liveLength) + '\r');
        error.Flush();
        _liveLength = 0;
    }

    /// <summary>A remark for the person at the terminal: standard error, never part of a result.</summary>
    public static void Note(string text)
    {
        if (Says != Level.Errors)
            Error(text);
    }

    /// <summary>What was wrong: standard error, also where remarks are not wanted.</summary>
    public static void Error(string text)
    {
        EndLive();
        Console.Error.WriteLine(text);
    }

    /// <summary>What helps where something is odd: standard error, where it was asked for.</summary>
    public static void Detail(string text)
    {
        if (Says == Level.Details)
            Error($"assay: {text}");
    }

    /// <summary>Prints a table on standard output, as wide as there is room.</summary>
    public static void Print(ResultTable table)
    {
        foreach (var line in table.Lines(TableWidth, Paint.ForOutput()))
            Console.WriteLine(line);
    }

    /// <summary>Prints text that is to be copied or parsed: not a space is changed, however narrow the terminal.</summary>
    public static void PrintAsIs(string text)
    {
        Console.Out.Flush();
        var output = ReferenceEquals(Console.Out, _wrapping) ? _rawOutput! : Console.Out;
        output.WriteLine(text);
        output.Flush();
    }

    /// <summary>Prints a result for machines: indented JSON on standard output.</summary>
    public static void PrintJson(JsonNode result) => PrintAsIs(result.ToJsonString(Json));

    /// <summary>Prints a record of training or scoring as it stands in its file.</summary>
    public static void PrintRecord<T>(T record) => PrintAsIs(RecordFile.TextOf(record));

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A share as the tables print it: 0.6305.</summary>
    public static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A figure of any size: with its power of ten where it is long, by words where there is none.</summary>
    public static string Figure(double value) =>
        double.IsNaN(value) ? "none"
        : double.IsInfinity(value) ? "not computable"
        : value.ToString(Math.Abs(value) < 1e9 ? "0.0000" : "0.####e+0", CultureInfo.InvariantCulture);

    /// <summary>A p-value as the tables print it.</summary>
    public static string PValue(double value) => value < 0.0001 ? "< 0.0001" : Share(value);

    /// <summary>
    /// How far a pass over files is: <c>1,200,000 rows, 61,000 rows/s, 12 %, 2m 24s left</c>; without share and rest where the bytes are
    /// not known.
    /// </summary>
    public static string Pace(long rowCount, long bytesRead, long bytesTotal, TimeSpan elapsed)
    {
        var share = bytesTotal == 0 ? 0 : Math.Min(1, (double)bytesRead / bytesTotal);
        var pace = string.Create(
            CultureInfo.InvariantCulture,
            $"{rowCount:N0} rows, {rowCount / Math.Max(elapsed.TotalSeconds, 1e-3):N0} rows/s"
        );
        return share > 0.001
            ? string.Create(CultureInfo.InvariantCulture, $"{pace}, {share:0 %}, {Duration(elapsed * ((1 - share) / share))} left")
            : pace;
    }

    /// <summary>
    /// How far a pass over so many things is: <c>scored 640 of 1,300 pairs, 12.4 pairs/s, 53s left</c>; without the rest where nobody knows
    /// how many there are.
    /// </summary>
    public static string Pace(long done, string things, long? total, TimeSpan elapsed)
    {
        var rate = string.Create(CultureInfo.InvariantCulture, $"{done / Math.Max(elapsed.TotalSeconds, 1e-3):0.0} {things}/s");
        return total is { } all && all >= done
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"scored {done:N0} of {all:N0} {things}, {rate}, {Duration(elapsed * ((double)(all - done) / done))} left"
            )
            : string.Create(CultureInfo.InvariantCulture, $"scored {done:N0} {things}, {rate}");
    }

    /// <summary>A duration as people read it: 43s, 7m 05s, 2h 10m.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}h {time.Minutes:00}m"
        : time.TotalMinutes >= 1 ? $"{time.Minutes}m {time.Seconds:00}s"
        : $"{time.TotalSeconds:0}s";
}
