namespace Assay.Text.Tokenization.Models;

/// <summary>
/// A trie over bytes with a number at some nodes: edges in one hash table, so that it grows with its keys and nothing else.
/// </summary>
internal sealed class ByteTrie
{
    private long[] _edges = new long[1024]; // (node << 8 | byte) + 1, or 0
    private int[] _targets = new int[1024];
    private int[] _ids = new int[256];
    private int _count = 1;

    public ByteTrie() => _ids[0] = -1;

    /// <summary>The number at a node, or −1.</summary>
    public int IdOf(int node) => _ids[node];

    public bool TryStep(int node, byte unit, out int next)
    {
        var key = ((long)node << 8 | unit) + 1;
        var mask = _edges.Length - 1;
        for (var slot = Slot(key, mask); _edges[slot] != 0; slot = slot + 1 & mask)
            if (_edges[slot] == key)
            {
                next = _targets[slot];
                return true;
            }
        next = 0;
        return false;
    }

    public void Add(ReadOnlySpan<byte> key, int id)
    {
        var node = 0;
        foreach (var unit in key)
        {
            if (!TryStep(node, unit, out var next))
            {
                if (_count == _ids.Length)
                    Array.Resize(ref _ids, _count * 2);
                _ids[_count] = -1;
                next = _count++;
                if (_count * 2L > _edges.Length)
                    Grow();
                Insert(((long)node << 8 | unit) + 1, next);
            }
            node = next;
        }
        _ids[node] = id;
    }

    private static int Slot(long key, int mask)
    {
        var mixed = (ulong)key * 0x9E3779B97F4A7C15;
        return (int)(mixed >> 32 ^ mixed >> 17) & mask;
    }

    private void Insert(long key, int target)
    {
        var mask = _edges.Length - 1;
        var slot = Slot(key, mask);
        while (_edges[slot] != 0)
            slot = slot + 1 & mask;
        _edges[slot] = key;
        _targets[slot] = target;
    }

    private void Grow()
    {
        var (edges, targets) = (_edges, _targets);
        _edges = new long[edges.Length * 2];
        _targets = new int[edges.Length * 2];
        for (var i = 0; i < edges.Length; i++)
            if (edges[i] != 0)
                Insert(edges[i], targets[i]);
    }
}
