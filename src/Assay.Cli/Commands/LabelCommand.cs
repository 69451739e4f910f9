using System.CommandLine;

namespace Assay.Cli.Commands;

/// <summary><c>assay label</c>: picks the pairs most worth a person's time, and brings the labels home.</summary>
internal static class LabelCommand
{
    public static Command Create() =>
        new("label", "Pick the pairs that people should label next, and merge their labels back into a pair file.")
        {
            LabelSampleCommand.Create(),
            LabelMergeCommand.Create(),
        };
}
