using System.Text;

namespace Assay.Text.Tokenization.Models;

/// <summary>
/// The longest token from the left, then on with the continuing prefix; a piece that cannot be covered, or is too long, is unknown as a
/// whole.
/// </summary>
internal sealed class WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int maxInputCharacters)
    : Model(vocabulary)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(continuingPrefix);
    private readonly int? _unknown = vocabulary.IdOf(unknownToken);

    public override void Tokenize(ReadOnlySpan<byte> piece, ModelScratch scratch)
    {
        if (scratch.Recall(piece))
            return;
        var first = scratch.Sink.Count;
        if (Utf8.Count(piece) > maxInputCharacters || !Cover(piece, scratch, out var tokens))
        {
            scratch.Sink.Add(
                _unknown
                    ?? throw new TokenizerException(
                        $"the text has a word outside the vocabulary, and the model's unk_token '{unknownToken}' is not in it either"
                    ),
                0,
                piece.Length
            );
        }
        else
            foreach (var (id, start, end) in tokens)
                scratch.Sink.Add(id, start, end);
        scratch.Remember(piece, first);
    }

    private bool Cover(ReadOnlySpan<byte> piece, ModelScratch scratch, out List<(int, int, int)> tokens)
    {
        tokens = scratch.Merges.Tokens;
        tokens.Clear();
        // The piece with the prefix before it: each rest is looked up with the prefix copied right before it.
        if (scratch.Bytes.Length < _prefix.Length + piece.Length)
            scratch.Bytes = new byte[(_prefix.Length + piece.Length) * 2];
        var buffer = scratch.Bytes.AsSpan(0, _prefix.Length + piece.Length);
        piece.CopyTo(buffer[_prefix.Length..]);
        for (var start = 0; start < piece.Length; )
        {
            var from = _prefix.Length + start;
            if (start > 0)
            {
                _prefix.CopyTo(buffer[start..]);
                from = start;
            }
            var end = Math.Min(buffer.Length, from + Vocabulary.LongestToken);
            while (end < buffer.Length && end > _prefix.Length + start && (buffer[end] & 0xC0) == 0x80)
                end--;
            int id;
            while (true)
            {
                if (end <= _prefix.Length + start)
                    return false;
                if (Vocabulary.TryGetId(buffer[from..end], out id))
                    break;
                end = Utf8.Before(buffer, end);
            }
            tokens.Add((id, start, end - _prefix.Length));
            start = end - _prefix.Length;
        }
        return true;
    }
}
