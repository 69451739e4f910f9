namespace Assay.Judges;

/// <summary>What calls cost.</summary>
/// <param name="Calls">Calls that had an answer.</param>
/// <param name="Uncounted">Those of which the endpoint did not say its tokens.</param>
/// <param name="InputTokens">Tokens of the prompts.</param>
/// <param name="OutputTokens">Tokens of the answers.</param>
public sealed record TokenUse(long Calls, long Uncounted, long InputTokens, long OutputTokens)
{
    /// <summary>In the currency of the prices, which are for a million tokens; NaN without prices.</summary>
    public double Cost(double? priceIn, double? priceOut) =>
        priceIn is null && priceOut is null ? double.NaN : (InputTokens * (priceIn ?? 0) + OutputTokens * (priceOut ?? 0)) / 1e6;

    internal TokenUse And(JudgeVote vote) =>
        vote.Reading.NoVerdict is NoVerdict.CallFailed or NoVerdict.Refused
            ? this
            : new(
                Calls + 1,
                Uncounted + (vote.InputTokens is null && vote.OutputTokens is null ? 1 : 0),
                InputTokens + (vote.InputTokens ?? 0),
                OutputTokens + (vote.OutputTokens ?? 0)
            );
}
