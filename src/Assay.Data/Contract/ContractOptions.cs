namespace Assay.Data;

/// <summary>What the contract asks beyond what it asks of every pair.</summary>
public sealed record ContractOptions
{
    /// <summary>Least share of a row's votes (ties and abstentions count as votes) that must have gone to chosen, 0..1. Default 0.75: two of three is for review.</summary>
    public double MinAgreement { get; init; } = Agreement.VoteShare.DefaultTrainShare;

    /// <summary>Most tokens a side may have; needs <see cref="Encode"/>. Null checks no length.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Turns a conversation into a model's token ids, as training will. May be called from several threads at once; a FormatException says that this conversation has none. Null leaves the checks out that need it.</summary>
    public Func<Conversation, IReadOnlyList<int>>? Encode { get; init; }
}
