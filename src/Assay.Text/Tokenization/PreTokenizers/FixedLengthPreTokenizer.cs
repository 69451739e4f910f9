namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>Pieces of so many characters.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer, ICutter
{
    public override void Apply(PieceText work) => work.Recut(this);

    void ICutter.Cut(PieceText work, Piece piece, List<Piece> cut)
    {
        var bytes = work.Text.Bytes;
        for (var start = piece.Start; start < piece.End; )
        {
            var end = start;
            for (var count = 0; count < length && end < piece.End; count++)
                end += Utf8.Length(bytes[end]);
            cut.Add(work.Slice(start, end));
            start = end;
        }
    }
}
