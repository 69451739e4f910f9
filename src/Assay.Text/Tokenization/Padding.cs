namespace Assay.Text.Tokenization;

/// <summary>How an encoding is padded.</summary>
/// <param name="Length">The length to pad to; null for that of the longest in the batch, which for one text is its own.</param>
/// <param name="PadId">The id of the pad token.</param>
/// <param name="PadToken">The pad token.</param>
/// <param name="Side">Where pads are put.</param>
/// <param name="MultipleOf">Rounds the length up to a multiple.</param>
/// <param name="PadTypeId">The type id of pads.</param>
public sealed record Padding(
    int? Length,
    int PadId,
    string PadToken,
    TokenSide Side = TokenSide.Right,
    int? MultipleOf = null,
    int PadTypeId = 0
);
