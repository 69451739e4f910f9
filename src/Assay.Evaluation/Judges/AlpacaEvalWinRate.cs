namespace Assay.Evaluation.Judges;

/// <summary>
/// AlpacaEval's win rate (tatsu-lab/alpaca_eval, <c>metrics/winrate.py</c>), in per cent. A preference runs from 1 (the baseline is better)
/// to 2 (the model is better); 0 and 1.5 are draws; a missing one is left out. The model's share of a row is preference − 1.
/// </summary>
public sealed record AlpacaEvalWinRate
{
    public required double WinRate { get; init; }

    /// <summary>Standard error of the mean, divisor n − 1; NaN for one row.</summary>
    public required double StandardError { get; init; }

    /// <summary>Rows whose share is above 1/2.</summary>
    public required int Wins { get; init; }

    public required int BaselineWins { get; init; }

    public required int Draws { get; init; }

    public required int Total { get; init; }

    /// <summary>Wins plus half the draws, over all.</summary>
    public double DiscreteWinRate => 100 * (Wins + 0.5 * Draws) / Total;

    /// <summary>The model's share of a row: NaN for a row not judged.</summary>
    /// <exception cref="EvaluationException">The preference is outside 1..2 and not 0.</exception>
    public static double Share(double preference) =>
        preference switch
        {
            0 => 0.5,
            double.NaN or (>= 1 and <= 2) => preference - 1,
            _ => throw new EvaluationException(
                $"a preference is {preference}, wanted 1 (baseline better) to 2 (model better), or 0 for a draw"
            ),
        };

    /// <summary>The win rate of a list of preferences, NaN for rows not judged.</summary>
    /// <exception cref="EvaluationException">No row was judged, or a preference is out of range.</exception>
    public static AlpacaEvalWinRate Of(IEnumerable<double> preferences)
    {
        double[] shares = [.. preferences.Select(Share).Where(share => !double.IsNaN(share))];
        if (shares.Length == 0)
            throw new EvaluationException("no row was judged: there is no win rate");
        var mean = shares.Average();
        return new AlpacaEvalWinRate
        {
            WinRate = 100 * mean,
            StandardError =
                shares.Length == 1
                    ? double.NaN
                    : 100 * Math.Sqrt(shares.Sum(share => (share - mean) * (share - mean)) / (shares.Length - 1) / shares.Length),
            Wins = shares.Count(share => share > 0.5),
            BaselineWins = shares.Count(share => share < 0.5),
            Draws = shares.Count(share => share == 0.5),
            Total = shares.Length,
        };
    }
}
