using System.Globalization;

namespace Assay.Models.Heads;

/// <summary>
/// What becomes of the scores that the members of an ensemble give to one text: their mean, the lower bound mean - k * standard deviation
/// (population), or the worst. The last two are what is optimised against where a policy must not gain by what the members do not agree on
/// (Coste et al. 2023, arXiv 2310.02743: worst-case and uncertainty-weighted optimisation, there with the variance; Eisenstein et al. 2023,
/// arXiv 2312.09244).
/// </summary>
public sealed record ScoreAggregate
{
    private ScoreAggregate(string name, double k) => (Name, K) = (name, k);

    /// <summary>The names that <c>--aggregate</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mean", "lcb", "worst"];

    public static ScoreAggregate Mean { get; } = new("mean", 0);

    public static ScoreAggregate Worst { get; } = new("worst", 0);

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; }

    /// <summary>How many standard deviations are taken off for <c>lcb</c>; 0 for the others.</summary>
    public double K { get; }

    /// <param name="k">0 or more.</param>
    public static ScoreAggregate LowerBound(double k) =>
        k >= 0 && double.IsFinite(k) ? new("lcb", k) : throw new ArgumentOutOfRangeException(nameof(k), k, "0 or more");

    /// <summary>The aggregate of members' scores, at least one.</summary>
    public double Of(ReadOnlySpan<float> members)
    {
        var (mean, worst) = (0.0, double.PositiveInfinity);
        foreach (var score in members)
        {
            mean += score;
            worst = Math.Min(worst, score); // NaN stays NaN
        }
        mean /= members.Length;
        return Name switch
        {
            "worst" => worst,
            "lcb" => mean - (K * Spread(members)),
            _ => mean,
        };
    }

    /// <summary>The population standard deviation of members' scores.</summary>
    public static double Spread(ReadOnlySpan<float> members)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var score in members)
            mean += score;
        mean /= members.Length;
        foreach (var score in members)
            squares += (score - mean) * (score - mean);
        return Math.Sqrt(squares / members.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => Name == "lcb" ? string.Create(CultureInfo.InvariantCulture, $"lcb {K}") : Name;
}
