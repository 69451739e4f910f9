using System.Text;
using Assay.Ground.Numerics;

namespace Assay.Report.Sections;

/// <summary>The accuracy beside that of a linear probe: what training more than a head has brought.</summary>
internal static class BaselineNote
{
    /// <param name="page">The page.</param>
    /// <param name="probe">The probe; null draws nothing.</param>
    /// <param name="accuracy">The model's held-out accuracy, 0..1.</param>
    /// <param name="interval">Its interval; null where it is not known.</param>
    public static void Draw(StringBuilder page, BaselineProbe? probe, double accuracy, Interval? interval)
    {
        if (probe is null)
            return;
        HtmlTable.Write(
            page,
            "The model beside a linear probe on its frozen backbone",
            ["model", "pairs#", "accuracy#", "95 % interval#"],
            [
                ["this model", "", Figure.Number(accuracy), interval is { } own ? Figure.Of(own) : Figure.Undefined],
                [$"linear probe ({probe.Name})", Figure.Count(probe.Pairs), Figure.Number(probe.Accuracy), Figure.Of(probe.Interval)],
            ]
        );
        var difference = accuracy - probe.Accuracy;
        page.AppendHtml(
            $"<p>{(difference > 0 ? "Above" : difference < 0 ? "Below" : "Equal to")} the probe by {Figure.Number(Math.Abs(difference))}{(probe.IsOfSamePairs ? "; assay compare says whether that is more than chance" : "")}.</p>"
        );
        if (!probe.IsOfSamePairs)
            page.Append(
                "<p class=\"warning\"><b>Note.</b> The probe was not shown to be judged on the same pairs: the two figures may not be compared.</p>"
            );
    }
}
