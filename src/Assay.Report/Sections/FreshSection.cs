using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>How the model orders what the current policy writes, beside the static set.</summary>
internal static class FreshSection
{
    private const int MostGenerators = 20;

    public static void Draw(StringBuilder page, FreshEvidence fresh, GateEvidence? gate)
    {
        foreach (var first in fresh.Meaning.Take(1))
            page.AppendHtml($"<p><b>{first}</b></p>");
        foreach (var further in fresh.Meaning.Skip(1))
            page.AppendHtml($"<p>{further}</p>");
        var unreviewed = fresh.HumanReviewed is null
            ? " <b>No label of these pairs was reviewed by a person</b>, so this accuracy says how well the model agrees with another machine or with nobody."
            : "";
        page.AppendHtml(
                $"<p>{fresh.Fresh.Pairs} pairs, {fresh.Prompts} prompts{(fresh.Policy is { } policy ? $", of {policy} alone" : "")}. Labels: {Words.Of(fresh.Review)}.{(fresh.SetAside.Count > 0 ? $" Set aside: {Words.Of(fresh.SetAside)}." : "")}"
            )
            .Append(unreviewed);
        if (fresh.SharedPrompts is { } shared)
            page.AppendHtml($" {shared} of the prompts stand in the static set too.");
        if (fresh.IsWeighted)
            page.Append(" Pairs count by the number of pairs they stand for, one over their sampling probability.");
        page.Append("</p>\n");
        var rows = new List<(string Name, PairFigures Figures, Interval? ByPrompt)>();
        if (fresh.Static is { } reference)
            rows.Add(("static set", reference, fresh.StaticIntervalByPrompt));
        rows.Add(("fresh, all labels", fresh.Fresh, fresh.IntervalByPrompt));
        if (fresh.HumanReviewed is { } reviewed)
            rows.Add(("fresh, human-reviewed labels", reviewed, fresh.HumanReviewedIntervalByPrompt));
        page.Append("<div class=\"charts\">");
        // Pairs of one prompt are not independent: where prompts were resampled, theirs is the interval to look at.
        IntervalChart.Draw(
            page,
            "Accuracy, static beside fresh",
            fresh.IntervalByPrompt is null ? "accuracy" : "accuracy, 95 % by prompt",
            rows.Select(row => new IntervalRow(
                $"{row.Name} ({Figure.Count(row.Figures.Pairs)})",
                row.Figures.Accuracy,
                row.ByPrompt ?? row.Figures.AccuracyInterval
            )),
            0.4,
            1,
            0.5,
            PolicyLimit.Of(gate, "fresh_accuracy")
        );
        if (fresh.Static is not null)
            IntervalChart.Draw(
                page,
                "Gap",
                "static minus fresh accuracy: right of the line, fresh is worse",
                [new("gap", fresh.Gap, fresh.GapIntervalByPrompt ?? fresh.GapInterval)],
                -0.1,
                0.1,
                0,
                PolicyLimit.Of(gate, "fresh_gap")
            );
        foreach (var shift in fresh.Shifts)
            BoxChart.Draw(
                page,
                $"Shift of {Words.Of(shift.Quantity)}",
                Words.Of(shift.Quantity),
                [("static", shift.Drift.Reference), ("fresh", shift.Drift.Current)]
            );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "Static beside fresh",
            [
                "pairs of",
                "pairs#",
                "accuracy#",
                "95 % interval#",
                "ties#",
                "loss#",
                "margin mean#",
                "margin std#",
                "reward mean#",
                "reward std#",
            ],
            rows.Select(row => AccuracySection.Row(row.Name, row.Figures))
        );
        HtmlTable.Write(
            page,
            "Accuracy with prompts resampled whole",
            ["pairs of", "accuracy#", "95 % interval by prompt#"],
            rows.Select(row => (IReadOnlyList<Cell>)[row.Name, Figure.Number(row.Figures.Accuracy), Figure.Of(row.ByPrompt)])
        );
        if (fresh.Static is null)
            page.Append("<p class=\"missing\"><b>Missing.</b> No static set was given, so there is no gap and no drift.</p>");
        else
            page.AppendHtml(
                $"<p>Gap, static minus fresh: <b>{Figure.Signed(fresh.Gap)}</b> ({Figure.Of(fresh.GapInterval)}, Newcombe; {Figure.Of(fresh.GapIntervalByPrompt)} from the intervals by prompt).</p>"
            );
        if (fresh.Shifts.Count > 0)
            DriftTable.Write(
                page,
                "What moved from static to fresh",
                "static",
                "fresh",
                fresh.Shifts.Select(shift => (Words.Of(shift.Quantity), shift.Drift))
            );
        // Generators have names of their own, in which an underscore is an underscore.
        if (fresh.Generators.Count > 0)
            HtmlTable.WriteSome(
                page,
                "Answers by generator",
                ["generator", "answers#"],
                [
                    .. fresh
                        .Generators.OrderByDescending(generator => generator.Value)
                        .ThenBy(generator => generator.Key, StringComparer.Ordinal),
                ],
                MostGenerators,
                FreshEvidence.FileName,
                generator => [Cell.Code(generator.Key), Figure.Count(generator.Value)]
            );
        foreach (var note in fresh.Notes)
            page.AppendHtml($"<p class=\"note\">{note}</p>");
    }
}
