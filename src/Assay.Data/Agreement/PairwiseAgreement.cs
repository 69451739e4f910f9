namespace Assay.Data.Agreement;

/// <summary>Agreement without a correction for chance.</summary>
/// <param name="Percent">Mean over units with two votes or more of the share of their pairs of votes that agree, 0..1; NaN without such
/// units.</param>
/// <param name="UnanimousShare">Of those units the share in which every vote is the same.</param>
/// <param name="Votes">All votes.</param>
/// <param name="PairedUnits">Units with two votes or more.</param>
public sealed record PairwiseAgreement(double Percent, double UnanimousShare, double Votes, double PairedUnits)
{
    public static PairwiseAgreement Of(VoteTable table)
    {
        double sum = 0,
            votes = 0,
            paired = 0,
            unanimous = 0;
        foreach (var (counts, weight) in table.Counts.Zip(table.Weights))
        {
            var here = counts.Sum();
            votes += weight * here;
            if (here < 2)
                continue;
            paired += weight;
            if (counts.Max() == here)
                unanimous += weight;
            sum += weight * counts.Sum(count => count * (count - 1.0)) / (here * (here - 1.0));
        }
        return new(paired == 0 ? double.NaN : sum / paired, paired == 0 ? double.NaN : unanimous / paired, votes, paired);
    }
}
