namespace Assay.Evaluation.Composites;

/// <summary>
/// How much each component moves the sum: Cov(part, sum) / Var(sum), which add up to 1. A share below 0 is of a component that works
/// against the others. Kept as running sums (Welford), safe for use by several threads.
/// </summary>
/// <param name="names">The components.</param>
public sealed class VarianceShares(IReadOnlyList<string> names)
{
    private readonly Lock _gate = new();
    private readonly double[] _means = new double[names.Count],
        _squares = new double[names.Count],
        _products = new double[names.Count];
    private double _mean,
        _square;
    private long _count;

    /// <summary>Adds what each component gave to one conversation, weighted.</summary>
    public void Add(IReadOnlyList<double> parts)
    {
        lock (_gate)
        {
            _count++;
            var total = parts.Sum();
            var fromMean = total - _mean;
            _mean += fromMean / _count;
            _square += fromMean * (total - _mean);
            for (var i = 0; i < parts.Count; i++)
            {
                var difference = parts[i] - _means[i];
                _means[i] += difference / _count;
                _squares[i] += difference * (parts[i] - _means[i]);
                _products[i] += difference * (total - _mean);
            }
        }
    }

    /// <summary>The figures so far; shares are NaN where the sum does not vary.</summary>
    public IReadOnlyList<ComponentShare> Figures()
    {
        lock (_gate)
            return
            [
                .. names.Select(
                    (name, i) =>
                        new ComponentShare(
                            name,
                            _count,
                            _count == 0 ? double.NaN : _means[i],
                            _count == 0 ? double.NaN : Math.Sqrt(_squares[i] / _count),
                            _square == 0 ? double.NaN : _products[i] / _square
                        )
                ),
            ];
    }
}

/// <summary>What a component added.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Conversations.</param>
/// <param name="Mean">Of its weighted part.</param>
/// <param name="StandardDeviation">Of its weighted part, population.</param>
/// <param name="VarianceShare">Its share of the variance of the sum.</param>
public sealed record ComponentShare(string Name, long Count, double Mean, double StandardDeviation, double VarianceShare);
