using System.Globalization;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Memory;

/// <summary>What a run needs, as measured, and what follows from it for a given limit. In bytes.</summary>
/// <param name="FixedBytes">What stays through the run: weights, gradients, optimiser state, and the process besides.</param>
/// <param name="BytesPerToken">What a token of a part of a batch takes until its backward has run.</param>
/// <param name="LongestPair">Tokens of the longest pair: less than that cannot go through at once.</param>
internal sealed record MemoryNeed(long FixedBytes, double BytesPerToken, int LongestPair)
{
    /// <summary>What would stay if the weights were frozen beside a LoRA; null where they are.</summary>
    public long? FixedBytesWithLora { get; init; }

    /// <summary>Most tokens at once: what is wished, or less where only less fits.</summary>
    /// <exception cref="RewardException">Even the longest pair alone does not fit; the message names what would make it fit.</exception>
    /// <param name="settings">The run's.</param>
    /// <param name="limitBytes">What may be taken.</param>
    /// <param name="recomputedBytesPerToken">What a token takes with gradient_checkpointing; asked only where the run does not fit.</param>
    /// <param name="pairsAbove">How many pairs have a side longer than so many tokens.</param>
    public int Budget(TrainingSettings settings, long limitBytes, Func<double> recomputedBytesPerToken, Func<int, int>? pairsAbove = null)
    {
        if (Of(LongestPair) > limitBytes)
            throw TooLarge(settings, limitBytes, recomputedBytesPerToken, pairsAbove);
        return (int)Math.Min(settings.MaxBatchTokens, Math.Floor((limitBytes - FixedBytes) / Math.Max(1, BytesPerToken)));
    }

    private double Of(int tokens) => FixedBytes + (BytesPerToken * tokens);

    private RewardException TooLarge(
        TrainingSettings settings,
        long limitBytes,
        Func<double> recomputedBytesPerToken,
        Func<int, int>? pairsAbove
    )
    {
        var head =
            $"this run does not fit: it wants {Gibibytes(Of(LongestPair))} GiB, {Gibibytes(FixedBytes)} of them for weights, gradients, optimiser and process, {Gibibytes(BytesPerToken * LongestPair)} for the longest pair ({LongestPair} tokens); {Gibibytes(limitBytes)} GiB are to be had";
        if ((FixedBytesWithLora ?? FixedBytes) >= limitBytes)
            return new RewardException(head + ". No setting makes it fit: take a smaller model, or a machine with more memory");
        var ways = new List<string>();
        if (FixedBytesWithLora is { } frozen)
            ways.Add($"use_peft: true ({Then(frozen - FixedBytes + (BytesPerToken * LongestPair))})");
        if (FixedBytes >= limitBytes)
            return new RewardException($"{head}. What would make it fit: {ways[0]}; no other setting does by itself");
        if (!settings.GradientCheckpointing)
            ways.Add($"gradient_checkpointing: true ({Then(recomputedBytesPerToken() * LongestPair)})");
        if (!settings.Bf16)
            ways.Add($"bf16: true ({Then(BytesPerToken * LongestPair / 2)})");
        // A pair has two sides, which may share nothing.
        var length = Math.Max(1, (int)((limitBytes - FixedBytes) / BytesPerToken / 2));
        ways.Add(
            $"max_length: {length} ({Then(BytesPerToken * 2 * length)}; {(pairsAbove is null ? "longer pairs" : $"{pairsAbove(length)} longer pairs")} go to the quarantine)"
        );
        return new RewardException($"{head}. What would make it fit: {string.Join("; ", ways)}");

        string Then(double bytes) =>
            FixedBytes + bytes is var all && all <= limitBytes
                ? $"about {Gibibytes(all)} GiB"
                : $"about {Gibibytes(all)} GiB, by itself still {Gibibytes(all - limitBytes)} too much";
    }

    private static string Gibibytes(double bytes) => (bytes / (1L << 30)).ToString("0.00", CultureInfo.InvariantCulture);
}
