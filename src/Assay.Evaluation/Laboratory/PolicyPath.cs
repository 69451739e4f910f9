using Assay.Ground.Numerics;

namespace Assay.Evaluation.Laboratory;

/// <summary>
/// A small policy: for each prompt a softmax over a fixed set of answers that begins uniform, moved by the natural policy gradient (Kakade
/// 2001) of the proxy with a KL penalty, θ ← θ + η (r − β log(π/π₀) − mean). Expectations are over the whole set, so nothing is sampled:
/// what is left is the proxy. Its stationary point is π ∝ π₀ e^(r/β), the optimum of KL-regularised reward.
/// </summary>
internal static class PolicyPath
{
    private const double Rate = 0.1,
        Beta = 0.02;

    /// <summary>Steps at which the policy is looked at.</summary>
    public static IReadOnlyList<long> Steps { get; } = [0, 1, 2, 4, 8, 16, 32, 64, 128];

    /// <summary>Of one prompt: at each of <see cref="Steps"/> the KL from the start in nats, and what each reward comes to.</summary>
    /// <param name="proxy">What is optimised, one for each answer. Divided by <paramref name="scale"/>, so that steps mean the same for all
    /// proxies.</param>
    /// <param name="scale">The proxy's standard deviation under the policy that is begun with.</param>
    /// <param name="watched">Further rewards of the same answers.</param>
    public static (double Kl, double Proxy, double[] Watched)[] Of(double[] proxy, double scale, params double[][] watched)
    {
        var (logits, found) = (new double[proxy.Length], new List<(double, double, double[])>());
        for (long step = 0; step <= Steps[^1]; step++)
        {
            var chances = Softmax(logits);
            if (Steps.Contains(step))
                found.Add((Divergence(chances), Expected(chances, proxy), [.. watched.Select(reward => Expected(chances, reward))]));
            var gains = new double[proxy.Length];
            for (var i = 0; i < gains.Length; i++)
                gains[i] = (proxy[i] / scale) - (chances[i] > 0 ? Beta * Math.Log(chances[i] * proxy.Length) : 0);
            var mean = Expected(chances, gains);
            for (var i = 0; i < gains.Length; i++)
                logits[i] += Rate * (gains[i] - mean);
        }
        return [.. found];
    }

    /// <summary>Pooled standard deviation among a prompt's answers.</summary>
    public static double SpreadOf(IReadOnlyList<double[]> byPrompt) => byPrompt.Average(proxy => Math.Sqrt(Moments.Variance(proxy)));

    private static double Divergence(double[] chances) =>
        chances.Sum(chance => chance > 0 ? chance * Math.Log(chance * chances.Length) : 0);

    private static double Expected(double[] chances, double[] reward)
    {
        double sum = 0;
        for (var i = 0; i < chances.Length; i++)
            sum += chances[i] * reward[i];
        return sum;
    }

    private static double[] Softmax(double[] logits)
    {
        var most = logits.Max();
        var weights = Array.ConvertAll(logits, logit => Math.Exp(logit - most));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
