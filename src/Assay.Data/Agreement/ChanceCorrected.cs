using Assay.Ground.Numerics;

namespace Assay.Data.Agreement;

/// <summary>
/// Gwet's AC1 and AC2, Fleiss' kappa, Krippendorff's alpha and the Brennan-Prediger coefficient for any number of annotators with missing
/// votes, each with the standard error over units and the t interval of Gwet, Handbook of Inter-Rater Reliability (4th ed., chapters 2, 3
/// and 5), as the library irrCAC 0.4.4 has them. Units without a vote do not count; units with one vote count in the categories' shares
/// only (Krippendorff: not at all).
/// </summary>
public static class ChanceCorrected
{
    /// <summary>AC1, and with other weights AC2. Stays high where nearly everybody says the same, when kappa collapses.</summary>
    public static Coefficient Gwet(VoteTable table, CategoryWeights weights = CategoryWeights.Identity)
    {
        var units = new Units(table, weights, minVotes: 1);
        if (units.Refusal is { } refusal)
            return Coefficient.None(refusal);
        var categories = units.CategoryCount;
        // One category only, and no other is possible: everybody agrees and chance has nothing to choose from.
        if (categories == 1)
            return new()
            {
                Value = 1,
                Observed = 1,
                Chance = 0,
                StandardError = 0,
                Low = 1,
                High = 1,
            };
        var shares = units.MeanShares();
        var scale = units.WeightSum / (categories * (categories - 1.0));
        var chance = scale * shares.Sum(share => share * (1 - share));
        return units.WithUnitChance(
            chance,
            unit => scale * Enumerable.Range(0, categories).Sum(k => unit.Counts[k] * (1 - shares[k])) / unit.Votes
        );
    }

    /// <summary>Fleiss' kappa as Gwet generalises it; with complete votes it is Fleiss' own.</summary>
    public static Coefficient Fleiss(VoteTable table, CategoryWeights weights = CategoryWeights.Identity)
    {
        var units = new Units(table, weights, minVotes: 1);
        if (units.Refusal is { } refusal)
            return Coefficient.None(refusal);
        var shares = units.MeanShares();
        var weighted = units.WeightedShares(shares);
        return units.WithUnitChance(
            shares.Zip(weighted, (share, w) => share * w).Sum(),
            unit => Enumerable.Range(0, units.CategoryCount).Sum(k => unit.Counts[k] * weighted[k]) / unit.Votes
        );
    }

    /// <summary>
    /// Every category equally likely by chance: Brennan and Prediger's, and with identity weights Randolph's free-marginal kappa.
    /// </summary>
    public static Coefficient BrennanPrediger(VoteTable table, CategoryWeights weights = CategoryWeights.Identity)
    {
        var units = new Units(table, weights, minVotes: 1);
        if (units.Refusal is { } refusal)
            return Coefficient.None(refusal);
        return units.WithFixedChance(units.WeightSum / (units.CategoryCount * units.CategoryCount));
    }

    /// <summary>
    /// Krippendorff's alpha by weights, with a standard error; <see cref="KrippendorffAlpha"/> has the distances of his own levels.
    /// </summary>
    public static Coefficient Krippendorff(VoteTable table, CategoryWeights weights = CategoryWeights.Identity)
    {
        var units = new Units(table, weights, minVotes: 2);
        if (units.Refusal is { } refusal)
            return Coefficient.None(refusal);
        var meanVotes = units.Mean(unit => unit.Votes);
        var small = 1 / (meanVotes * units.Count);
        var seen = units.Mean(unit => unit.Agreeing / (meanVotes * (unit.Votes - 1)));
        var observed = (1 - small) * seen + small;
        double[] shares = [.. Enumerable.Range(0, units.CategoryCount).Select(k => units.Mean(unit => unit.Counts[k] / meanVotes))];
        var weighted = units.WeightedShares(shares);
        var chance = shares.Zip(weighted, (share, w) => share * w).Sum();
        if (chance >= 1)
            return Coefficient.None("no variation: every vote is the same");
        var plain = (seen - chance) / (1 - chance);
        var parts = units.All.Select(unit =>
        {
            var extra = (unit.Votes - meanVotes) / meanVotes;
            var own = (unit.Agreeing / (meanVotes * (unit.Votes - 1)) - observed * extra - chance) / (1 - chance);
            var ownChance = Enumerable.Range(0, units.CategoryCount).Sum(k => unit.Counts[k] * weighted[k]) / meanVotes - chance * extra;
            return own - 2 * (1 - plain) * (ownChance - chance) / (1 - chance);
        });
        return units.Interval((observed - chance) / (1 - chance), observed, chance, parts, plain);
    }

    /// <param name="Weight">How many units are like this one.</param>
    private readonly record struct Unit(int[] Counts, int Votes, double Agreeing, double Weight);

    private sealed class Units
    {
        private readonly double[,] _weights;
        private readonly double _pairedCount;

