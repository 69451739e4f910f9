using System.Globalization;
using System.Text;
using Assay.Evaluation.Evidence;

namespace Assay.Report.Sections;

/// <summary>Each check of the gate with the figure and the rows that said so.</summary>
internal static class GateSection
{
    private const int MostRows = 10;

    public static void Draw(StringBuilder page, GateEvidence gate)
    {
        HtmlTable.Write(page, "Checks of the gate", ["check", "verdict", "figure#", "95 % interval#", "wanted#", "rows#", "why", "where it stands", "rows to look at"],
            gate.Checks.Select(check => (IReadOnlyList<Cell>)[
                Cell.Code(check.Name), Verdicts.Cell(check.Verdict), Figure.Number(check.Value), Figure.Of(check.Interval), check.Wanted, Figure.Count(check.Count), check.Reason, check.Evidence is null ? Figure.Undefined : Cell.Code(check.Evidence), Rows(check.Rows)]));
        page.AppendHtml($"<p class=\"note\">Policy <code>{gate.Policy.Path}</code>, SHA-256 <code>{gate.Policy.Sha256}</code>. Seal <code>{gate.Seal}</code>.</p>");
    }

    public static string Rows(IReadOnlyList<long> rows) => rows.Count == 0 ? Figure.Undefined
        : string.Join(", ", rows.Take(MostRows).Select(row => row.ToString(CultureInfo.InvariantCulture))) + (rows.Count > MostRows ? $" and {Figure.Count(rows.Count - MostRows)} more" : "");
}
