namespace Assay.Text.Tokenization;

/// <summary>Finds delimiters in a piece of text. What it adds covers the piece in order, relative to its start.</summary>
internal interface IFinder
{
    void Find(ReadOnlySpan<byte> text, List<TextMatch> matches, RegularExpressions.MatchStack stack);
}

/// <summary>
/// Changes a piece's text. When it also cuts the piece it fills <see cref="PieceText.Matches"/> and returns how they cut; null leaves one
/// piece.
/// </summary>
internal interface IRewriter
{
    SplitBehavior? Rewrite(AlignedText text, PieceText work);
}

/// <summary>Makes pieces of a piece that need not lie end to end.</summary>
internal interface ICutter
{
    void Cut(PieceText work, Piece piece, List<Piece> cut);
}

/// <summary>A range of bytes that a pattern matched or passed over; a list of them covers a text.</summary>
internal readonly record struct TextMatch(int Start, int End, bool IsMatch);

/// <summary>What a split does with the delimiters it finds, in the words of tokenizer.json.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
