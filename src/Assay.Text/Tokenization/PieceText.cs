namespace Assay.Text.Tokenization;

/// <summary>
/// A text on its way through the pipeline: bytes and the pieces they are cut into. A stage either cuts pieces (<see cref="Split"/>) or
/// rewrites them (<see cref="Rewrite"/>). Pieces of added tokens are left alone by both; empty pieces vanish. One per thread of work, kept
/// and used again.
/// </summary>
internal sealed class PieceText(bool aligned)
{
    private readonly AlignedText _scratch = new(aligned);
    private AlignedText _text = new(aligned),
        _next = new(aligned);
    private List<Piece> _pieces = [],
        _cut = [];

    public bool IsAligned => _text.IsAligned;

    public AlignedText Text => _text;

    public IReadOnlyList<Piece> Pieces => _pieces;

    public List<TextMatch> Matches { get; } = [];

    public RegularExpressions.MatchStack Stack { get; } = new();

    public List<(int CodePoint, int Change)> Changes { get; } = [];

    public void SetOriginal(ReadOnlySpan<char> text)
    {
        _text.SetOriginal(text);
        _next.MostBytes = _text.MostBytes;
        Stack.Allow(_text.Length);
        _pieces.Clear();
        _pieces.Add(new Piece(0, _text.Length, 0, _text.OriginalEnd));
    }

    /// <summary>Cuts every piece by what <paramref name="splitter"/> finds.</summary>
    public void Split(IFinder splitter, SplitBehavior behavior)
    {
        _cut.Clear();
        foreach (var piece in _pieces)
        {
            if (piece.IsAdded)
            {
                _cut.Add(piece);
                continue;
            }
            Matches.Clear();
            splitter.Find(_text.Bytes[piece.Start..piece.End], Matches, Stack);
            Cut(_text, piece.Start, behavior, _cut);
        }
        (_pieces, _cut) = (_cut, _pieces);
    }

    /// <summary>
    /// Rewrites every piece by <paramref name="rewriter"/>, which may also cut it: it sets <see cref="Matches"/> and says how, or returns
    /// null for one piece.
    /// </summary>
    public void Rewrite(IRewriter rewriter)
    {
        _next.Clear();
        _cut.Clear();
        foreach (var piece in _pieces)
        {
            if (piece.IsAdded)
            {
                var at = _next.Append(_text, piece.Start, piece.End);
                _cut.Add(piece with { Start = at, End = at + piece.Length });
                continue;
            }
            _scratch.SetSlice(_text, piece);
            var behavior = rewriter.Rewrite(_scratch, this);
            var start = _next.Append(_scratch, 0, _scratch.Length);
            if (behavior is { } how)
                Cut(_next, start, how, _cut);
            else if (_scratch.Length > 0)
                _cut.Add(piece with { Start = start, End = start + _scratch.Length });
        }
        (_pieces, _cut) = (_cut, _pieces);
        (_text, _next) = (_next, _text);
    }

    /// <summary>Replaces the pieces by those that <paramref name="cutter"/> makes of each piece of text.</summary>
    public void Recut(ICutter cutter)
    {
        _cut.Clear();
        foreach (var piece in _pieces)
            if (piece.IsAdded)
                _cut.Add(piece);
            else
                cutter.Cut(this, piece, _cut);
        (_pieces, _cut) = (_cut, _pieces);
    }

    public Piece Slice(int start, int end, int addedId = -1) => Slice(_text, start, end, addedId);

    private static Piece Slice(AlignedText text, int start, int end, int addedId = -1) =>
        text.IsAligned && end > start
            ? new Piece(start, end, text.StartOf(start), text.EndOf(end - 1), addedId)
            : new Piece(start, end, 0, 0, addedId);

    private void Cut(AlignedText text, int at, SplitBehavior behavior, List<Piece> cut)
    {
        var matches = Matches;
        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach (var match in matches)
                    if (!match.IsMatch)
                        Add(text, at, match.Start, match.End, cut);
                return;
            case SplitBehavior.MergedWithNext:
                JoinWithNext(matches);
                goto case SplitBehavior.Isolated;
            case SplitBehavior.Isolated:
                foreach (var match in matches)
                    Add(text, at, match.Start, match.End, cut);
                return;
        }
        // Contiguous joins runs of matches and runs of the rest; MergedWithPrevious joins a match to what came before unless that was a
        // match.
        var previous = false;
        int open = -1,
            close = -1;
        foreach (var match in matches)
        {
            var joins = behavior == SplitBehavior.Contiguous ? match.IsMatch == previous : match.IsMatch && !previous;
            previous = match.IsMatch;
            if (joins && open >= 0)
            {
                close = match.End;
                continue;
            }
            if (open >= 0)
                Add(text, at, open, close, cut);
            (open, close) = (match.Start, match.End);
        }
        if (open >= 0)
            Add(text, at, open, close, cut);
    }

    private static void Add(AlignedText text, int at, int start, int end, List<Piece> cut)
    {
        if (end > start)
            cut.Add(Slice(text, at + start, at + end));
    }

    /// <summary>From the back: a match joins what follows it unless that is a match; its own entry becomes empty.</summary>
    private static void JoinWithNext(List<TextMatch> matches)
    {
        var previous = false;
        var open = -1;
        for (var i = matches.Count - 1; i >= 0; i--)
        {
            var match = matches[i];
            if (match.IsMatch && !previous && open >= 0)
            {
                matches[open] = matches[open] with { Start = match.Start };
                matches[i] = default;
            }
            else
                open = i;
            previous = match.IsMatch;
        }
    }
}

/// <summary>
/// A run of bytes of an <see cref="AlignedText"/>: text still to be split and tokenized, or an added token that was found
/// (<see cref="AddedId"/>).
/// </summary>
internal readonly record struct Piece(int Start, int End, int OriginalStart, int OriginalEnd, int AddedId = -1)
{
    public int Length => End - Start;

    public bool IsAdded => AddedId >= 0;
}
