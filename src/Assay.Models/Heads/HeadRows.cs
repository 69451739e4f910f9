namespace Assay.Models.Heads;

/// <summary>
/// What the rows of a score head are, where it has several: [rows, hidden] on one backbone. The score is their sum with
/// <see cref="Weights"/>, which is again one row, and that is what a saved checkpoint holds for those who know of no rows.
/// </summary>
/// <param name="Purpose">What they are for.</param>
/// <param name="Names">Of each row, in its order.</param>
/// <param name="Weights">Of each row in the score.</param>
public sealed record HeadRows(HeadPurpose Purpose, IReadOnlyList<string> Names, IReadOnlyList<double> Weights)
{
    /// <summary>K heads whose mean is the score.</summary>
    /// <param name="count">K, 2 or more.</param>
    public static HeadRows Ensemble(int count) =>
        new(HeadPurpose.Ensemble, [.. Enumerable.Range(1, count).Select(row => $"head_{row}")], [.. Enumerable.Repeat(1.0 / count, count)]);

    /// <summary>
    /// A head for the reward and one for what length explains of it, which has no part in the score (ODIN, arXiv 2402.07319).
    /// </summary>
    public static HeadRows RewardAndLength { get; } = new(HeadPurpose.RewardAndLength, ["reward", "length"], [1, 0]);

    /// <summary>How many.</summary>
    public int Count => Weights.Count;

    /// <summary>The score that a sequence's rows make, in double precision.</summary>
    public double ScoreOf(ReadOnlySpan<float> rows)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.Length; row++)
            sum += Weights[row] * rows[row];
        return sum;
    }

    /// <summary>Whether other rows are these: for the same, with the same weights.</summary>
    public bool IsLike(HeadRows? other) =>
        other is not null && Purpose == other.Purpose && Names.SequenceEqual(other.Names) && Weights.SequenceEqual(other.Weights);
}
