using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>How the model orders what the current policy writes, beside the static set.</summary>
internal static class FreshSection
{
    public static void Draw(StringBuilder page, FreshEvidence fresh)
    {
        var unreviewed = fresh.HumanReviewed is null ? " <b>No label of these pairs was reviewed by a person</b>, so this accuracy says how well the model agrees with another machine or with nobody." : "";
        page.AppendHtml($"<p>{fresh.Fresh.Pairs} pairs of the current policy. Labels: {Words.Of(fresh.Review)}.{(fresh.SetAside.Count > 0 ? $" Set aside: {Words.Of(fresh.SetAside)}." : "")}").Append(unreviewed).Append("</p>\n");
        var rows = new List<(string Name, PairFigures Figures)>();
        if (fresh.Static is { } reference) rows.Add(("static set", reference));
        rows.Add(("fresh, all labels", fresh.Fresh));
        if (fresh.HumanReviewed is { } reviewed) rows.Add(("fresh, human-reviewed labels", reviewed));
        page.Append("<div class=\"charts\">");
        IntervalChart.Draw(page, "Accuracy, static beside fresh", "accuracy", rows.Select(row => new IntervalRow($"{row.Name} ({Figure.Count(row.Figures.Pairs)})", row.Figures.Accuracy, row.Figures.AccuracyInterval)), 0.4, 1, 0.5);
        if (fresh.Static is not null) IntervalChart.Draw(page, "Gap", "static minus fresh accuracy: right of the line, fresh is worse", [new("gap", fresh.Gap, fresh.GapInterval)], -0.1, 0.1, 0);
        foreach (var shift in fresh.Shifts.Where(shift => shift.Quantity is not "text")) BoxChart.Draw(page, $"Shift of {Words.Of(shift.Quantity)}", Words.Of(shift.Quantity), [("static", shift.Drift.Reference), ("fresh", shift.Drift.Current)]);
        page.Append("</div>\n");
        HtmlTable.Write(page, "Static beside fresh", ["pairs of", "pairs#", "accuracy#", "95 % interval#", "ties#", "loss#", "margin mean#", "margin std#", "reward mean#", "reward std#"], rows.Select(row => AccuracySection.Row(row.Name, row.Figures)));
        if (fresh.Static is null)
        {
            page.Append("<p class=\"missing\"><b>Missing.</b> No static set was given, so there is no gap and no drift.</p>");
            return;
        }
        page.AppendHtml($"<p>Gap, static minus fresh: <b>{Figure.Signed(fresh.Gap)}</b> ({Figure.Of(fresh.GapInterval)}, Newcombe).</p>");
        if (fresh.Shifts.Count == 0) return;
        HtmlTable.Write(page, "What moved from static to fresh", ["quantity", "static mean#", "fresh mean#", "Cohen’s d#", "Kolmogorov-Smirnov#", "p#", "Wasserstein#", "population stability#", "chance that fresh is higher#", "p (Mann-Whitney)#"],
            fresh.Shifts.Select(shift => (IReadOnlyList<Cell>)[
                Words.Of(shift.Quantity), Figure.Number(shift.Drift.Reference.Mean), Figure.Number(shift.Drift.Current.Mean), Figure.Signed(shift.Drift.CohenD), Figure.Number(shift.Drift.KolmogorovSmirnov.Statistic), Figure.PValue(shift.Drift.KolmogorovSmirnov.PValue),
                Figure.Number(shift.Drift.Wasserstein), Figure.Number(shift.Drift.PopulationStability), Figure.Number(shift.Drift.MannWhitney.ProbabilitySecondHigher), Figure.PValue(shift.Drift.MannWhitney.PValue)]));
        page.Append("<p class=\"note\">Population stability: below 0.1 stable, above 0.25 moved.</p>");
    }
}
