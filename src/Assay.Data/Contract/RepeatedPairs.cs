namespace Assay.Data.Contract;

/// <summary>What pairs that were labelled more than once say about the labels' noise.</summary>
/// <param name="PairCount">Distinct pairs that were decided more than once.</param>
/// <param name="RowCount">Rows that hold them.</param>
/// <param name="ContradictoryPairCount">Of these pairs, how many have both winners.</param>
/// <param name="DisagreementShare">Share of the pairs of labels of one pair that differ, 0..1; null without any.</param>
public sealed record RepeatedPairs(int PairCount, long RowCount, long ContradictoryPairCount, double? DisagreementShare)
{
    /// <summary>
    /// The accuracy no model can be measured above on such labels, if repeated labels are independent and err with one rate e: two differ
    /// with 2e(1−e), so e = (1 − √(1−2d))/2 and the ceiling is 1 − e. Copied rows look like agreement, so with copies in the file the true
    /// ceiling is lower. Null without repeats.
    /// </summary>
    public double? AccuracyCeiling =>
        DisagreementShare is { } share
            ? share >= 0.5
                ? 0.5
                : 1 - (1 - Math.Sqrt(1 - 2 * share)) / 2
            : null;
}
