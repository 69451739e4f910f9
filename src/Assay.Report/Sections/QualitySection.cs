using System.Text;
using Assay.Data.Checking;

namespace Assay.Report.Sections;

/// <summary>What the check of the data found, in the order of how many rows it concerns.</summary>
internal static class QualitySection
{
    private const int MostReasons = 30,
        MostWarnings = 20;

    public static void Draw(StringBuilder page, CheckReport check)
    {
        page.AppendHtml(
            $"<p>{check.RowCount} rows gave {check.ItemCount} pairs and rows set aside: <b class=\"kept\">{Figure.Count(check.KeptCount)} kept</b>, <b class=\"review\">{Figure.Count(check.ReviewCount)} for review</b>, <b class=\"quarantine\">{check.QuarantineCount} in quarantine</b>; {check.ErrorCount} could not be read.</p>"
        );
        foreach (var warning in check.Warnings.Take(MostWarnings))
            page.AppendHtml($"<p class=\"warning\">{warning}</p>");
        if (check.Reasons.Count == 0)
            page.Append("<p>The contract found nothing to set aside.</p>");
        else
            HtmlTable.WriteSome(
                page,
                "Why rows were set aside",
                ["reason", "goes to", "rows#"],
                [.. check.Reasons.OrderByDescending(reason => reason.Count)],
                MostReasons,
                CheckReport.FileName,
                reason => [Cell.Code(reason.Code), Cell.Marked(reason.Status, reason.Status), Figure.Count(reason.Count)]
            );
        if (check.Agreement?.KrippendorffAlpha is { Value: { } alpha } coefficient)
            page.AppendHtml(
                $"<p>Votes agree with Krippendorff’s alpha {Figure.Number(alpha)} ({Figure.Number(coefficient.Low)} to {Figure.Number(coefficient.High)}) over {check.Agreement.PairedRowCount} rows.</p>"
            );
    }
}
