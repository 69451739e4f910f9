namespace Assay.Evaluation.Statistics;

/// <summary>Draws with replacement, for bootstraps.</summary>
public static class Resamples
{
    /// <summary>
    /// How many resamples a bootstrap draws unless told otherwise: enough for the second digit of a 95 % interval's ends.
    /// </summary>
    public const int DefaultCount = 2000;

    /// <summary>
    /// <paramref name="resampleCount"/> lists of <paramref name="itemCount"/> indices each. The same array is handed out again and again,
    /// so memory stays at one resample: use it before asking for the next.
    /// </summary>
    public static IEnumerable<int[]> Draw(int itemCount, long seed, int resampleCount = DefaultCount)
    {
        var random = new SeededRandom(seed);
        var indices = new int[itemCount];
        for (var resample = 0; resample < resampleCount; resample++)
        {
            for (var i = 0; i < indices.Length; i++)
                indices[i] = random.Next(itemCount);
            yield return indices;
        }
    }
}
