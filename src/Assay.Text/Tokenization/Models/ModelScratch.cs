namespace Assay.Text.Tokenization.Models;

/// <summary>
/// What a model works with, kept between pieces, of one thread at a time: where tokens go, the pieces it has seen, and buffers.
/// </summary>
internal sealed class ModelScratch(bool keepsSpans)
{
    // A piece longer than this is not remembered, and a full memory is emptied: at most some 6 MB.
    private const int LongestRemembered = 128;
    private const int MostRemembered = 1 << 16;
    private const int MostRememberedBytes = 1 << 20;

    private readonly ByteTable _seen = new(1 << 12, 1 << 16);
    private (int Id, int Start, int End)[] _tokens = new (int, int, int)[1 << 12];
    private int _tokenCount;

    public TokenSink Sink { get; } = new() { KeepsSpans = keepsSpans };

    public byte[] Bytes = new byte[256];

    public MergeScratch Merges { get; } = new();

    public UnigramScratch Unigram { get; } = new();

    /// <summary>
    /// Adds the tokens of a piece that was seen before; it stands <paramref name="offset"/> bytes into the model's input.
    /// </summary>
    public bool Recall(ReadOnlySpan<byte> piece, int offset = 0)
    {
        if (piece.Length > LongestRemembered || !_seen.TryGetValue(piece, out var at))
            return false;
        var count = _tokens[at].Id;
        for (var i = at + 1; i <= at + count; i++)
            Sink.Add(_tokens[i].Id, _tokens[i].Start + offset, _tokens[i].End + offset);
        return true;
    }

    /// <summary>Remembers what was added to the sink since <paramref name="first"/> as the tokens of a piece.</summary>
    public void Remember(ReadOnlySpan<byte> piece, int first, int offset = 0)
    {
        if (piece.Length > LongestRemembered)
            return;
        var count = Sink.Count - first;
        for (var i = first; i < Sink.Count; i++)
            if (Sink[i].IsText)
                return; // an unknown's name is its text, which is not kept
        if (_seen.Count >= MostRemembered || _seen.KeyBytes > MostRememberedBytes)
        {
            _seen.Clear();
            _tokenCount = 0;
        }
        if (_tokenCount + count + 1 > _tokens.Length)
            Array.Resize(ref _tokens, Math.Max(_tokens.Length * 2, _tokenCount + count + 1));
        _seen.Set(piece, _tokenCount);
        _tokens[_tokenCount++] = (count, 0, 0);
        for (var i = first; i < Sink.Count; i++)
        {
            var (id, start, end, _) = Sink[i];
            _tokens[_tokenCount++] = (id, start - offset, end - offset);
        }
    }
}
