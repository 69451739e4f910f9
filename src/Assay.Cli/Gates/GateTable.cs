using System.Globalization;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Spectre.Console;

namespace Assay.Cli.Gates;

/// <summary>A verdict for people: the deciding reason, every check, then what to do about those that are not ready.</summary>
internal static class GateTable
{
    public static void Print(GateEvidence gate)
    {
        string verdict = GateRecord.Word(gate.Verdict);
        Console.WriteLine(Gate.Deciding(gate) is { } decider
            ? $"{verdict} for {gate.Use}: {decider.Name} {decider.Reason}"
            : $"{verdict} for {gate.Use}: all {gate.Checks.Count} checks of {gate.Policy.Path} are");
        var table = new Table { Border = TableBorder.Simple };
        foreach (string name in new[] { "check", "verdict", "figure", "95 % interval", "wanted", "rows" })
            table.AddColumn(new TableColumn(name) { Alignment = name is "check" or "verdict" ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (GateCheckResult check in gate.Checks)
        {
            table.AddRow(Markup.Escape(check.Name), GateRecord.Word(check.Verdict), Number(check.Value), check.Interval is { } interval ? $"{Number(interval.Low)} to {Number(interval.High)}" : "-",
                Markup.Escape(check.Wanted), check.Count?.ToString(CultureInfo.InvariantCulture) ?? "-");
        }
        Terminal.Print(table);
        foreach (GateCheckResult check in gate.Checks.Where(check => check.Verdict != GateVerdict.Ready).OrderBy(check => check.Verdict))
        {
            Console.WriteLine($"{GateRecord.Word(check.Verdict)}  {check.Name}: {check.Reason}");
            if (check.Evidence is { } evidence) Console.WriteLine($"    from {evidence}");
            if (check.Rows.Count > 0) Console.WriteLine($"    rows to look at: {string.Join(", ", check.Rows)}");
        }
        Console.WriteLine($"Of {gate.Subject.Name}, by {gate.Policy.Path}. A check passes when its whole interval does; there is no correction for the number of checks.");
    }

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.####", CultureInfo.InvariantCulture) : "-";
}
