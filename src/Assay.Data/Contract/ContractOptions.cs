namespace Assay.Data.Contract;

/// <summary>What the contract asks beyond what it asks of every pair.</summary>
public sealed record ContractOptions
{
    /// <summary>
    /// Least share of a row's votes (ties and abstentions count as votes) that must have gone to chosen, 0..1. Default 0.75: two of three
    /// is for review.
    /// </summary>
    public double MinAgreement { get; init; } = Agreement.VoteShare.DefaultTrainShare;

    /// <summary>
    /// Turns a conversation into a model's token ids as training will, or says why the model cannot take it. May be called from several
    /// threads at once. Null leaves the checks out that need it.
    /// </summary>
    public Func<Conversation, TokenOutcome>? Encode { get; init; }
}
