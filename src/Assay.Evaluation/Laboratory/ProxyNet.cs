using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Laboratory;

/// <summary>
/// A small reward model: a linear score, and beside it hidden units (tanh) with a score each. Trained on pairs by Bradley and Terry's loss
/// with AdaGrad (Duchi, Hazan and Singer 2011), a pair at a time. All of one seed begin at the same weights, as fine-tuned models begin at
/// one checkpoint, so that their weights can be averaged.
/// </summary>
internal sealed class ProxyNet
{
    private const double Rate = 0.1,
        Decay = 1e-3,
        Epsilon = 1e-8;

    /// <summary>Pairs that a model sees at least, epochs added until it has; and at most so many epochs.</summary>
    private const int LeastUpdates = 20_000,
        MostEpochs = 20,
        LeastEpochs = 2;

    private readonly int _features,
        _hidden;
    private readonly float[] _weights;

    private ProxyNet(int features, int hidden, float[] weights) => (_features, _hidden, _weights) = (features, hidden, weights);

    /// <summary>Trains one.</summary>
    /// <param name="features">How many features there are.</param>
    /// <param name="hidden">Hidden units; 0 for a linear model.</param>
    /// <param name="pairs">Preferred answer first.</param>
    /// <param name="start">Draws the weights at the start.</param>
    /// <param name="order">Draws the order of pairs.</param>
    public static ProxyNet Train(
        int features,
        int hidden,
        IReadOnlyList<(LaboratoryText Chosen, LaboratoryText Rejected)> pairs,
        long start,
        long order
    )
    {
        var net = new ProxyNet(features, hidden, Begin(features, hidden, start));
        var (squares, random) = (new float[net._weights.Length], new SeededRandom(order));
        int[] rows = [.. Enumerable.Range(0, pairs.Count)];
        var epochs = Math.Clamp((LeastUpdates + pairs.Count - 1) / pairs.Count, LeastEpochs, MostEpochs);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            for (var i = rows.Length - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (rows[i], rows[j]) = (rows[j], rows[i]);
            }
            foreach (var row in rows)
            {
                var (chosen, rejected) = pairs[row];
                var slope = -Logistic.Sigmoid(net.Score(rejected) - net.Score(chosen));
                net.Step(chosen, slope, squares);
                net.Step(rejected, -slope, squares);
            }
        }
        return net;
    }

    /// <summary>The mean of the weights (WARM, Ramé et al. 2024, arXiv 2401.12187).</summary>
    public static ProxyNet Average(IReadOnlyList<ProxyNet> nets)
    {
        var mean = new float[nets[0]._weights.Length];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = (float)(nets.Sum(net => (double)net._weights[i]) / nets.Count);
        return new ProxyNet(nets[0]._features, nets[0]._hidden, mean);
    }

    public double Score(LaboratoryText text)
    {
        double score = 0;
        for (var i = 0; i < text.Indices.Length; i++)
            score += _weights[text.Indices[i]] * (double)text.Values[i];
        for (var unit = 0; unit < _hidden; unit++)
            score += _weights[Out(unit)] * Math.Tanh(Inner(text, unit));
        return score;
    }

    public double[] Scores(IReadOnlyList<LaboratoryText> texts) => [.. texts.Select(Score)];

    private static float[] Begin(int features, int hidden, long start)
    {
        var (weights, random) = (new float[(features * (1 + hidden)) + hidden], new SeededRandom(start));
        // The linear score begins at nothing; the hidden units at small draws, or they would stay alike.
        for (var i = features; i < weights.Length; i++)
            weights[i] = (float)(0.1 * NormalDistribution.Quantile(Math.Max(random.NextDouble(), 1e-16)));
        return weights;
    }

    private int Out(int unit) => (_features * (1 + _hidden)) + unit;

    private double Inner(LaboratoryText text, int unit)
    {
        double inner = 0;
        var row = _features * (1 + unit);
        for (var i = 0; i < text.Indices.Length; i++)
            inner += _weights[row + text.Indices[i]] * (double)text.Values[i];
        return inner;
    }

    private void Step(LaboratoryText text, double slope, float[] squares)
    {
        for (var unit = 0; unit < _hidden; unit++)
        {
            var value = Math.Tanh(Inner(text, unit));
            var through = slope * _weights[Out(unit)] * (1 - (value * value));
            Update(Out(unit), slope * value);
            for (var i = 0; i < text.Indices.Length; i++)
                Update((_features * (1 + unit)) + text.Indices[i], through * text.Values[i]);
        }
        for (var i = 0; i < text.Indices.Length; i++)
            Update(text.Indices[i], slope * text.Values[i]);

        void Update(int at, double gradient)
        {
            gradient += Decay * _weights[at];
            squares[at] += (float)(gradient * gradient);
            _weights[at] -= (float)(Rate * gradient / (Math.Sqrt(squares[at]) + Epsilon));
        }
    }
}
