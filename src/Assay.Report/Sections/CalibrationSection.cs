using System.Text;
using Assay.Evaluation.Calibration;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>Whether the model's margins mean what they say.</summary>
internal static class CalibrationSection
{
    public static void Draw(StringBuilder page, CalibrationReport report)
    {
        var verdict =
            report.MeanConfidence > report.Accuracy ? "over-confident"
            : report.MeanConfidence < report.Accuracy ? "under-confident"
            : "neither over- nor under-confident";
        page.AppendHtml(
            $"<p>The model says it would get {Figure.Number(report.MeanConfidence)} right and gets {Figure.Number(report.Accuracy)} right: on average it is {verdict}. The temperature that fits best is <b>{Figure.Number(report.Temperature.Temperature)}</b> (above 1: over-confident); it changes no order.</p>"
        );
        page.Append("<div class=\"charts\">");
        ReliabilityChart.Draw(page, "Reliability", report.EqualWidth, report.EqualMass);
        BarChart.Draw(
            page,
            "Pairs by confidence",
            "confidence, bins of equal width",
            [.. report.EqualWidth.Bins.Where(bin => bin.High > 0.5).Select(bin => ($"{bin.Low:0.#}–{bin.High:0.#}", bin.Count))]
        );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "Calibration",
            ["figure", "value#", "at the temperature#"],
            [
                [
                    "ECE, ten bins of equal width",
                    Figure.Number(report.EqualWidth.ExpectedCalibrationError),
                    Figure.Number(report.ExpectedCalibrationErrorAtTemperature),
                ],
                ["ECE, ten bins of equal mass", Figure.Number(report.EqualMass.ExpectedCalibrationError), Figure.Undefined],
                ["largest gap of a bin (MCE, equal width)", Figure.Number(report.EqualWidth.MaximumCalibrationError), Figure.Undefined],
                [
                    "negative log likelihood",
                    Figure.Number(report.NegativeLogLikelihood),
                    Figure.Number(report.NegativeLogLikelihoodAtTemperature),
                ],
                ["Brier score", Figure.Number(report.Brier), Figure.Undefined],
                ["loss when 10 is added to every score", Figure.Number(report.LossPlusTen), Figure.Undefined],
                ["loss when every score is tripled", Figure.Number(report.LossTimesThree), Figure.Undefined],
            ]
        );
        Bins(page, "Reliability, bins of equal width", report.EqualWidth);
        Bins(page, "Reliability, bins of equal mass", report.EqualMass);
    }

    private static void Bins(StringBuilder page, string caption, ReliabilityTable table) =>
        HtmlTable.Write(
            page,
            caption,
            ["confidence", "pairs#", "said#", "right#", "gap#"],
            table
                .Bins.Where(bin => bin.Count > 0)
                .Select(bin =>
                    (IReadOnlyList<Cell>)
                        [
                            $"{Figure.Number(bin.Low)} to {Figure.Number(bin.High)}",
                            Figure.Count(bin.Count),
                            Figure.Number(bin.MeanProbability),
                            Figure.Number(bin.WinRate),
                            Figure.Number(bin.Gap),
                        ]
                )
        );
}
