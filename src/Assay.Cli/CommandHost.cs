using System.CommandLine;
using System.Globalization;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;

namespace Assay.Cli;

/// <summary>Runs the parsed verb and turns what goes wrong into one line on standard error and the right exit code.</summary>
internal static class CommandHost
{
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        HubSnapshot.Find = FromHub.Base;
        // An environment can undo the program's own setting (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT).
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : [.. arguments.Select(WithHome)]);
            // A shell asks what may follow a line that is not yet one.
            var wrong = IsSuggestion(arguments) ? [] : UsageErrors.Of(parsed);
            if (wrong.Count == 0)
            {
                var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
                // A server answers what is under way before it ends, and sees to the signals itself.
                if (parsed.CommandResult.Command.Name == Commands.ServeCommand.Name)
                    configuration.ProcessTerminationTimeout = null;
                return await Loudness.Around(parsed, () => RankedRun.InvokeAsync(parsed, configuration));
            }
            if (Ranks.Launcher.Find() is { Rank: > 0 })
                return ExitCode.BadInput; // the first says it
            foreach (var message in wrong)
                Console.Error.WriteLine($"assay: {message}");
            Console.Error.WriteLine($"See: assay {(UsageErrors.VerbOf(parsed) is { Length: > 0 } verb ? verb + " " : "")}--help");
            return ExitCode.BadInput;
        }
        catch (Exception error)
        {
            return Tell(error, arguments);
        }
    }

    private static string WithHome(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? argument[..(at + 1)] + HomeFolder.Expand(argument[(at + 1)..])
            : argument;

    private static bool IsSuggestion(string[] arguments) =>
        arguments is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);

    /// <summary>What ends the process from a thread of its own, where nobody can catch it.</summary>
    public static void ReportFaultsOfOtherThreads(string[] arguments) =>
        AppDomain.CurrentDomain.UnhandledException += (_, raised) => Environment.Exit(Tell((Exception)raised.ExceptionObject, arguments));

    private static int Tell(Exception error, string[] arguments)
    {
        // Work on several threads wraps what went wrong in it.
        if (error is AggregateException several && several.Flatten().InnerExceptions is { Count: > 0 } inner)
            error = inner.FirstOrDefault(one => !IsOfTheInput(one) && one is not OperationCanceledException) ?? inner[0];
        var code =
            error is OperationCanceledException ? ExitCode.Interrupted
            : IsOfTheInput(error) ? ExitCode.BadInput
            : ExitCode.Fault;
        var speaker = RankedRun.Speaker(error, code);
        if (code == ExitCode.Fault)
            return FaultReport.Tell(error, arguments);
        Console.Error.WriteLine(speaker + (code == ExitCode.Interrupted ? "stopped" : error.Message));
        return code;
    }

    /// <summary>
    /// Every library says "your input is wrong" with a FormatException (or its kind); files that are missing or closed to us are the user's
    /// to mend too.
    /// </summary>
    private static bool IsOfTheInput(Exception error) =>
        error is UsageException or FormatException or IOException or UnauthorizedAccessException;
}
