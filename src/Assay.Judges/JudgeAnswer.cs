namespace Assay.Judges;

/// <summary>What one call gave.</summary>
/// <param name="Text">What the judge wrote, or what the endpoint said when it refused.</param>
/// <param name="WasCutOff">It was stopped at the limit of tokens.</param>
/// <param name="InputTokens">Tokens of the prompt, as the endpoint counts them; null where it does not say.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="NoVerdict">Why there is no answer to read, a reason of <see cref="Judges.NoVerdict"/>; null where there is one.</param>
public sealed record JudgeAnswer(
    string Text,
    bool WasCutOff = false,
    long? InputTokens = null,
    long? OutputTokens = null,
    string? NoVerdict = null
);
