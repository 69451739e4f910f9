using System.Globalization;
using System.Runtime.InteropServices;

namespace Assay.Cli;

/// <summary>
/// A fault of the program's own, which no input should be able to cause: one line for the person, and a file with what whoever mends it
/// needs.
/// </summary>
internal static class FaultReport
{
    /// <summary>Says it and writes the file; returns the exit code.</summary>
    public static int Tell(Exception fault, IReadOnlyList<string> arguments)
    {
        var what = $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
        Console.Error.WriteLine(
            $"assay: a fault of assay itself, not of your input: {what} ({Write(fault, arguments) switch
        {
            { } path => $"details: {path}; please report it with that file",
            null => "details could not be written",
        }})"
        );
        Console.Error.Flush(); // the process may end here
        return ExitCode.Fault;
    }

    private static string? Write(Exception fault, IReadOnlyList<string> arguments)
    {
        try
        {
            var path = Path.Combine(
                Path.GetTempPath(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"assay-fault-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}.txt"
                )
            );
            File.WriteAllText(
                path,
                $"""
                assay {typeof(FaultReport).Assembly.GetName().Version?.ToString(
                    3
                )}, .NET {Environment.Version}, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})
                folder: {Environment.CurrentDirectory}
                command: assay {string.Join(
                    ' ',
                    arguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument)
                )}

                {fault}

                """
            );
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
