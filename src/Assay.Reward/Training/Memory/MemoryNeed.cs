using System.Globalization;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Memory;

/// <summary>What a run needs, as measured, and what follows from it for a given limit. In bytes.</summary>
/// <param name="FixedBytes">What stays through the run: weights, gradients, optimiser state, and the process besides.</param>
/// <param name="BytesPerToken">What a token of a part of a batch takes until its backward has run.</param>
/// <param name="LongestPair">Tokens of the longest pair: less than that cannot go through at once.</param>
internal sealed record MemoryNeed(long FixedBytes, double BytesPerToken, int LongestPair)
{
    /// <summary>Most tokens at once: what is wished, or less where only less fits.</summary>
    /// <exception cref="RewardException">Even the longest pair alone does not fit; the message names what would make it fit.</exception>
    public int Budget(TrainingSettings settings, long limitBytes, Func<double> recomputedBytesPerToken)
    {
        if (Of(LongestPair) > limitBytes) throw TooLarge(settings, limitBytes, recomputedBytesPerToken);
        return (int)Math.Min(settings.MaxBatchTokens, Math.Floor((limitBytes - FixedBytes) / Math.Max(1, BytesPerToken)));
    }

    private double Of(int tokens) => FixedBytes + (BytesPerToken * tokens);

    private RewardException TooLarge(TrainingSettings settings, long limitBytes, Func<double> recomputedBytesPerToken)
    {
        var head = $"this run does not fit: it wants {Gibibytes(Of(LongestPair))} GiB, {Gibibytes(FixedBytes)} of them for weights, gradients, optimiser and process, {Gibibytes(BytesPerToken * LongestPair)} for the longest pair ({LongestPair} tokens); {Gibibytes(limitBytes)} GiB are to be had";
        if (FixedBytes >= limitBytes) return new RewardException(head + ". No setting makes it fit: take a smaller model, or a machine with more memory");
        var ways = new List<string>();
        if (!settings.GradientCheckpointing) ways.Add($"gradient_checkpointing: true (about {Gibibytes(FixedBytes + (recomputedBytesPerToken() * LongestPair))} GiB)");
        if (!settings.Bf16) ways.Add($"bf16: true (about {Gibibytes(FixedBytes + (BytesPerToken * LongestPair / 2))} GiB)");
        // A pair has two sides, which may share nothing.
        ways.Add($"max_length: {Math.Max(1, (int)((limitBytes - FixedBytes) / BytesPerToken / 2))} (longer pairs go to the quarantine)");
        return new RewardException($"{head}. What would make it fit: {string.Join("; ", ways)}");
    }

    private static string Gibibytes(double bytes) => (bytes / (1L << 30)).ToString("0.00", CultureInfo.InvariantCulture);
}
