namespace Assay.Data;

/// <summary>A list in blocks: ten million entries are never copied to a list twice their size.</summary>
internal sealed class BlockList<T>
{
    private const int BlockBits = 16;
    private readonly List<T[]> _blocks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _blocks[index >> BlockBits][index & (1 << BlockBits) - 1];

    public void Add(in T item)
    {
        if (Count == _blocks.Count << BlockBits)
            _blocks.Add(new T[1 << BlockBits]);
        this[Count++] = item;
    }
}
