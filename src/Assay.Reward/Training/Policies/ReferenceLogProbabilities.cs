using Assay.Data.Records;
using Assay.Models;
using Assay.Ranks;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// Log-probabilities of the answers of pairs, each summed over its tokens, in nats: of a reference they are computed once (TRL's
/// <c>precompute_ref_log_probs</c>) and kept with the run.
/// </summary>
/// <param name="Chosen">[pairs]</param>
/// <param name="Rejected">[pairs]</param>
public sealed record ReferenceLogProbabilities(double[] Chosen, double[] Rejected)
{
    public const string FileName = "reference_logps.json",
        Kind = "assay.reference_logps/1";

    /// <summary>Asks a language model, pairs as they are trained: near lengths together, a common beginning once.</summary>
    public static ReferenceLogProbabilities Of(
        RewardNetwork network,
        IReadOnlyList<EncodedPair> pairs,
        int batchTokens,
        CancellationToken stop = default,
        Action<int>? done = null,
        Communicator? ranks = null
    )
    {
        var found = SequenceReading.Read(network, [.. pairs.SelectMany(PolicyReading.Of)], batchTokens, stop, done, ranks);
        return new([.. pairs.Select((_, i) => found[2 * i].Sum())], [.. pairs.Select((_, i) => found[(2 * i) + 1].Sum())]);
    }

    public ReferenceLogProbabilities Slice(int start, int count) => new(Chosen[start..(start + count)], Rejected[start..(start + count)]);

    /// <summary>Writes them beside a run.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="key">What they were computed of: the reference's and the rows' fingerprints.</param>
    public void Write(string folder, string key) =>
        RecordFile.Write(Path.Combine(folder, FileName), new Record(Kind, key, Chosen, Rejected));

    /// <summary>Reads them, if they are there and of the same reference and rows; else null.</summary>
    public static ReferenceLogProbabilities? Read(string folder, string key) =>
        RecordFile.ReadIfThere<Record>(Path.Combine(folder, FileName)) is { Format: Kind } stored && stored.Of == key
            ? new(stored.Chosen, stored.Rejected)
            : null;

    /// <summary>The file as it stands.</summary>
    /// <param name="Format">Its format.</param>
    /// <param name="Of">What they were computed of: the reference's and the rows' fingerprints.</param>
    /// <param name="Chosen">[pairs]</param>
    /// <param name="Rejected">[pairs]</param>
    public sealed record Record(string? Format, string? Of, double[] Chosen, double[] Rejected);
}
