using System.Globalization;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Cli.Gates;

/// <summary>
/// A verdict for people: the verdict in two sentences, every check, then what to do about those that are not ready, each cause once.
/// </summary>
internal static class GateTable
{
    public static void Print(GateEvidence gate)
    {
        var paint = Paint.ForOutput();
        var summary = GateSummary.Of(gate);
        var verdict = paint.Verdict(GateRecord.Word(gate.Verdict));
        Console.WriteLine(
            Gate.Deciding(gate) is { } decider
                ? $"{verdict} for {gate.Use}: {decider.Name} {decider.Reason}"
                : $"{verdict} for {gate.Use}: all {gate.Checks.Count} checks of {gate.Policy.Path} are"
        );
        Console.WriteLine(summary.Sentences[0]);
        Console.WriteLine();
        var table = new ResultTable("check", "?verdict", "#figure", "#95 % interval", "#wanted", "#rows").Dispensing("rows");
        foreach (var check in gate.Checks)
        {
            table.Add(
                check.Name,
                GateRecord.Word(check.Verdict),
                check.Value is { } value ? check.Text(value) : "-",
                check.Interval is { } interval ? $"{check.Text(interval.Low)} to {check.Text(interval.High)}" : "-",
                check.Wanted,
                check.Count?.ToString(CultureInfo.InvariantCulture) ?? "-"
            );
        }
        Terminal.Print(table);
        foreach (var obstacle in summary.Obstacles)
        {
            Console.WriteLine(
                $"{paint.Verdict(GateRecord.Word(obstacle.Verdict))}  {string.Join(", ", obstacle.Checks.Select(check => check.Name))}: {obstacle.Reason}"
            );
            if (obstacle.Checks is not [var check])
                continue;
            if (check.Evidence is { } evidence)
                Console.WriteLine($"    from {evidence}");
            if (check.Rows.Count > 0)
                Console.WriteLine($"    rows to look at: {string.Join(", ", check.Rows)}");
        }
        Console.WriteLine(
            $"Of {gate.Subject.Name}, by {gate.Policy.Path}. A check passes when its whole interval does; there is no correction for the number of checks."
        );
    }
}
