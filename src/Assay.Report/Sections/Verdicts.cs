using Assay.Evaluation.Gates;

namespace Assay.Report.Sections;

/// <summary>A verdict as people read it: a sign and a word, and a class of the stylesheet.</summary>
internal static class Verdicts
{
    public static Cell Cell(GateVerdict verdict) => Report.Cell.Marked(Text(verdict), Style(verdict));

    public static string Text(GateVerdict verdict) =>
        verdict switch
        {
            GateVerdict.Ready => "✓ ready",
            GateVerdict.NotReady => "✗ not ready",
            _ => "? cannot tell",
        };

    public static string Style(GateVerdict verdict) =>
        verdict switch
        {
            GateVerdict.Ready => "good",
            GateVerdict.NotReady => "bad",
            _ => "open",
        };

    /// <summary>For what either holds or not.</summary>
    public static Cell Holds(bool holds, string yes, string no) =>
        Report.Cell.Marked(holds ? "✓ " + yes : "✗ " + no, holds ? "good" : "bad");
}
