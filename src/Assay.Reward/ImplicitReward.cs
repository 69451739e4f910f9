using System.Text.Json;
using Assay.Data.Records;
using Assay.Models;
using Assay.Ranks;
using Assay.Reward.Training.Policies;

namespace Assay.Reward;

/// <summary>
/// The reward that a policy trained by DPO stands for: <c>beta (log policy - log reference)</c>, summed over the answer's tokens (Rafailov
/// et al. 2023, arXiv 2305.18290, equation 5, up to a term of the prompt alone). Of messages the answer is the last turn; of plain text,
/// whose prompt nobody tells apart, the whole text, so that only differences of one prompt mean something.
/// </summary>
/// <param name="reference">The frozen language model; disposed with the policy.</param>
/// <param name="beta">Above 0.</param>
internal sealed class ImplicitReward(RewardNetwork reference, double beta) : IDisposable
{
    /// <summary>TRL's default, for a policy whose folder does not say.</summary>
    public const double UsualBeta = 0.1;

    public double Beta => beta;

    /// <summary>Of which weights the reference is.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Where it was loaded from.</summary>
    public required string Reference { get; init; }

    /// <summary>The beta that a policy was trained with, as its record says; null where it does not.</summary>
    public static double? BetaIn(ModelOrigin? record) =>
        record?.Training?.Settings?.GetValueOrDefault("beta") is { ValueKind: JsonValueKind.Number } beta ? beta.GetDouble() : null;

    /// <summary>Rewards of sequences, in their order.</summary>
    /// <param name="policy">The policy's network.</param>
    /// <param name="sequences">Ids, and how many of them are the prompt's.</param>
    /// <param name="batchTokens">Most tokens that go through a network at once.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="ranks">Those that share the work; null for one process.</param>
    public float[] Score(
        RewardNetwork policy,
        IReadOnlyList<(int[] Ids, int PromptLength)> sequences,
        int batchTokens,
        CancellationToken stop,
        Communicator? ranks = null
    )
    {
        Models.Packing.ReadSequence[] asked = [.. sequences.Select(sequence => PolicyReading.Of(sequence.Ids, sequence.PromptLength))];
        var (own, others) = (
            SequenceReading.Read(policy, asked, batchTokens, stop, ranks: ranks),
            SequenceReading.Read(reference, asked, batchTokens, stop, ranks: ranks)
        );
        return [.. own.Zip(others, (mine, theirs) => (float)(beta * mine.Zip(theirs, (a, b) => a - b).Sum()))];
    }

    public void Dispose() => reference.Dispose();
}
