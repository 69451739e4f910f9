namespace Assay.Text.Tokenization;

/// <summary>
/// A run of bytes of an <see cref="AlignedText"/>: text still to be split and tokenized, or an added token that was found
/// (<see cref="AddedId"/>).
/// </summary>
internal readonly record struct Piece(int Start, int End, int OriginalStart, int OriginalEnd, int AddedId = -1)
{
    public int Length => End - Start;

    public bool IsAdded => AddedId >= 0;
}
