using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Ranking;

/// <summary>
/// Bradley-Terry with properties of each battle beside the models: logit P(first wins) = x_first − x_second + Σ coefficient · property, a
/// tie as half. A constant property is the advantage of the first place (a judge's position bias); a length difference makes it the arena's
/// style control without its small penalty.
/// </summary>
/// <param name="Strengths">Natural-log units, mean 0.</param>
/// <param name="Properties">Coefficients and standard errors of the properties, in the order given.</param>
public sealed record BradleyTerryRegression(
    IReadOnlyList<double> Strengths,
    IReadOnlyList<(string Name, double Coefficient, double StandardError)> Properties,
    LogisticFit Fit
)
{
    /// <summary>Fits battles; model 0 is the reference of <see cref="Fit"/>'s columns.</summary>
    /// <exception cref="EvaluationException">Some models cannot be compared with the rest, or a property is collinear with
    /// them.</exception>
    public static BradleyTerryRegression Of(IReadOnlyList<Battle> battles, int modelCount, params IReadOnlyList<Column> properties)
    {
        Connectivity.Check(new BattleMatrix(modelCount, battles).WinsWithTiesHalf);
        var models = Enumerable
            .Range(1, modelCount - 1)
            .Select(model => new Column(
                $"model {model}",
                [
                    .. battles.Select(battle =>
                        battle.First == model ? 1.0
                        : battle.Second == model ? -1
                        : 0
                    ),
                ]
            ));
        var fit = LogisticRegression.Fit([.. battles.Select(battle => battle.FirstShare)], [.. properties, .. models]);
        double[] strengths = [0, .. fit.Coefficients.Skip(properties.Count)];
        var mean = strengths.Average();
        return new(
            [.. strengths.Select(strength => strength - mean)],
            [.. properties.Select((property, i) => (property.Name, fit.Coefficients[i], fit.StandardErrors[i]))],
            fit
        );
    }

    /// <summary>The arena's length feature: (a − b)/(a + b + 1), centred and divided by its population standard deviation.</summary>
    /// <exception cref="EvaluationException">It does not vary.</exception>
    public static Column LengthFeature(IReadOnlyList<double> firstLengths, IReadOnlyList<double> secondLengths)
    {
        double[] raw = [.. firstLengths.Zip(secondLengths, (a, b) => (a - b) / (a + b + 1))];
        double mean = Moments.Mean(raw),
            deviation = Math.Sqrt(Moments.Central(raw, 2));
        if (deviation == 0)
            throw new EvaluationException("the length difference does not vary over the battles: there is nothing to control for");
        return new("length_difference", [.. raw.Select(value => (value - mean) / deviation)]);
    }
}
