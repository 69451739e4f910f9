using Assay.Evaluation.Judges;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// JudgeBench (Tan et al. 2024; ScalerLab/JudgeBench @ e2c52c2 <c>utils/metrics.py</c>), in per cent. A judge plays two games, the second
/// with the answers swapped; a game counts +1 for the label, −1 for its opposite and 0 for a tie or no verdict, and a pair is right when
/// the sum is above 0. A reward model plays one game, and equal scores are wrong.
/// </summary>
public sealed record JudgeBench
{
    /// <summary>
    /// One pair: where it comes from, the label (<see cref="Verdict.First"/> or <see cref="Verdict.Second"/>), the first game's verdict,
    /// and the second game's as given, with the answers swapped.
    /// </summary>
    public sealed record Pair(string Source, Verdict Label, Verdict FirstGame, Verdict SwappedGame);

    /// <summary>The sources reported, by the beginning of their name.</summary>
    public static IReadOnlyList<string> Sources { get; } = ["mmlu-pro", "livebench-reasoning", "livebench-math", "livecodebench"];

    /// <summary>Pairs of the two published files: of gpt-4o's answers, and of claude-3.5-sonnet's.</summary>
    public const int PublishedGptRows = 350,
        PublishedClaudeRows = 270;

    public required int Pairs { get; init; }

    public required int Right { get; init; }

    public required int Wrong { get; init; }

    public required int Tied { get; init; }

    /// <summary>Pairs whose two verdicts differ on the answer (a missing verdict differs from any other).</summary>
    public required int Inconsistent { get; init; }

    /// <summary>Pairs with a missing verdict.</summary>
    public required int WithoutVerdict { get; init; }

    /// <summary>Right pairs in per cent.</summary>
    public double Accuracy => 100.0 * Right / Pairs;

    /// <summary>Both games.</summary>
    /// <exception cref="EvaluationException">There are no pairs, or a label is neither of the two answers.</exception>
    public static JudgeBench BothGames(IReadOnlyCollection<Pair> pairs)
    {
        Check(pairs);
        int Sum(Pair pair) => Game(pair.FirstGame, pair.Label) + Game(PositionSwap.Swapped(pair.SwappedGame), pair.Label);
        return new JudgeBench
        {
            Pairs = pairs.Count,
            Right = pairs.Count(pair => Sum(pair) > 0),
            Wrong = pairs.Count(pair => Sum(pair) < 0),
            Tied = pairs.Count(pair => Sum(pair) == 0),
            Inconsistent = pairs.Count(pair => pair.FirstGame != PositionSwap.Swapped(pair.SwappedGame)),
            WithoutVerdict = pairs.Count(pair => pair.FirstGame == Verdict.None || pair.SwappedGame == Verdict.None),
        };
    }

    /// <summary>The first game alone, as for reward models; in per cent. A missing verdict is wrong.</summary>
    /// <exception cref="EvaluationException">There are no pairs, or a label is neither of the two answers.</exception>
    public static double FirstGameAccuracy(IReadOnlyCollection<Pair> pairs)
    {
        Check(pairs);
        return 100.0 * pairs.Count(pair => pair.FirstGame == pair.Label) / pairs.Count;
    }

    /// <summary>The verdict that two scores are.</summary>
    public static Verdict OfScores(double first, double second) =>
        first > second ? Verdict.First
        : second > first ? Verdict.Second
        : double.IsNaN(first) || double.IsNaN(second) ? Verdict.None
        : Verdict.Tie;

    private static int Game(Verdict verdict, Verdict label) =>
        verdict == label ? 1
        : verdict == PositionSwap.Swapped(label) ? -1
        : 0;

    private static void Check(IReadOnlyCollection<Pair> pairs)
    {
        if (pairs.Count == 0)
            throw new EvaluationException("there are no JudgeBench pairs to score");
        if (pairs.FirstOrDefault(pair => pair.Label is not (Verdict.First or Verdict.Second)) is { } bad)
            throw new EvaluationException($"a JudgeBench pair of {bad.Source} has label {bad.Label}, wanted A>B or B>A");
    }
}
