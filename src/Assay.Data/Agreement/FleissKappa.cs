namespace Assay.Data.Agreement;

/// <summary>
/// Fleiss' kappa (Fleiss 1971) and Randolph's free-marginal kappa from a table of counts. Every unit needs the same number of votes; where
/// votes are missing use <see cref="KrippendorffAlpha"/> or <see cref="ChanceCorrected.Gwet"/>.
/// </summary>
public sealed record FleissKappa
{
    private FleissKappa() { }

    public required Coefficient Fleiss { get; init; }

    /// <summary>Chance is one over the number of categories.</summary>
    public required Coefficient Randolph { get; init; }

    /// <summary>Of all votes, 0..1.</summary>
    public required IReadOnlyList<double> CategoryShares { get; init; }

    /// <summary>Of each unit the share of agreeing pairs of votes, 0..1.</summary>
    public required IReadOnlyList<double> UnitAgreement { get; init; }

    /// <param name="counts">[units][categories]: votes of each category.</param>
    public static FleissKappa Of(IReadOnlyList<int[]> counts)
    {
        if (counts.Count == 0)
            return Refused("there is no unit");
        var votes = counts[0].Sum();
        if (counts.FirstOrDefault(unit => unit.Sum() != votes) is { } other)
            return Refused(
                $"units have {votes} and {other.Sum()} votes, and Fleiss' kappa needs the same number on each; take Krippendorff's alpha or Gwet's AC1"
            );
        if (votes < 2)
            return Refused("units have fewer than two votes");
        var categories = counts[0].Length;
        double[] shares =
        [
            .. Enumerable.Range(0, categories).Select(k => counts.Sum(unit => (double)unit[k]) / ((double)votes * counts.Count)),
        ];
        double[] agreement = [.. counts.Select(unit => unit.Sum(count => count * (count - 1.0)) / (votes * (votes - 1.0)))];
        var observed = agreement.Average();
        return new()
        {
            Fleiss = Corrected(observed, shares.Sum(share => share * share)),
            Randolph = Corrected(observed, 1.0 / categories),
            CategoryShares = shares,
            UnitAgreement = agreement,
        };
    }

    private static Coefficient Corrected(double observed, double chance) =>
        chance >= 1
            ? Coefficient.None("no variation: every vote is the same") with
            {
                Observed = observed,
                Chance = chance,
            }
            : new()
            {
                Value = (observed - chance) / (1 - chance),
                Observed = observed,
                Chance = chance,
            };

    private static FleissKappa Refused(string why) =>
        new()
        {
            Fleiss = Coefficient.None(why),
            Randolph = Coefficient.None(why),
            CategoryShares = [],
            UnitAgreement = [],
        };
}
