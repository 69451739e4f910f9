using System.CommandLine;

namespace Assay.Cli.Commands;

/// <summary><c>assay process</c>: rewards for steps instead of whole answers.</summary>
internal static class ProcessCommand
{
    public static Command Create() =>
        new("process", "Rewards for the steps of a solution.")
        {
            ProcessTrainCommand.Create(),
            ProcessScoreCommand.Create(),
            ProcessEvalCommand.Create(),
        };
}
