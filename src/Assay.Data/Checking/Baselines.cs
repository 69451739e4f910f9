using Assay.Data.Contract;
using Assay.Ground.Numerics;

namespace Assay.Data.Checking;

/// <summary>
/// How well a pair's winner can be told without understanding it, cross-validated with whole prompts on one side: by length alone, and by
/// logistic regression on the words the sides do not share. What these reach, a reward model can reach by a shortcut.
/// </summary>
/// <param name="capacity">Pairs they are cross-validated on, at most: those with the smallest hashes.</param>
public sealed class Baselines(int capacity)
{
    /// <summary>How many pairs are enough unless told otherwise: the interval is then a hundredth to each side.</summary>
    public const int DefaultCapacity = 10_000;

    /// <summary>With fewer pairs nothing is measured.</summary>
    public const int MinPairs = 50;

    private const int FoldCount = 5;
    private const int Epochs = 8;
    private const float LearningRate = 0.5f;
    private const float Shrinkage = 1e-3f;

    private readonly PairSample<SampledPair> _sample = new(capacity);

    /// <summary>Takes a usable pair.</summary>
    public void Offer(PreferencePair pair)
    {
        var (key, _, prompt) = PairHash.Of(pair);
        Offer(pair, key, prompt);
    }

    internal void Offer(PreferencePair pair, UInt128 key, UInt128 prompt) =>
        _sample.Offer(
            key,
            () =>
                new SampledPair(
                    prompt,
                    CodePoints.Count(pair.ChosenAnswerSpan) - CodePoints.Count(pair.RejectedAnswerSpan),
                    WordDifference.Of(pair.ChosenAnswerSpan, pair.RejectedAnswerSpan)
                )
        );

    /// <summary>The baselines on the pairs taken; null with fewer than <see cref="MinPairs"/>.</summary>
    public BaselineStatistics? Measure()
    {
        var pairs = _sample.Items();
        if (pairs.Count < MinPairs)
            return null;
        var byLength = new double[FoldCount];
        var byWords = new double[FoldCount];
        Parallel.For(
            0,
            FoldCount,
            fold =>
            {
                List<SampledPair> training = [.. pairs.Where(pair => FoldOf(pair) != fold)];
                List<SampledPair> held = [.. pairs.Where(pair => FoldOf(pair) == fold)];
                var direction = Math.Sign(training.Sum(pair => Math.Sign(pair.LengthDifference)));
                byLength[fold] = held.Sum(pair => Credit(direction * pair.LengthDifference));
                var weights = Fit(training);
                byWords[fold] = held.Sum(pair => Credit(pair.Words.Dot(weights)));
            }
        );
        return new BaselineStatistics(pairs.Count, FoldCount, Interval(byLength.Sum(), pairs.Count), Interval(byWords.Sum(), pairs.Count));
    }

    private static int FoldOf(SampledPair pair) => (int)(pair.Prompt % FoldCount);

    private static double Credit(double margin) =>
        margin > 0 ? 1
        : margin < 0 ? 0
        : 0.5;

    // AdaGrad on −log σ(w·d), without an intercept: a pair has no first side to prefer.
    private static float[] Fit(List<SampledPair> pairs)
    {
        var weights = new float[HashedWords.Count];
        var squares = new float[HashedWords.Count];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            foreach (var pair in pairs)
            {
                var slope = (float)-Logistic.Sigmoid(-pair.Words.Dot(weights));
                for (var i = 0; i < pair.Words.Words.Length; i++)
                {
                    var word = pair.Words.Words[i];
                    var gradient = slope * pair.Words.Weights[i] + Shrinkage * weights[word];
                    squares[word] += gradient * gradient;
                    weights[word] -= LearningRate * gradient / (MathF.Sqrt(squares[word]) + 1e-6f);
                }
            }
        }
        return weights;
    }

    private static Accuracy Interval(double right, int count)
    {
        var interval = ProportionInterval.Wilson(right, count);
        return new Accuracy(right / count, interval.Low, interval.High);
    }
}

/// <param name="Prompt">The context's hash: what must stay in one fold.</param>
/// <param name="LengthDifference">Characters of chosen minus those of rejected.</param>
/// <param name="Words">Chosen's words minus rejected's.</param>
internal sealed record SampledPair(UInt128 Prompt, int LengthDifference, WordDifference Words);
