using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// Ties by the geometric mean of both strengths (Davidson 1970). With d = chosen - rejected - margin and z = e^(d/2) + e^(-d/2) + n:
/// P(chosen) = e^(d/2) / z, P(tie) = n / z; the loss is -log of what the row says. n = 0 is Bradley-Terry; at d = 0 a tie has the
/// probability n / (2 + n).
/// </summary>
/// <param name="Nu">n, above 0.</param>
public sealed record Davidson(double Nu) : PairObjective
{
    /// <summary>A tie is as likely as a win at equal scores.</summary>
    public const double DefaultNu = 1;

    /// <inheritdoc/>
    protected override (double Loss, double Slope) Of(EncodedPair pair, double difference)
    {
        var d = difference - MarginOf(pair);
        // z = e^(|d|/2) (1 + e^-|d| + n e^(-|d|/2)): nothing overflows.
        double half = Math.Abs(d) / 2,
            rest = Math.Exp(-2 * half) + (Nu * Math.Exp(-half)),
            log = Logistic.Log1P(rest);
        var slope = Math.Sign(d) * (1 - Math.Exp(-2 * half)) / (2 * (1 + rest)); // of log z
        return pair.IsTie ? (half + log - Math.Log(Nu), slope) : (half - (d / 2) + log, slope - 0.5);
    }

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) => record with { TieParameter = Nu };
}
