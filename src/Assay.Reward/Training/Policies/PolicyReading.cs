using Assay.Models.Packing;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// Where a language model is asked about an answer: at every token before one of the answer's. A sequence's first token has no one before
/// it and is never asked about.
/// </summary>
internal static class PolicyReading
{
    /// <summary>How many tokens of a sequence are asked about.</summary>
    public static int AnswerTokens(int[] ids, int promptLength) => ids.Length - Math.Max(1, promptLength);

    /// <summary>An answer after its prompt.</summary>
    public static ReadSequence Of(int[] ids, int promptLength) =>
        new(ids, [.. Enumerable.Range(Math.Max(1, promptLength) - 1, AnswerTokens(ids, promptLength))]);

    /// <summary>Chosen and rejected of a pair.</summary>
    public static IReadOnlyList<ReadSequence> Of(EncodedPair pair) =>
        [Of(pair.Chosen, pair.PromptLength), Of(pair.Rejected, pair.PromptLength)];
}
