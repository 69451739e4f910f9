using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Laboratory;

/// <summary>
/// Features are independent standard normals, gold is a direction among them, labels are Bradley and Terry's. A linear proxy and gold are
/// then jointly normal, so that gold under optimisation is their correlation times what the proxy gains: the gap grows, and gold never
/// turns (regressional Goodhart; Manheim and Garrabrant 2018, arXiv 1803.04585).
/// </summary>
public sealed class NormalWorld : LaboratoryWorld
{
    private const int Dimensions = 20;

    /// <summary>P(a preferred) = sigmoid(slope × (gold a − gold b)).</summary>
    private const double LabelSlope = 2;

    private static readonly int[] Indices = [.. Enumerable.Range(0, Dimensions)];

    public override string Name => "normal";

    public override string Meaning => "jointly normal proxy and gold: the gap grows, and gold must not turn";

    public override bool MustTurn => false;

    public override int FeatureCount => Dimensions;

    public override int HiddenUnits => 0;

    public override (LaboratoryText Chosen, LaboratoryText Rejected) Pair(SeededRandom random)
    {
        LaboratoryText a = Draw(random),
            b = Draw(random);
        return random.NextDouble() < Logistic.Sigmoid(LabelSlope * (a.Gold - b.Gold)) ? (a, b) : (b, a);
    }

    public override IReadOnlyList<LaboratoryText> Answers(SeededRandom random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Draw(random))];

    private static LaboratoryText Draw(SeededRandom random)
    {
        var values = new float[Dimensions];
        for (var i = 0; i < Dimensions; i++)
            values[i] = (float)NormalDistribution.Quantile(Math.Max(random.NextDouble(), 1e-16));
        // Gold is the same share of every feature: a standard normal itself.
        return new LaboratoryText(Indices, values, values.Sum(value => (double)value) / Math.Sqrt(Dimensions));
    }
}
