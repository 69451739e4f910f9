using System.Globalization;
using Assay.Data.Contract;

namespace Assay.Data.Checking;

/// <summary>What a check's numbers mean for whoever is about to pay for labels or training, in sentences.</summary>
internal static class CheckWarnings
{
    private const double LargeShare = 0.05;
    private const double StrongShortcut = 0.60;

    /// <summary>Of fewer rows no share is worth a sentence.</summary>
    public const int MinRows = 50;

    public static IReadOnlyList<string> From(CheckReport report)
    {
        var warnings = new List<string>();
        if (report.ErrorCount > 0)
            warnings.Add($"{Count(report.ErrorCount, "row")} could not be read; their lines and causes are in quarantine.jsonl.");
        var unpaired = report.Reasons.FirstOrDefault(reason => reason.Code == Reason.NotPairable.Code())?.Count ?? 0;
        if (report.ItemCount > 0 && unpaired == report.ItemCount)
            warnings.Add("No row holds a pair: these are unpaired or process labels, which no preference loss can train on.");
        else if (report.ItemCount > 0 && report.QuarantineCount > LargeShare * report.ItemCount)
            warnings.Add(
                $"{Percent((double)report.QuarantineCount / report.ItemCount)} of the rows are in quarantine: see whether the source can be mended before paying for more of it."
            );
        if (report.RepeatedIds is { } ids)
            warnings.Add(
                $"Duplicate ids: {Count(ids.RowCount, "row")} with an id that an earlier row has, first \"{ids.Id}\" at {ids.Place}. Scores joined by id would be of the wrong row; make ids unique, or join by row."
            );
        if (report.RepeatedPairs is { AccuracyCeiling: { } ceiling, ContradictoryPairCount: > 0 } repeated)
            warnings.Add(
                $"Labels of repeated pairs differ in {Percent(repeated.DisagreementShare!.Value)} of comparisons ({Count(repeated.PairCount, "pair")}): with such labels no model can be measured above about {Percent(ceiling)}."
            );
        if (report.Agreement is { Percent: { } agreement } && agreement < 0.9)
            warnings.Add($"Two votes on one row agree in {Percent(agreement)} of cases: held-out accuracy will not go far beyond it.");
        if (report.Baselines is { } baselines)
        {
            if (baselines.LengthOnly.Low > 0.5 && baselines.LengthOnly.Value >= StrongShortcut)
                warnings.Add(
                    $"Length alone tells the winner in {Percent(baselines.LengthOnly.Value)} of pairs (cross-validated): demand a length-matched slice before believing an accuracy."
                );
            if (baselines.BagOfWords.Low > 0.5 && baselines.BagOfWords.Value >= StrongShortcut)
                warnings.Add(
                    $"Words alone tell the winner in {Percent(baselines.BagOfWords.Value)} of pairs (cross-validated): a model has to beat this to have learned more than vocabulary."
                );
        }
        warnings.AddRange(AgreementWarnings.From(report));
        warnings.AddRange(AsymmetryWarnings.From(report));
        if (report.Sources.Count > 1)
            warnings.AddRange(
                report
                    .Sources.Where(source => LosesMuch(source, report))
                    .Select(source =>
                        $"Source {source.Source} loses {Percent(source.Quarantine / (double)Total(source))} of its rows to quarantine, twice the average or more."
                    )
            );
        return warnings;
    }

    private static bool LosesMuch(SourceCount source, CheckReport report) =>
        Total(source) is >= MinRows and var total
        && source.Quarantine > 2 * LargeShare * total
        && source.Quarantine / (double)total > 2 * report.QuarantineCount / (double)report.ItemCount;

    private static long Total(SourceCount source) => source.Kept + source.Review + source.Quarantine;

    private static string Count(long count, string noun) =>
        count == 1 ? $"1 {noun}" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}s");

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
