using Assay.Evaluation.Judges;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// JudgeBench (Tan et al. 2024; ScalerLab/JudgeBench @ e2c52c2 <c>utils/metrics.py</c>), in per cent. A reward model plays one game, and
/// equal scores are wrong.
/// </summary>
public static class JudgeBench
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

    private static void Check(IReadOnlyCollection<Pair> pairs)
    {
        if (pairs.Count == 0)
            throw new EvaluationException("there are no JudgeBench pairs to score");
        if (pairs.FirstOrDefault(pair => pair.Label is not (Verdict.First or Verdict.Second)) is { } bad)
            throw new EvaluationException($"a JudgeBench pair of {bad.Source} has label {bad.Label}, wanted A>B or B>A");
    }
}
