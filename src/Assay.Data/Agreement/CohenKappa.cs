using Assay.Ground.Numerics;

namespace Assay.Data.Agreement;

/// <summary>
/// Cohen's kappa of two annotators, plain or weighted by distance in category order, with the large-sample standard errors of Fleiss, Cohen
/// and Everitt (1969) and the normal 95 % interval.
/// </summary>
public static class CohenKappa
{
    /// <summary>How far apart two categories are.</summary>
    public enum Distance
    {
        /// <summary>Different or not.</summary>
        None,

        /// <summary>|i − j| by place.</summary>
        Linear,

        /// <summary>(i − j)² by place.</summary>
        Quadratic,
    }

    /// <summary>Kappa, and its standard error were the true kappa 0.</summary>
    public readonly record struct Result(Coefficient Kappa, double StandardErrorAtZero);

    /// <summary>Units that both annotators voted on.</summary>
    public static Result Of(VoteTable table, int first, int second, Distance distance = Distance.None)
    {
        var categories = table.Categories.Count;
        var counts = new double[categories, categories];
        for (var unit = 0; unit < table.UnitCount; unit++)
            if (table[unit, first] is not VoteTable.Missing and var a && table[unit, second] is not VoteTable.Missing and var b)
                counts[a, b]++;
        return Of(counts, distance);
    }

    /// <param name="counts">[categories, categories]: units by the first annotator's category and the second's.</param>
    /// <param name="distance">How far apart categories are.</param>
    public static Result Of(double[,] counts, Distance distance = Distance.None)
    {
        var total = counts.Cast<double>().Sum();
        if (total == 0)
            return new(Coefficient.None("no unit has a vote of both"), double.NaN);
        var categories = counts.GetLength(0);
        var weights = AgreementWeights(categories, distance);
        double[] rows = new double[categories],
            columns = new double[categories];
        ForEach(
            (i, j) =>
            {
                rows[i] += counts[i, j] / total;
                columns[j] += counts[i, j] / total;
            }
        );
        double observed = 0,
            chance = 0;
        ForEach(
            (i, j) =>
            {
                observed += weights[i, j] * counts[i, j] / total;
                chance += weights[i, j] * rows[i] * columns[j];
            }
        );
        if (1 - chance < 1e-15)
            return new(
                Coefficient.None("no variation: both say the same on every unit") with
                {
                    Observed = observed,
                    Chance = chance,
                },
                double.NaN
            );
        var kappa = (observed - chance) / (1 - chance);

        double[] rowWeights = new double[categories],
            columnWeights = new double[categories];
        ForEach(
            (i, j) =>
            {
                rowWeights[i] += weights[i, j] * columns[j];
                columnWeights[j] += weights[i, j] * rows[i];
            }
        );
        double spread = 0,
            spreadAtZero = 0;
        ForEach(
            (i, j) =>
            {
                var both = rowWeights[i] + columnWeights[j];
                var deviation = weights[i, j] - both * (1 - kappa);
                spread += counts[i, j] / total * deviation * deviation;
                spreadAtZero += rows[i] * columns[j] * (weights[i, j] - both) * (weights[i, j] - both);
            }
        );
        var centre = kappa - chance * (1 - kappa);
        var error = Math.Sqrt(Math.Max(0, spread - centre * centre) / total) / (1 - chance);
        var errorAtZero = Math.Sqrt(Math.Max(0, spreadAtZero - chance * chance) / total) / (1 - chance);
        return new(
            new()
            {
                Value = kappa,
                Observed = observed,
                Chance = chance,
                StandardError = error,
                Low = kappa - NormalDistribution.Quantile(0.975) * error,
                High = kappa + NormalDistribution.Quantile(0.975) * error,
            },
            errorAtZero
        );

        void ForEach(Action<int, int> action)
        {
            for (var i = 0; i < categories; i++)
            for (var j = 0; j < categories; j++)
                action(i, j);
        }
    }

    private static double[,] AgreementWeights(int categories, Distance distance)
    {
        var weights = new double[categories, categories];
        double most = Math.Max(1, categories - 1);
        for (var i = 0; i < categories; i++)
        {
            for (var j = 0; j < categories; j++)
            {
                var apart = Math.Abs(i - j) / most;
                weights[i, j] = distance switch
                {
                    Distance.None => i == j ? 1 : 0,
                    Distance.Linear => 1 - apart,
                    _ => 1 - apart * apart,
                };
            }
        }
        return weights;
    }
}
