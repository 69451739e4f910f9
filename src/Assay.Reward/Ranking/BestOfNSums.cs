namespace Assay.Reward.Ranking;

/// <summary>
/// Expected best score of n answers drawn from a prompt's N without putting back, summed over prompts: the estimator of Nakano et al. 2021
/// (arXiv 2112.09332, appendix I) with the score as its own judge.
/// </summary>
internal sealed class BestOfNSums
{
    // A curve beyond this says nothing that its doubling points would not.
    private const int LargestN = 1024;

    private readonly List<(double Sum, long Prompts)> _sums = [];

    /// <param name="scores">A prompt's, the best first.</param>
    public void Add(float[] scores)
    {
        for (var n = 1; n <= Math.Min(scores.Length, LargestN); n++)
        {
            // The i-th best is the best of n with chance C(N - i, n - 1) / C(N, n): n/N for the first, each next one (N - i + 1 - n)/(N -
            // i) times the last.
            double expected = 0,
                chance = (double)n / scores.Length;
            for (var i = 0; i <= scores.Length - n; i++)
            {
                expected += chance * scores[i];
                if (i < scores.Length - 1)
                    chance *= (double)(scores.Length - i - n) / (scores.Length - i - 1);
            }
            if (_sums.Count < n)
                _sums.Add((0, 0));
            _sums[n - 1] = (_sums[n - 1].Sum + expected, _sums[n - 1].Prompts + 1);
        }
    }

    public IReadOnlyList<BestOfNPoint> Points() =>
        [.. _sums.Select((point, i) => new BestOfNPoint(i + 1, point.Sum / point.Prompts, point.Prompts))];
}
