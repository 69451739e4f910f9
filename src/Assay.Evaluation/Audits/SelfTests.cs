using Assay.Data;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Puts a scorer to what holds whatever it learned: the same text has the same score. A scorer that fails is broken (padding that leaks, a
/// batch that is mixed up, a score that depends on the side), and no figure of it means anything.
/// </summary>
public static class SelfTests
{
    /// <summary>
    /// Scores that must be equal may differ by this many standard deviations of the scores: other batches round otherwise, in half
    /// precision visibly, while a score that is mixed up differs by about one.
    /// </summary>
    public const double ToleranceInDeviations = 0.01;

    /// <summary>The same for two equal texts in one call, which are computed alike and so agree to rounding at worst.</summary>
    public const double SameCallToleranceInDeviations = 0.0001;

    private const long Seed = 20240602;

    /// <summary>Runs all of them on some pairs; sixteen forward passes a pair.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="pairs">Pairs it can score, a few dozen.</param>
    /// <param name="cancellationToken">Stops between calls.</param>
    /// <exception cref="EvaluationException">The scorer gave another number of scores than it was handed conversations, or refuses one of
    /// them.</exception>
    public static IReadOnlyList<SelfTestResult> Run(
        IScorer scorer,
        IReadOnlyList<PreferencePair> pairs,
        CancellationToken cancellationToken = default
    )
    {
        if (pairs.Count == 0)
            return [];
        Conversation[] chosen = [.. pairs.Select(pair => pair.Chosen)],
            rejected = [.. pairs.Select(pair => pair.Rejected)],
            all = [.. chosen, .. rejected];
        var scores = Score(all);
        double deviation = Math.Sqrt(Moments.Central(scores, 2)),
            tolerance = ToleranceInDeviations * deviation;

        var twice = Score([.. all.SelectMany(conversation => new[] { conversation, conversation })]);
        double[] asGiven = [.. pairs.SelectMany(pair => Score([pair.Chosen, pair.Rejected]))],
            turned = [.. pairs.SelectMany(pair => Score([pair.Rejected, pair.Chosen]).Reverse())];
        var order = Shuffled(all.Length);
        double[] shuffled = Score([.. order.Select(i => all[i])]),
            restored = new double[all.Length];
        for (var i = 0; i < order.Length; i++)
            restored[order[i]] = shuffled[i];
        double[] alone = [.. all.SelectMany(conversation => Score([conversation]))];
        return
        [
            Compare(
                "identical_pair",
                "each answer beside itself in one call: the margin must be 0 but for rounding",
                [.. twice.Where((_, i) => i % 2 == 0)],
                [.. twice.Where((_, i) => i % 2 == 1)],
                SameCallToleranceInDeviations * deviation
            ),
            Compare(
                "swap",
                "each pair scored as (chosen, rejected) and as (rejected, chosen): a score must not depend on the side",
                asGiven,
                turned,
                tolerance
            ),
            Compare("batch_order", "all answers in one call, in order and shuffled", scores, restored, tolerance),
            Compare("batch_size", "all answers in one call and each alone", scores, alone, tolerance),
            Compare("repeated_call", "the same call again", scores, Score(all), tolerance),
        ];

        double[] Score(IReadOnlyList<Conversation> conversations)
        {
            var given = scorer.Score(conversations, cancellationToken);
            if (given.Count != conversations.Count)
                throw new EvaluationException(
                    $"the scorer gave {given.Count} scores for {conversations.Count} conversations; it must give one each"
                );
            return
            [
                .. given.Select(outcome =>
                    outcome.Refusal is { } refusal
                        ? throw new EvaluationException(
                            $"the scorer refuses a conversation that it scored before ({refusal.Code}: {refusal.Detail})"
                        )
                        : (double)outcome.Score
                ),
            ];
        }
    }

    /// <summary>Whether every score was a finite number.</summary>
    /// <param name="scored">How many scores were looked at.</param>
    /// <param name="notFinite">How many of them were NaN or infinite.</param>
    public static SelfTestResult Finite(long scored, long notFinite) =>
        new(
            "finite",
            $"every score of the run is a finite number ({(notFinite == 0 ? "all are" : $"{notFinite} are not")})",
            (int)Math.Min(scored, int.MaxValue),
            notFinite == 0 ? 0 : double.NaN,
            0,
            notFinite == 0
        );

    private static SelfTestResult Compare(string name, string description, double[] one, double[] other, double tolerance)
    {
        double largest = 0;
        // NaN is passed on, as Math.Max does.
        for (var i = 0; i < one.Length; i++)
            largest = Math.Max(largest, Math.Abs(one[i] - other[i]));
        return new(name, description, one.Length, largest, tolerance, largest <= tolerance);
    }

    private static int[] Shuffled(int count)
    {
        var random = new SeededRandom(Seed);
        int[] order = [.. Enumerable.Range(0, count)];
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}

/// <summary>A property that holds for every sound scorer whatever it learned: same text, same score.</summary>
/// <param name="Name">Snake case: <c>identical_pair</c>, <c>swap</c>, <c>batch_order</c>, …</param>
/// <param name="Description">What was compared, in a sentence.</param>
/// <param name="Compared">How many scores.</param>
/// <param name="LargestDifference">Largest absolute difference of two scores that must be equal.</param>
/// <param name="Tolerance">What is allowed.</param>
/// <param name="Passed">Whether it held.</param>
public sealed record SelfTestResult(string Name, string Description, int Compared, double LargestDifference, double Tolerance, bool Passed);
