namespace Assay.Reward.Scoring;

/// <summary>What a model must answer before anybody is given its scores: the fixed conversations, together and each alone.</summary>
internal static class SelfTest
{
    /// <summary>Rounding of batches, relative to the larger of 1 and the score.</summary>
    private const double BatchTolerance = 1e-4;

    /// <returns>What was found, in a sentence.</returns>
    /// <exception cref="RewardException">A score is not finite, or depends on its neighbours by more than it may.</exception>
    public static async Task<string> Run(RewardModel model, ScoringQueue queue, BatchRounding rounding)
    {
        int[][] probes = [.. Probes.All.Select(model.Encode).Where(read => read.Refused is null).Select(read => read.Ids)];
        if (probes.Length == 0)
            throw new RewardException(
                "the model takes none of the fixed conversations: its chat template, tokenizer and weights do not go together"
            );
        var together = await queue.ScoreIdsAsync(probes).ConfigureAwait(false);
        var largest = 0.0;
        for (var i = 0; i < probes.Length; i++)
        {
            var alone = (await queue.ScoreIdsAsync([probes[i]]).ConfigureAwait(false))[0];
            if (!float.IsFinite(alone) || !float.IsFinite(together[i]))
                throw new RewardException($"fixed conversation {i + 1} scores {alone}: the model is broken");
            var difference = Math.Abs((double)alone - together[i]);
            if (difference > (rounding == BatchRounding.Excluded ? 0 : BatchTolerance * Math.Max(1, Math.Abs(alone))))
                throw new RewardException(
                    FormattableString.Invariant(
                        $"fixed conversation {i + 1} scores {alone:R} alone and {together[i]:R} beside others: the network is computed wrongly here"
                    )
                );
            largest = Math.Max(largest, difference);
        }
        return FormattableString.Invariant(
            $"{model.Verification ?? "no known answers recorded"}; {probes.Length} fixed conversations alone and together {(largest == 0 ? "equal bit for bit" : $"within {largest:G2}")}"
        );
    }
}
