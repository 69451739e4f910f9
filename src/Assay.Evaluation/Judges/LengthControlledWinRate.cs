using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Judges;

/// <summary>
/// AlpacaEval 2's length-controlled win rate (Dubois et al. 2024; tatsu-lab/alpaca_eval, <c>metrics/glm_winrate.py</c>): a logistic model
/// of the preference on tanh of the standardised length difference, the instruction's difficulty and a constant, then predicted at equal
/// lengths. Penalty strength by cross-validation over a grid.
/// </summary>
public sealed record LengthControlledWinRate
{
    private const double GamedWeight = 0.2 / 2; // the package's lambda 0.2 over its two gamed baselines

    private const double ProbabilityFloor = 1e-15;

    /// <summary>Mean predicted share at equal length, in per cent.</summary>
    public required double WinRate { get; init; }

    /// <summary>Standard error of that mean over the instructions, in per cent.</summary>
    public required double StandardError { get; init; }

    /// <summary>The penalty strength chosen, one of the grid.</summary>
    public required double C { get; init; }

    /// <summary>Mean cross-validated loss at each grid value.</summary>
    public required IReadOnlyList<double> CrossValidationLosses { get; init; }

    /// <summary>Coefficient of tanh(length difference over its standard deviation), baseline minus model.</summary>
    public required double LengthCoefficient { get; init; }

    /// <summary>Coefficient of the difficulty; NaN when the model has none.</summary>
    public required double DifficultyCoefficient { get; init; }

    /// <summary>Coefficient of the constant: the model's own strength.</summary>
    public required double ModelCoefficient { get; init; }

    /// <summary>
    /// One judged instruction: AlpacaEval's preference code (NaN when not judged), both lengths in characters, its difficulty.
    /// </summary>
    public readonly record struct Row(double Preference, int BaselineLength, int ModelLength, double Difficulty);

    /// <summary>
    /// One row of the "gamed" baselines that keep the length coefficient in place: the share is 0..1, the length difference already
    /// standardised.
    /// </summary>
    public readonly record struct GamedRow(double Share, double StandardisedLengthDifference, double Difficulty);

    /// <summary>
    /// Fits and predicts. <paramref name="foldOfRow"/> gives the fold of each training row: the gamed rows, then the judged ones in order.
    /// Without gamed rows this is the package's "noreg" model, and without the difficulty its "minimal" one.
    /// </summary>
    /// <exception cref="EvaluationException">No row was judged, lengths do not vary, or a preference is out of range.</exception>
    /// <exception cref="ArgumentException">The folds do not match the rows, or the grid is empty.</exception>
    public static LengthControlledWinRate Of(
        IReadOnlyList<Row> rows,
        IReadOnlyList<GamedRow> gamed,
        IReadOnlyList<double> grid,
        IReadOnlyList<int> foldOfRow,
        DifficultyTerm difficulty = DifficultyTerm.Included
    )
    {
        if (rows.Count < 2)
            throw new EvaluationException($"found {rows.Count} row(s): a length difference cannot be standardised");
        var deviation = Math.Sqrt(Moments.Variance([.. rows.Select(row => (double)row.BaselineLength - row.ModelLength)]));
        if (deviation == 0)
            throw new EvaluationException("all length differences are equal: there is nothing to control for");
        double[] Features(double length, double hard, double own) =>
            difficulty == DifficultyTerm.Included ? [Math.Tanh(length), hard, own] : [Math.Tanh(length), own];
        var judged = rows.Where(row => !double.IsNaN(row.Preference)).ToArray();
        if (judged.Length == 0)
            throw new EvaluationException("no row was judged: there is no win rate");
        double[][] x =
        [
            .. gamed.Select(row => Features(row.StandardisedLengthDifference, row.Difficulty, 0)),
            .. judged.Select(row => Features((row.BaselineLength - row.ModelLength) / deviation, row.Difficulty, 1)),
        ];
        double[] y = [.. gamed.Select(row => row.Share), .. judged.Select(row => AlpacaEvalWinRate.Share(row.Preference))];
        double[] weights = [.. gamed.Select(_ => GamedWeight), .. judged.Select(_ => 1.0)];
        if (foldOfRow.Count != x.Length || grid.Count == 0)
            throw new ArgumentException(
                $"{foldOfRow.Count} folds for {x.Length} training rows, {grid.Count} grid values",
                nameof(foldOfRow)
            );
        double[] losses = [.. grid.Select(c => CrossValidate(x, y, weights, c, foldOfRow))];
        var best = Array.IndexOf(losses, losses.Min());
        var b = L1LogisticRegression.Fit(x, y, weights, grid[best]);
        double[] shares = [.. rows.Select(row => Logistic.Sigmoid(L1LogisticRegression.Dot(Features(0, row.Difficulty, 1), b)))];
        return new LengthControlledWinRate
        {
            WinRate = 100 * shares.Average(),
            StandardError = 100 * Math.Sqrt(Moments.Variance(shares) / shares.Length),
            C = grid[best],
            CrossValidationLosses = losses,
            LengthCoefficient = b[0],
            DifficultyCoefficient = difficulty == DifficultyTerm.Included ? b[1] : double.NaN,
            ModelCoefficient = b[^1],
        };
    }

    private static double CrossValidate(double[][] x, double[] y, double[] weights, double c, IReadOnlyList<int> foldOfRow)
    {
        var losses = new List<double>();
        foreach (var fold in foldOfRow.Distinct())
        {
            int[] train = [.. Enumerable.Range(0, x.Length).Where(i => foldOfRow[i] != fold)],
                test = [.. Enumerable.Range(0, x.Length).Where(i => foldOfRow[i] == fold)];
            var b = L1LogisticRegression.Fit(
                [.. train.Select(i => x[i])],
                [.. train.Select(i => y[i])],
                [.. train.Select(i => weights[i])],
                c
            );
            losses.Add(
                test.Average(i =>
                {
                    var p = Math.Clamp(Logistic.Sigmoid(L1LogisticRegression.Dot(x[i], b)), ProbabilityFloor, 1 - ProbabilityFloor);
                    return weights[i] * -(y[i] * Math.Log(p) + (1 - y[i]) * Math.Log(1 - p));
                })
            );
        }
        return losses.Average();
    }
}
