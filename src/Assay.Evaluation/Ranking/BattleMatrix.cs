namespace Assay.Evaluation.Ranking;

/// <summary>Counts of battles between models: wins of row over column, and ties (symmetric).</summary>
public sealed class BattleMatrix
{
    /// <summary>Counts battles.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A battle names a model outside 0..<paramref name="modelCount"/>−1, or a model against
    /// itself.</exception>
    public BattleMatrix(int modelCount, IEnumerable<Battle> battles)
    {
        (Wins, Ties) = (new double[modelCount, modelCount], new double[modelCount, modelCount]);
        foreach (var (first, second, outcome) in battles)
        {
            if (first < 0 || first >= modelCount || second < 0 || second >= modelCount || first == second)
                throw new ArgumentOutOfRangeException(
                    nameof(battles),
                    $"a battle between models {first} and {second}: wanted two different ones of 0..{modelCount - 1}"
                );
            if (outcome == BattleOutcome.First)
                Wins[first, second]++;
            else if (outcome == BattleOutcome.Second)
                Wins[second, first]++;
            else
            {
                Ties[first, second]++;
                Ties[second, first]++;
            }
        }
    }

    public int ModelCount => Wins.GetLength(0);

    /// <summary>Wins of the row's model over the column's.</summary>
    public double[,] Wins { get; }

    /// <summary>Ties between the two.</summary>
    public double[,] Ties { get; }

    /// <summary>Wins with every tie as half a win of each.</summary>
    public double[,] WinsWithTiesHalf => Map((i, j) => Wins[i, j] + Ties[i, j] / 2);

    /// <summary>All battles between two models.</summary>
    public double[,] Games => Map((i, j) => Wins[i, j] + Wins[j, i] + Ties[i, j]);

    /// <summary>Share of the row against the column, ties half; NaN where they never met.</summary>
    public double[,] WinRates
    {
        get
        {
            var (half, games) = (WinsWithTiesHalf, Games);
            return Map((i, j) => games[i, j] == 0 ? double.NaN : half[i, j] / games[i, j]);
        }
    }

    /// <summary>Each model's share over all its battles, ties half.</summary>
    public double[] TotalWinRates
    {
        get
        {
            var (half, games) = (WinsWithTiesHalf, Games);
            return [.. Enumerable.Range(0, ModelCount).Select(i => Row(half, i).Sum() / Row(games, i).Sum())];
        }
    }

    /// <summary>Each model's mean share over the opponents it met: every opponent counts alike.</summary>
    public double[] MeanOverOpponents
    {
        get
        {
            var rates = WinRates;
            return
            [
                .. Enumerable
                    .Range(0, ModelCount)
                    .Select(i => Row(rates, i).Where(rate => !double.IsNaN(rate)).DefaultIfEmpty(double.NaN).Average()),
            ];
        }
    }

    private double[,] Map(Func<int, int, double> value)
    {
        var result = new double[ModelCount, ModelCount];
        for (var i = 0; i < ModelCount; i++)
        {
            for (var j = 0; j < ModelCount; j++)
                result[i, j] = value(i, j);
        }
        return result;
    }

    private static IEnumerable<double> Row(double[,] matrix, int row) =>
        Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column]);
}
