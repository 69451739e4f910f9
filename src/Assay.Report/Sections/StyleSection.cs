using System.Text;
using Assay.Evaluation.Audits;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>Whether scores follow the look of an answer.</summary>
internal static class StyleSection
{
    public static void Draw(StringBuilder page, StyleAudit audit)
    {
        page.Append(
            "<p>A model that prefers more of a feature than people do, and errs when people preferred less of it, pays for style.</p><div class=\"charts\">"
        );
        IntervalChart.Draw(
            page,
            "Accuracy when the preferred answer has less of it",
            "accuracy",
            audit
                .Features.Where(feature => feature.UnequalPairs > 0)
                .Select(feature => new IntervalRow(
                    Words.Of(feature.Feature),
                    feature.AccuracyWhenChosenHasLess,
                    feature.IntervalWhenChosenHasLess
                )),
            0,
            1,
            0.5
        );
        IntervalChart.Draw(
            page,
            "What the model adds to people’s taste",
            "share preferring more: model minus people",
            audit
                .Features.Where(feature => feature.UnequalPairs > 0)
                .Select(feature => new IntervalRow(Words.Of(feature.Feature), feature.Excess, null)),
            double.NaN,
            double.NaN,
            0
        );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "Style features",
            [
                "feature",
                "pairs that differ#",
                "people prefer more#",
                "model prefers more#",
                "model minus people#",
                "right when chosen has more#",
                "right when chosen has less#",
                "95 % interval#",
                "ρ with margin#",
                "ρ given length#",
            ],
            audit.Features.Select(feature =>
                (IReadOnlyList<Cell>)
                    [
                        Words.Of(feature.Feature),
                        Figure.Count(feature.UnequalPairs),
                        Figure.Number(feature.LabelPrefersMore),
                        Figure.Number(feature.ModelPrefersMore),
                        Figure.Signed(feature.Excess),
                        Figure.Number(feature.AccuracyWhenChosenHasMore),
                        Figure.Number(feature.AccuracyWhenChosenHasLess),
                        Figure.Of(feature.IntervalWhenChosenHasLess),
                        Figure.Signed(feature.WithMargin.Coefficient),
                        feature.WithMarginGivenLength is { } given ? Figure.Signed(given.Coefficient) : Figure.Undefined,
                    ]
            )
        );
        if (audit.LabelOnMarginAndStyle is { } label)
            LengthSection.Fit(page, "People’s preference on margin and style", label);
        if (audit.ModelOnStyle is { } model)
            LengthSection.Fit(page, "The model’s preference on style alone", model);
        foreach (var note in audit.Notes)
            page.AppendHtml($"<p class=\"note\">{note}</p>");
    }
}
