using System.CommandLine;
using System.Globalization;
using Assay.Cli.Commands;
using Assay.Data.Reading;

namespace Assay.Cli;

/// <summary>The verb table. A verb is one file under Commands/ with one <c>Create</c>; to add one, add its line here.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        Terminal.LeaveKeysAsTheyAre();
        CommandHost.ReportFaultsOfOtherThreads(arguments);
        Terminal.WrapLines();
        Pipes.Kept = (name, bytes) =>
            Terminal.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"assay: {name} can be read only once and is read again: its {bytes:N0} bytes are kept in {Path.GetTempPath()} until the end"
                )
            );
        var code = await CommandHost.RunAsync(Root(), arguments);
        Console.Out.Flush();
        Console.Error.Flush();
        return code;
    }

    /// <summary>The whole command line, made anew: tests run it in their own process.</summary>
    public static RootCommand Root() => Loudness.On(Verbs());

    private static RootCommand Verbs() =>
        new("Assay: check preference pairs, train a reward model, find out whether it may be trusted.")
        {
            CheckCommand.Create(),
            SplitCommand.Create(),
            StrengthCommand.Create(),
            TrainCommand.Create(),
            DpoCommand.Create(),
            MergeCommand.Create(),
            EvalCommand.Create(),
            AuditCommand.Create(),
            BenchmarkCommand.Create(),
            FreshCommand.Create(),
            LabelCommand.Create(),
            CompareCommand.Create(),
            SelectCommand.Create(),
            GateCommand.Create(),
            ReportCommand.Create(),
            ScoreCommand.Create(),
            RankCommand.Create(),
            JudgeCommand.Create(),
            VerifyCommand.Create(),
            ProcessCommand.Create(),
            ServeCommand.Create(),
            VerifyEndpointCommand.Create(),
            ExportCommand.Create(),
            ShapeCommand.Create(),
            OveroptCommand.Create(),
            AdviseCommand.Create(),
            InspectCommand.Create(),
            DoctorCommand.Create(),
            QuickstartCommand.Create(),
            CompletionCommand.Create(),
        };
}
