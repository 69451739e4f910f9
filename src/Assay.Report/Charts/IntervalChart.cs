using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Report.Charts;

/// <summary>Figures with their intervals, one under the other: dots and whiskers.</summary>
internal static class IntervalChart
{
    private const int Left = 16,
        Right = Drawing.Width - 16,
        RowHeight = 34,
        LongestName = 34;

    /// <param name="page">Where it is drawn.</param>
    /// <param name="title">The caption.</param>
    /// <param name="across">What the axis counts.</param>
    /// <param name="rows">From top to bottom; a figure that is no number is left out.</param>
    /// <param name="low">The axis reaches at least from here; NaN when the figures alone decide.</param>
    /// <param name="high">And to here.</param>
    /// <param name="mark">A value to compare with: chance, no shift.</param>
    /// <param name="limits">The policy's, where the gate had a check of what is drawn.</param>
    public static void Draw(
        StringBuilder page,
        string title,
        string across,
        IEnumerable<IntervalRow> rows,
        double low,
        double high,
        double? mark = null,
        params IReadOnlyList<PolicyLimit> limits
    )
    {
        IntervalRow[] drawn = [.. rows.Where(row => double.IsFinite(row.Value))];
        if (drawn.Length == 0)
            return;
        var ends = drawn
            .SelectMany(row => new[] { row.Value, Ends(row).Low, Ends(row).High })
            .Concat(mark is { } at ? [at] : [])
            .Concat(limits.Select(limit => limit.Value))
            .Concat(new[] { low, high }.Where(double.IsFinite))
            .ToArray();
        double head = limits.Count > 0 ? 20 : 6,
            bottom = head + drawn.Length * RowHeight;
        var axis = new Axis(ends.Min(), ends.Max(), Left, Right);
        Drawing.Begin(
            page,
            title,
            string.Join(
                " ",
                drawn
                    .Select(row =>
                        $"{row.Name}: {Figure.Number(row.Value)}{(row.Interval is null ? "" : ", " + Figure.Of(row.Interval))}{(row.IsWrong ? ", wrong" : "")}."
                    )
                    .Concat(limits.Select(limit => $"Limit of the policy: {limit.Name}."))
            ),
            bottom + 34
        );
        Drawing.Across(page, axis, 4, bottom, across);
        if (mark is { } value)
            Drawing.Line(page, axis.At(value), head - 2, axis.At(value), bottom, "mark");
        foreach (var limit in limits)
        {
            Drawing.Line(page, axis.At(limit.Value), head - 4, axis.At(limit.Value), bottom, "limit");
            var place = axis.At(limit.Value);
            Drawing.Text(
                page,
                Math.Clamp(place, Left, Right),
                12,
                $"policy: {limit.Name}",
                place < Drawing.Width / 3.0 ? "start"
                    : place > Drawing.Width * 2 / 3.0 ? "end"
                    : "middle",
                "limit"
            );
        }
        for (var i = 0; i < drawn.Length; i++)
        {
            var row = drawn[i];
            double top = head + i * RowHeight,
                middle = top + 23,
                x = axis.At(row.Value);
            Drawing.Text(page, Left, top + 11, Drawing.Cut(row.Name, LongestName), style: "name");
            Drawing.Text(page, Right, top + 11, Figure.Number(row.Value), "end", "name");
            var (from, to) = (axis.At(Ends(row).Low), axis.At(Ends(row).High));
            var style = row.IsWrong ? "two" : "one";
            if (row.Interval is not null)
                page.AppendHtml(
                    $"<path class=\"whisker {style}\" d=\"M{from:0.#} {middle - 4:0.#}v8M{to:0.#} {middle - 4:0.#}v8M{from:0.#} {middle:0.#}L{to:0.#} {middle:0.#}\"/>"
                );
            if (row.IsWrong)
                page.AppendHtml($"<path class=\"whisker two\" d=\"M{x - 5:0.#} {middle - 5:0.#}h10v10h-10zl10 10m0 -10l-10 10\"/>");
            else
                page.AppendHtml($"<circle class=\"dot\" cx=\"{x:0.#}\" cy=\"{middle:0.#}\" r=\"4.5\"/>");
        }
        Drawing.End(page);
    }

    private static Interval Ends(IntervalRow row) =>
        row.Interval is { } interval && double.IsFinite(interval.Low) && double.IsFinite(interval.High)
            ? interval
            : new(row.Value, row.Value);
}

/// <summary>
/// A figure with its interval, under its name; <paramref name="IsWrong"/> draws it as a crossed square instead of a dot, to be seen without
/// colour.
/// </summary>
internal readonly record struct IntervalRow(string Name, double Value, Interval? Interval, bool IsWrong = false);

/// <summary>A limit of the gate's policy, drawn where its figure is drawn.</summary>
/// <param name="Value">Where it lies.</param>
/// <param name="Name">As the check has it: <c>&gt;= 0.6</c>.</param>
internal readonly record struct PolicyLimit(double Value, string Name)
{
    /// <summary>Those of one check; none without a gate, without the check, or in a verdict that does not keep its limits.</summary>
    public static IReadOnlyList<PolicyLimit> Of(GateEvidence? gate, string check) =>
        gate?.Checks.FirstOrDefault(result => result.Name == check) is not { } found
            ? []
            : [.. new[] { found.AtLeast, found.AtMost }.OfType<double>().Select(limit => new PolicyLimit(limit, found.Wanted))];
}
