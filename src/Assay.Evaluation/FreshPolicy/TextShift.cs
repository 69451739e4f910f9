using Assay.Data.Checking;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>
/// Whether two sets of texts are of one kind: a logistic regression on which words occur learns to tell them on half of the prompts, and
/// its scores of the other half are compared as any other quantity (Friedman 2004, "On multivariate goodness-of-fit and two-sample
/// testing"; Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests"). If they are of one kind no classifier can tell them and
/// the area is 1/2.
/// </summary>
internal static class TextShift
{
    /// <summary>Fewer prompts than this on a side of the training or of the test half teach or tell nothing.</summary>
    public const int MinPrompts = 20;

    private const int Epochs = 8;
    private const float LearningRate = 0.5f;
    private const float Shrinkage = 1e-3f;

    /// <summary>The drift of the classifier's score (log-odds of being fresh), or null with too few prompts.</summary>
    public static RewardDrift? Of(
        IReadOnlyList<TextSample.Item> reference,
        IReadOnlyList<TextSample.Item> current,
        Func<TextSample.Item, ushort[]> words,
        long seed
    )
    {
        var sides = new[] { reference, current }
            .SelectMany(side =>
                new[] { side.Where(item => (item.Prompt & 1) == 0).ToList(), side.Where(item => (item.Prompt & 1) == 1).ToList() }
            )
            .ToArray();
        if (sides.Any(side => side.Count < MinPrompts))
            return null;
        var weights = Fit([.. sides[0].Select(words)], [.. sides[2].Select(words)], new SeededRandom(seed));
        return RewardDrift.Of(
            [.. sides[1].Select(item => Score(words(item), weights))],
            [.. sides[3].Select(item => Score(words(item), weights))]
        );
    }

    // AdaGrad on the log loss; each side weighs one half in all, and the last weight is the intercept.
    private static float[] Fit(ushort[][] reference, ushort[][] current, SeededRandom random)
    {
        float[] weights = new float[HashedWords.Count + 1],
            squares = new float[HashedWords.Count + 1];
        (ushort[] Words, int Label, float Weight)[] rows =
        [
            .. reference.Select(words => (words, 0, (reference.Length + current.Length) / (2f * reference.Length))),
            .. current.Select(words => (words, 1, (reference.Length + current.Length) / (2f * current.Length))),
        ];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            for (var i = rows.Length - 1; i > 0; i--)
            {
                var other = random.Next(i + 1);
                (rows[i], rows[other]) = (rows[other], rows[i]);
            }
            foreach (var (words, label, weight) in rows)
            {
                var slope = weight * (float)(Logistic.Sigmoid(Score(words, weights)) - label);
                foreach (var word in words)
                    Step(word, slope / MathF.Sqrt(words.Length) + Shrinkage * weights[word]);
                Step(HashedWords.Count, slope);
            }
        }
        return weights;

        void Step(int at, float gradient)
        {
            squares[at] += gradient * gradient;
            weights[at] -= LearningRate * gradient / (MathF.Sqrt(squares[at]) + 1e-6f);
        }
    }

    private static double Score(ushort[] words, float[] weights)
    {
        double sum = 0;
        foreach (var word in words)
            sum += weights[word];
        return weights[HashedWords.Count] + (words.Length == 0 ? 0 : sum / Math.Sqrt(words.Length));
    }
}
