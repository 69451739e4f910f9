using System.Globalization;
using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report.Sections;

/// <summary>Each check of the gate with the figure and the rows that said so.</summary>
internal static class GateSection
{
    private const int MostRows = 10;

    public static void Draw(StringBuilder page, GateEvidence gate)
    {
        HtmlTable.Write(
            page,
            "Checks of the gate",
            ["check", "verdict", "figure#", "95 % interval#", "wanted#", "rows#"],
            gate.Checks.Select(check =>
                (IReadOnlyList<Cell>)
                    [
                        Cell.Code(check.Name),
                        Verdicts.Cell(check.Verdict),
                        check.Value is { } value ? Text(check, value) : Figure.Undefined,
                        check.Interval is { } interval ? $"{Text(check, interval.Low)} to {Text(check, interval.High)}" : Figure.Undefined,
                        check.Wanted.Replace('-', '−'),
                        Figure.Count(check.Count),
                    ]
            ),
            HtmlTable.Narrow.Stacked
        );
        var obstacles = GateSummary.Of(gate).Obstacles;
        if (obstacles.Count > 0)
            page.Append("<div class=\"detail\"><h3>Why, and what to look at</h3><dl class=\"why\">");
        foreach (var obstacle in obstacles)
        {
            page.Append("<dt>");
            for (var i = 0; i < obstacle.Checks.Count; i++)
                page.AppendHtml($"{(i == 0 ? "" : ", ")}<code>{obstacle.Checks[i].Name}</code>");
            page.AppendHtml($"</dt><dd>{obstacle.Reason}.");
            if (obstacle.Checks is [{ Evidence: { } place } check])
                page.AppendHtml(
                    $" It stands in <code>{place}</code>{(check.Rows.Count > 0 ? $"; rows to look at: {Rows(check.Rows)}" : "")}."
                );
            page.Append("</dd>");
        }
        if (obstacles.Count > 0)
            page.Append("</dl></div>\n");
        page.AppendHtml(
            $"<p class=\"note\">Policy <code>{gate.Policy.Path}</code>, SHA-256 <code>{gate.Policy.Sha256}</code>. Seal <code>{gate.Seal}</code>.</p>"
        );
    }

    // The proper minus sign: a hyphen before a number breaks from it at the end of a line.
    private static string Text(GateCheckResult check, double value) => check.Text(value).Replace('-', '−');

    public static string Rows(IReadOnlyList<long> rows) =>
        rows.Count == 0
            ? Figure.Undefined
            : string.Join(", ", rows.Take(MostRows).Select(row => row.ToString(CultureInfo.InvariantCulture)))
                + (rows.Count > MostRows ? $" and {Figure.Count(rows.Count - MostRows)} more" : "");
}
