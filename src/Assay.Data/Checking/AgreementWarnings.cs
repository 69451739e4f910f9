using System.Globalization;

namespace Assay.Data.Checking;

/// <summary>What the votes say about those who gave them, where it costs something.</summary>
internal static class AgreementWarnings
{
    /// <summary>Below this the votes are nearer to chance than to agreement.</summary>
    private const double LowAlpha = 0.4;

    /// <summary>How far below the rest an annotator has to be.</summary>
    private const double AtOdds = 0.15;
    private const double ContradictedShare = 0.01;
    private const int MinContradicted = 5;

    public static IEnumerable<string> From(CheckReport report)
    {
        if (report.Agreement is not { } agreement)
            yield break;
        if (
            agreement.PairedRowCount >= CheckWarnings.MinRows
            && agreement.KrippendorffAlpha is { Value: < LowAlpha and var alpha, Low: { } low, High: { } high }
        )
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Annotators agree little beyond chance: Krippendorff's alpha is {alpha:0.00} (95 % {low:0.00} to {high:0.00}) over {agreement.PairedRowCount:N0} rows. Settle the guideline before paying for more labels."
            );
        if (
            agreement.DawidSkene is { } model
            && model.ContradictedCount >= MinContradicted
            && model.ContradictedCount >= ContradictedShare * model.RowCount
        )
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"In {model.ContradictedCount:N0} of {model.RowCount:N0} rows the votes, weighed by how reliable each annotator is (Dawid and Skene), make another label more probable than the row's own; they are in report.json under agreement.dawid_skene.contradicted."
            );
        foreach (var warning in OddAnnotators(report))
            yield return warning;
    }

    private static IEnumerable<string> OddAnnotators(CheckReport report)
    {
        double asked = 0,
            with = 0;
        foreach (var annotator in report.Annotators)
        {
            if (annotator.AgreesWithOthers is not { } own)
                continue;
            asked += own.Count;
            with += own.Count * own.Value;
        }
        var odd = new List<(double Distance, string Warning)>();
        foreach (var annotator in report.Annotators)
        {
            if (annotator.AgreesWithOthers is not { Count: >= CheckWarnings.MinRows } own || asked == own.Count)
                continue;
            var rest = (with - own.Count * own.Value) / (asked - own.Count);
            if (own.Value > rest - AtOdds || own.High >= rest)
                continue;
            odd.Add(
                (
                    own.Value - rest,
                    $"Annotator {annotator.Annotator} is at odds with the rest: says what most of the others say on {CheckWarnings.Percent(own.Value)} of {own.Count.ToString("N0", CultureInfo.InvariantCulture)} rows (95 % {CheckWarnings.Percent(own.Low)} to {CheckWarnings.Percent(own.High)}), the rest on {CheckWarnings.Percent(rest)}."
                )
            );
        }
        return AsymmetryWarnings.Foremost(odd, "annotators are at odds with the rest");
    }
}
