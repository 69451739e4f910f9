namespace Assay.Text.Tokenization.Models;

/// <summary>The symbols of a word while it is merged, and the queue of merges of a long one; kept between words.</summary>
internal sealed class MergeScratch
{
    private (ulong RankAndPosition, int Id)[] _heap = new (ulong, int)[256];

    public int[] Ids = new int[256],
        Lengths = new int[256],
        Ranks = new int[256],
        NewIds = new int[256];

    public int Count { get; private set; }

    public int HeapCount { get; private set; }

    public List<(int Id, int Start, int End)> Tokens { get; } = [];

    public void Clear() => Count = HeapCount = 0;

    public void Add(int id, int length)
    {
        if (Count == Ids.Length)
        {
            Array.Resize(ref Ids, Count * 2);
            Array.Resize(ref Lengths, Count * 2);
            Array.Resize(ref Ranks, Count * 2);
            Array.Resize(ref NewIds, Count * 2);
        }
        Ids[Count] = id;
        Lengths[Count++] = length;
    }

    /// <summary>Drops the symbol at <paramref name="at"/> from the arrays.</summary>
    public void RemoveAt(int at)
    {
        var rest = Count - at - 1;
        Array.Copy(Ids, at + 1, Ids, at, rest);
        Array.Copy(Lengths, at + 1, Lengths, at, rest);
        Array.Copy(Ranks, at + 1, Ranks, at, rest);
        Array.Copy(NewIds, at + 1, NewIds, at, rest);
        Count--;
    }

    public void Push(int rank, int position, int id)
    {
        if (HeapCount == _heap.Length)
            Array.Resize(ref _heap, HeapCount * 2);
        var key = (ulong)(uint)rank << 32 | (uint)position;
        var at = HeapCount++;
        while (at > 0 && _heap[at - 1 >> 2].RankAndPosition > key)
        {
            _heap[at] = _heap[at - 1 >> 2];
            at = at - 1 >> 2;
        }
        _heap[at] = (key, id);
    }

    /// <summary>Takes the merge of the lowest rank, and of those the leftmost.</summary>
    public (int Position, int Id) Pop()
    {
        var (key, id) = _heap[0];
        var last = _heap[--HeapCount];
        var at = 0;
        while (true)
        {
            var child = 4 * at + 1;
            if (child >= HeapCount)
                break;
            var least = child;
            for (var i = child + 1; i < Math.Min(child + 4, HeapCount); i++)
                if (_heap[i].RankAndPosition < _heap[least].RankAndPosition)
                    least = i;
            if (_heap[least].RankAndPosition >= last.RankAndPosition)
                break;
            _heap[at] = _heap[least];
            at = least;
        }
        _heap[at] = last;
        return ((int)(uint)key, id);
    }
}
