using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// Bradley-Terry with a nuisance term for length: <c>-log sigmoid(chosen - rejected - margin + g * z)</c>, z = tanh((tokens of chosen -
/// tokens of rejected) / s), s the root mean square of that difference over the training pairs. What length explains goes into g, and
/// scoring leaves the term out. The term is that of length-controlled AlpacaEval (Dubois et al. 2024, arXiv 2404.04475), put into training
/// instead of into the judging of its result.
/// <para>
/// g begins at its maximum of likelihood with no other term, where no gradient pulls the scores along z, and is kept at the maximum for the
/// scores of about the last <see cref="Window"/> pairs: a Newton step after each update, its curvature a sum that forgets. So the scores
/// keep of length only what they need to explain more than z does.
/// </para>
/// </summary>
public sealed record LengthControlled : PairObjective, IObjective
{
    /// <summary>Pairs whose scores g answers to.</summary>
    public const int Window = 1024;

    /// <summary>As if one pair with z = 1 had been seen on both sides: keeps g finite where the longer side always wins.</summary>
    private const double Prior = 0.5;

    private double coefficient;
    private double curvature;

    /// <param name="train">The training pairs; at least one.</param>
    /// <exception cref="RewardException">Both sides are of one length in every pair.</exception>
    public LengthControlled(IReadOnlyList<EncodedPair> train)
    {
        Scale = Math.Sqrt(train.Average(pair => Math.Pow(DifferenceOf(pair), 2)));
        if (Scale == 0)
            throw new RewardException(
                "loss_type length_controlled: chosen and rejected are of one length in every pair, so there is nothing to control for: train with sigmoid"
            );
        for (var round = 0; round < 50; round++)
        {
            var (slope, information) = (-Prior * coefficient, Prior);
            foreach (var pair in train)
            {
                var (z, wrong) = (LengthOf(pair), Logistic.Sigmoid(MarginOf(pair) - (coefficient * LengthOf(pair))));
                slope += wrong * z;
                information += wrong * (1 - wrong) * z * z;
            }
            (coefficient, curvature) = (coefficient + (slope / information), information);
            if (Math.Abs(slope / information) < 1e-12)
                break;
        }
        curvature *= Math.Min(1, (double)Window / train.Count);
    }

    /// <summary>g: the log odds that a pair's much longer side has for its length alone.</summary>
    public double Coefficient => coefficient;

    /// <summary>s, in tokens.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public ObjectiveState? State
    {
        get => new(coefficient, curvature);
        set
        {
            if (value is not null)
                (coefficient, curvature) = (value.Coefficient, value.Curvature);
        }
    }

    /// <inheritdoc/>
    public void Learn(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores)
    {
        var (slope, information) = (0.0, 0.0);
        for (var i = 0; i < pairs.Count; i++)
        {
            var z = LengthOf(pairs[i]);
            var wrong = Logistic.Sigmoid(-(scores[i][0] - scores[i][1] - MarginOf(pairs[i]) + (coefficient * z)));
            slope += wrong * z;
            information += wrong * (1 - wrong) * z * z;
        }
        curvature = (curvature * Math.Pow(1 - (1.0 / Window), pairs.Count)) + information;
        if (curvature > 0)
            coefficient += slope / curvature;
    }

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) =>
        record with
        {
            LengthScaleTokens = Scale,
            LengthCoefficient = coefficient,
        };

    /// <inheritdoc/>
    protected override (double Loss, double Slope) Of(EncodedPair pair, double difference)
    {
        var d = difference - MarginOf(pair) + (coefficient * LengthOf(pair));
        return (Logistic.Softplus(-d), -Logistic.Sigmoid(-d));
    }

    private static double DifferenceOf(EncodedPair pair) => pair.Chosen.Length - pair.Rejected.Length;

    private double LengthOf(EncodedPair pair) => Math.Tanh(DifferenceOf(pair) / Scale);
}
