namespace Assay.Text.Tokenization.Models;

/// <summary>
/// Where a model writes its tokens: ids, and when <see cref="KeepsSpans"/> also the bytes of the piece that each stands for.
/// </summary>
internal sealed class TokenSink
{
    private int[] _ids = new int[64];
    private int[] _starts = new int[64],
        _ends = new int[64];
    private bool[] _isText = new bool[64];

    public bool KeepsSpans { get; init; }

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public (int Id, int Start, int End, bool IsText) this[int index] => (_ids[index], _starts[index], _ends[index], _isText[index]);

    public void Clear() => Count = 0;

    /// <summary>Adds a token. Its name is the vocabulary's for its id, or the text itself when <paramref name="isText"/>.</summary>
    public void Add(int id, int start, int end, bool isText = false)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _isText, Count * 2);
        }
        _ids[Count] = id;
        if (KeepsSpans)
        {
            _starts[Count] = start;
            _ends[Count] = end;
            _isText[Count] = isText;
        }
        Count++;
    }
}
