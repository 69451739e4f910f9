namespace Assay.Text.Tokenization.Models;

/// <summary>The merges of a BPE model: from a pair of ids to its rank and the id it becomes.</summary>
internal sealed class MergeTable
{
    private readonly ulong[] _pairs;
    private readonly (int Rank, int Id)[] _merges;
    private readonly int _mask;

    public MergeTable(int capacity)
    {
        var slots = 16;
        while (slots < capacity * 2L)
            slots *= 2;
        _mask = slots - 1;
        _pairs = new ulong[slots];
        Array.Fill(_pairs, ulong.MaxValue);
        _merges = new (int, int)[slots];
    }

    /// <summary>Sets a merge; one named again gets the later rank.</summary>
    public void Set(int left, int right, int rank, int id)
    {
        var pair = Pair(left, right);
        var slot = Slot(pair);
        while (_pairs[slot] != ulong.MaxValue && _pairs[slot] != pair)
            slot = slot + 1 & _mask;
        _pairs[slot] = pair;
        _merges[slot] = (rank, id);
    }

    /// <summary>Every merge: the pair and what it becomes.</summary>
    public IEnumerable<(int Left, int Right, int Id)> All()
    {
        for (var slot = 0; slot < _pairs.Length; slot++)
            if (_pairs[slot] != ulong.MaxValue)
                yield return ((int)(_pairs[slot] >> 32), (int)(uint)_pairs[slot], _merges[slot].Id);
    }

    public bool TryGet(int left, int right, out int rank, out int id)
    {
        var pair = Pair(left, right);
        for (var slot = Slot(pair); _pairs[slot] != ulong.MaxValue; slot = slot + 1 & _mask)
            if (_pairs[slot] == pair)
            {
                (rank, id) = _merges[slot];
                return true;
            }
        rank = id = int.MaxValue;
        return false;
    }

    private static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Slot(ulong pair)
    {
        var mixed = pair * 0x9E3779B97F4A7C15;
        return (int)(mixed >> 32 ^ mixed >> 15) & _mask;
    }
}
