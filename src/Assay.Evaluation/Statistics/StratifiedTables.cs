using Assay.Ground.Numerics;
using MathNet.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Association of two yes/no properties within strata, such as "chosen is longer" and "the model is right" within each source: Mantel and
/// Haenszel's pooled odds ratio and test (1959), Robins, Breslow and Greenland's error (1986), Breslow and Day's test that the strata agree
/// (1980) with Tarone's correction (1985). As statsmodels' <c>StratifiedTable</c>. Strata with an empty row or column add nothing.
/// </summary>
public sealed class StratifiedTables(IReadOnlyList<TwoByTwo> strata)
{
    private readonly TwoByTwo[] _strata = [.. strata.Where(table => table.Total > 0)];

    /// <summary>The tables that hold anything.</summary>
    public IReadOnlyList<TwoByTwo> Strata => _strata;

    /// <summary>Mantel-Haenszel odds ratio; ∞ or NaN where an off-diagonal is empty throughout.</summary>
    public double OddsRatio => _strata.Sum(t => t.YesYes * t.NoNo / t.Total) / _strata.Sum(t => t.YesNo * t.NoYes / t.Total);

    /// <summary>Standard error of ln <see cref="OddsRatio"/>.</summary>
    public double LogOddsRatioStandardError
    {
        get
        {
            double r = 0,
                s = 0,
                pr = 0,
                ps = 0,
                qr = 0,
                qs = 0;
            foreach (var t in _strata)
            {
                double p = (t.YesYes + t.NoNo) / t.Total,
                    q = (t.YesNo + t.NoYes) / t.Total,
                    diagonal = t.YesYes * t.NoNo / t.Total,
                    other = t.YesNo * t.NoYes / t.Total;
                (r, s, pr, ps, qr, qs) = (r + diagonal, s + other, pr + p * diagonal, ps + p * other, qr + q * diagonal, qs + q * other);
            }
            return Math.Sqrt(pr / (2 * r * r) + (ps + qr) / (2 * r * s) + qs / (2 * s * s));
        }
    }

    /// <summary>Mantel-Haenszel risk ratio: the share of second-yes among first-yes over that among first-no.</summary>
    public double RiskRatio =>
        _strata.Sum(t => t.YesYes * (t.NoYes + t.NoNo) / t.Total) / _strata.Sum(t => t.NoYes * (t.YesYes + t.YesNo) / t.Total);

    /// <summary>Interval of <see cref="OddsRatio"/>.</summary>
    public Interval OddsRatioInterval(double level = 0.95)
    {
        var half = NormalDistribution.Quantile(0.5 + level / 2) * LogOddsRatioStandardError;
        return new(Math.Exp(Math.Log(OddsRatio) - half), Math.Exp(Math.Log(OddsRatio) + half));
    }

    /// <summary>Cochran-Mantel-Haenszel test of no association in any stratum.</summary>
    public TestResult NoAssociation => Association(0);

    /// <summary>The same with the continuity correction of 1/2.</summary>
    public TestResult NoAssociationCorrected => Association(0.5);

    /// <summary>Breslow and Day's test that all strata have one odds ratio.</summary>
    public TestResult EqualOdds => Homogeneity(isTarone: false);

    /// <summary>The same with Tarone's correction.</summary>
    public TestResult EqualOddsTarone => Homogeneity(isTarone: true);

    private TestResult Association(double correction)
    {
        double difference = 0,
            variance = 0;
        foreach (var t in _strata)
        {
            double row = t.YesYes + t.YesNo,
                column = t.YesYes + t.NoYes;
            difference += t.YesYes - row * column / t.Total;
            if (t.Total > 1)
                variance += row * column * (t.Total - row) * (t.Total - column) / (t.Total * t.Total * (t.Total - 1));
        }
        var statistic = Math.Pow(Math.Abs(difference) - correction, 2) / variance;
        return new(statistic, NormalDistribution.TwoSided(Math.Sqrt(statistic)));
    }

    private TestResult Homogeneity(bool isTarone)
    {
        double ratio = OddsRatio,
            statistic = 0,
            observed = 0,
            expected = 0,
            variances = 0;
        foreach (var t in _strata)
        {
            double row = t.YesYes + t.YesNo,
                column = t.YesYes + t.NoYes;
            var cell = ExpectedCell(ratio, row, column, t.Total);
            var variance = 1 / (1 / cell + 1 / (row - cell) + 1 / (column - cell) + 1 / (t.Total - row - column + cell));
            statistic += (t.YesYes - cell) * (t.YesYes - cell) / variance;
            (observed, expected, variances) = (observed + t.YesYes, expected + cell, variances + variance);
        }
        if (isTarone)
            statistic -= (observed - expected) * (observed - expected) / variances;
        var degrees = _strata.Length - 1;
        return new(
            statistic,
            degrees < 1 || double.IsNaN(statistic)
                ? double.NaN
                : SpecialFunctions.GammaUpperRegularized(degrees / 2.0, Math.Max(0, statistic) / 2)
        );
    }

    /// <summary>The yes-yes count that the margins and an odds ratio imply: a root of a quadratic.</summary>
    private static double ExpectedCell(double ratio, double row, double column, double total)
    {
        double a = 1 - ratio,
            b = ratio * (row + column) + total - row - column,
            c = -ratio * row * column;
        if (Math.Abs(a) < 1e-12)
            return -c / b;
        var root = Math.Sqrt(b * b - 4 * a * c);
        return -2 * c / (b + root);
    }
}

/// <summary>Counts of two yes/no properties: rows the first (yes, no), columns the second (yes, no).</summary>
public readonly record struct TwoByTwo(double YesYes, double YesNo, double NoYes, double NoNo)
{
    /// <summary>All counts together.</summary>
    public double Total => YesYes + YesNo + NoYes + NoNo;
}
