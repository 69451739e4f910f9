using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Assay.Data.Reading;
using Assay.Ranks;

namespace Assay.Cli;

/// <summary>
/// <c>--quiet</c> and <c>--verbose</c> of every verb. Quiet leaves results on standard output and errors on standard error, nothing else.
/// Verbose adds on standard error what helps where something is odd: settings in force and where they came from, files that were read with
/// their fingerprints, and what the run took.
/// </summary>
internal static class Loudness
{
    private const string QuietName = "--quiet",
        VerboseName = "--verbose";

    /// <summary>Gives all verbs the two options.</summary>
    public static RootCommand On(RootCommand root)
    {
        root.Options.Add(
            new Option<bool>(QuietName)
            {
                Description = "Nothing but results and errors: no remarks, no progress, no warnings.",
                Recursive = true,
            }
        );
        root.Options.Add(
            new Option<bool>(VerboseName)
            {
                Description =
                    "Say on standard error which settings are in force and from where, what was read (SHA-256), and what it took.",
                Recursive = true,
            }
        );
        return root;
    }

    /// <summary>Runs the verb as loudly as was asked for, and says what it was given and what it took where that was.</summary>
    /// <exception cref="UsageException">Both are asked for.</exception>
    public static async Task<int> Around(ParseResult parsed, Func<Task<int>> run)
    {
        Set(parsed);
        if (Terminal.Says != Terminal.Level.Details)
            return await run();
        var clock = Stopwatch.StartNew();
        Terminal.Detail($"assay {typeof(Loudness).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}");
        foreach (var option in parsed.CommandResult.Command.Options)
            Say(parsed, option);
        var code = await run();
        using var self = Process.GetCurrentProcess();
        Terminal.Detail(
            string.Create(
                CultureInfo.InvariantCulture,
                $"exit code {code}; {clock.Elapsed.TotalSeconds:0.00} s, {self.TotalProcessorTime.TotalSeconds:0.00} s of processors, {self.PeakWorkingSet64 / 1048576.0:0} MiB at the peak"
            )
        );
        return code;
    }

    private static void Set(ParseResult parsed)
    {
        bool quiet = IsGiven(parsed, QuietName),
            verbose = IsGiven(parsed, VerboseName);
        if (quiet && verbose)
            throw new UsageException($"{QuietName} and {VerboseName} do not go together");
        Terminal.Says =
            quiet ? Terminal.Level.Errors
            // Of several processes the first speaks.
            : verbose && Launcher.Find() is not { Rank: > 0 } ? Terminal.Level.Details
            : Terminal.Level.Remarks;
    }

    private static bool IsGiven(ParseResult parsed, string name) =>
        parsed.RootCommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(option => option.Name == name) is { } option
        && parsed.GetValue(option);

    private static void Say(ParseResult parsed, Option option)
    {
        if (parsed.GetResult(option) is not { } result || option is System.CommandLine.Help.HelpOption)
            return;
        if (result.Implicit)
        {
            if (DefaultOf(result) is { } standard)
                Terminal.Detail($"{option.Name} {standard} (default)");
            return;
        }
        string[] values = [.. result.Tokens.Select(token => token.Value)];
        Terminal.Detail($"{option.Name}{string.Concat(values.Select(value => " " + value))} (command line)");
        // What a verb writes is there after it, if at all: it is no input.
        if (option.Name is "--output" or "--output-dir")
            return;
        foreach (var path in values.SelectMany(FilesAt))
            Terminal.Detail(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: {new FileInfo(path).Length:N0} bytes, SHA-256 {InputFile.Sha256(path)}"
                )
            );
    }

    // A file, or those of a folder. A pipe, which can be read only once, has no length.
    private static IEnumerable<string> FilesAt(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)
        : File.Exists(path) && new FileInfo(path).Length > 0 ? [path]
        : [];

    private static string? DefaultOf(OptionResult result) =>
        result.GetValueOrDefault<object?>() switch
        {
            null or false => null,
            IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
            string text => text,
            _ => null,
        };
}