        public Units(VoteTable table, CategoryWeights weights, int minVotes)
        {
            CategoryCount = table.Categories.Count;
            _weights = Weights(table.Categories, weights);
            All =
            [
                .. table
                    .Counts.Zip(table.Weights, (counts, weight) => new Unit(counts, counts.Sum(), Agreeing(counts), weight))
                    .Where(unit => unit.Votes >= minVotes),
            ];
            Count = All.Sum(unit => unit.Weight);
            _pairedCount = All.Where(unit => unit.Votes >= 2).Sum(unit => unit.Weight);
        }

        public List<Unit> All { get; }

        /// <summary>Units, by their weights.</summary>
        public double Count { get; }

        public int CategoryCount { get; }

        public double WeightSum => _weights.Cast<double>().Sum();

        public string? Refusal => _pairedCount == 0 ? "no unit has two votes" : null;

        private double PairedAgreement => All.Where(unit => unit.Votes >= 2).Sum(unit => unit.Weight * Agreement(unit)) / _pairedCount;

        public double Mean(Func<Unit, double> of) => All.Sum(unit => unit.Weight * of(unit)) / Count;

        public double[] MeanShares() =>
            [.. Enumerable.Range(0, CategoryCount).Select(k => Mean(unit => (double)unit.Counts[k] / unit.Votes))];

        public double[] WeightedShares(double[] shares) =>
            [
                .. Enumerable
                    .Range(0, CategoryCount)
                    .Select(k => Enumerable.Range(0, CategoryCount).Sum(l => (_weights[k, l] + _weights[l, k]) / 2 * shares[l])),
            ];

        public Coefficient WithFixedChance(double chance) => With(chance, (_, own) => own);

        public Coefficient WithUnitChance(double chance, Func<Unit, double> chanceOf)
        {
            var value = (PairedAgreement - chance) / (1 - chance);
            return With(chance, (unit, own) => own - 2 * (1 - value) * (chanceOf(unit) - chance) / (1 - chance));
        }

        public Coefficient Interval(double value, double observed, double chance, IEnumerable<double> parts, double centre)
        {
            if (Count < 2)
                return new()
                {
                    Value = value,
                    Observed = observed,
                    Chance = chance,
                };
            var error = Math.Sqrt(
                parts.Zip(All, (part, unit) => unit.Weight * (part - centre) * (part - centre)).Sum() / (Count * (Count - 1))
            );
            var reach = error * StudentT.Quantile(0.975, Count - 1);
            return new()
            {
                Value = value,
                Observed = observed,
                Chance = chance,
                StandardError = error,
                Low = value - reach,
                High = Math.Min(1, value + reach),
            };
        }

        private Coefficient With(double chance, Func<Unit, double, double> part)
        {
            if (chance >= 1)
                return Coefficient.None("no variation: every vote is the same");
            var observed = PairedAgreement;
            var value = (observed - chance) / (1 - chance);
            var scale = Count / _pairedCount;
            return Interval(
                value,
                observed,
                chance,
                All.Select(unit => part(unit, unit.Votes < 2 ? 0 : scale * (Agreement(unit) - chance) / (1 - chance))),
                value
            );
        }

        private static double Agreement(Unit unit) => unit.Agreeing / (unit.Votes * (unit.Votes - 1.0));

        /// <summary>Ordered pairs of votes by their weight, a vote not paired with itself.</summary>
        private double Agreeing(int[] counts)
        {
            var sum = 0.0;
            for (var k = 0; k < counts.Length; k++)
            {
                var weighted = 0.0;
                for (var l = 0; l < counts.Length; l++)
                    weighted += _weights[k, l] * counts[l];
                sum += counts[k] * (weighted - 1);
            }
            return sum;
        }

        private static double[,] Weights(IReadOnlyList<double> categories, CategoryWeights kind)
        {
            var count = categories.Count;
            var weights = new double[count, count];
            var range = count == 0 ? 0 : categories[^1] - categories[0];
            for (var k = 0; k < count; k++)
            {
                for (var l = 0; l < count; l++)
                {
                    var distance = Math.Abs(categories[k] - categories[l]);
                    var ranks = Math.Abs(k - l) + 1.0;
                    weights[k, l] =
                        k == l
                            ? 1
                            : kind switch
                            {
                                CategoryWeights.Identity => 0,
                                CategoryWeights.Linear => 1 - distance / range,
                                CategoryWeights.Quadratic => 1 - distance * distance / (range * range),
                                _ => 1 - ranks * (ranks - 1) / (count * (count - 1.0)),
                            };
                }
            }
            return weights;
        }
    }
}

/// <summary>
/// How much two different categories agree: 1 for the same, less for others (Gwet, Handbook of Inter-Rater Reliability, 4th ed., chapter
/// 3).
/// </summary>
public enum CategoryWeights
{
    /// <summary>Different categories do not agree at all.</summary>
    Identity,

    /// <summary>1 − |k − l| / range, by the categories' values.</summary>
    Linear,

    /// <summary>1 − (k − l)² / range².</summary>
    Quadratic,

    /// <summary>By rank: 1 − C(r, 2) / C(R, 2) with r the categories from k to l and R all of them.</summary>
    Ordinal,
}
