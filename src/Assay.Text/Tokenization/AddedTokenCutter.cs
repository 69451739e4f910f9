using System.Buffers;
using System.Text;
using Assay.Text.Tokenization.Models;

namespace Assay.Text.Tokenization;

/// <summary>
/// Cuts added tokens out of text: the leftmost, and of those the longest, then on after it. What a found token must be (single word and so
/// on) is looked at after that.
/// </summary>
internal sealed class AddedTokenCutter : ICutter
{
    private static readonly CodePointSet Word = UnicodeData.Set("set RustWord");

    private readonly ByteTrie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<byte> _firstBytes;
    private readonly Func<AddedToken, bool> _isWanted;

    public AddedTokenCutter(IEnumerable<(string Text, AddedToken Token)> tokens, Func<AddedToken, bool> isWanted)
    {
        _isWanted = isWanted;
        var first = new HashSet<byte>();
        foreach (var (text, token) in tokens)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (bytes.Length == 0 || Longest(bytes, 0, out var length) >= 0 && length == bytes.Length)
                continue; // of the same text the lowest id stays
            _trie.Add(bytes, _tokens.Count);
            _tokens.Add(token);
            first.Add(bytes[0]);
        }
        _firstBytes = SearchValues.Create([.. first]);
    }

    public void Apply(PieceText work)
    {
        if (_tokens.Count > 0)
            work.Recut(this);
    }

    void ICutter.Cut(PieceText work, Piece piece, List<Piece> cut)
    {
        var text = work.Text.Bytes[piece.Start..piece.End];
        int covered = 0,
            at = 0;
        while (at < text.Length)
        {
            var skipped = text[at..].IndexOfAny(_firstBytes);
            if (skipped < 0)
                break;
            at += skipped;
            var found = Longest(text, at, out var length);
            if (found < 0)
            {
                at++;
                continue;
            }
            var token = _tokens[found];
            int start = at,
                end = at + length;
            at = end;
            if (!_isWanted(token) || token.IsSingleWord && !IsAlone(text, start, end))
                continue;
            if (token.StripsLeft)
            {
                start = Math.Min(Math.Max(start, covered), end);
                while (start > covered && UnicodeData.WhiteSpace.Contains(Utf8.Decode(text, Utf8.Before(text, start), out var space)))
                    start -= space;
            }
            if (token.StripsRight)
                while (end < text.Length && UnicodeData.WhiteSpace.Contains(Utf8.Decode(text, end, out var space)))
                    end += space;
            if (covered < start)
                cut.Add(work.Slice(piece.Start + covered, piece.Start + start));
            if (start < end)
                cut.Add(work.Slice(piece.Start + start, piece.Start + end, token.Id));
            covered = end;
        }
        if (covered == 0)
            cut.Add(piece);
        else if (covered < text.Length)
            cut.Add(work.Slice(piece.Start + covered, piece.End));
    }

    private int Longest(ReadOnlySpan<byte> text, int start, out int length)
    {
        int found = -1,
            node = 0;
        length = 0;
        for (var at = start; at < text.Length && _trie.TryStep(node, text[at], out node); )
        {
            at++;
            if (_trie.IdOf(node) is not (>= 0 and var id))
                continue;
            found = id;
            length = at - start;
        }
        return found;
    }

    private static bool IsAlone(ReadOnlySpan<byte> text, int start, int end) =>
        (start == 0 || !Word.Contains(Utf8.Decode(text, Utf8.Before(text, start), out _)))
        && (end == text.Length || !Word.Contains(Utf8.Decode(text, end, out _)));
}
