namespace Assay.Data.Contract;

/// <summary>
/// Numbers distinct 128-bit hashes 0, 1, 2, … in the order they come. Open addressing over blocks of hashes: 27 to 38 bytes a hash, where a
/// dictionary that has just grown takes a hundred.
/// </summary>
internal sealed class PairHashIndex
{
    private readonly BlockList<UInt128> _hashes = new();

    // number + 1, and above it the high bits of the hash, so that a wrong slot costs no look at another hash; 0 is free
    private ulong[] _slots = new ulong[1024];

    public int Count => _hashes.Count;

    /// <summary>The number of this hash, and whether it is new.</summary>
    public int GetOrAdd(UInt128 hash, out bool isNew)
    {
        var slot = Slot(hash);
        isNew = _slots[slot] == 0;
        if (!isNew)
            return Number(_slots[slot]);
        if (Count == _slots.Length / 4 * 3)
        {
            Grow();
            slot = Slot(hash);
        }
        _hashes.Add(hash);
        _slots[slot] = Entry(hash, Count - 1);
        return Count - 1;
    }

    private static ulong Entry(UInt128 hash, int number) => (ulong)(hash >> 96) << 32 | (uint)number + 1;

    private static int Number(ulong entry) => (int)(uint)entry - 1;

    // Hashes are mixed already: their low bits will do.
    private int Slot(UInt128 hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)(ulong)hash & mask;
        while (_slots[slot] is var entry and not 0 && !(entry >> 32 == (ulong)(hash >> 96) && _hashes[Number(entry)] == hash))
            slot = slot + 1 & mask;
        return slot;
    }

    private void Grow()
    {
        _slots = new ulong[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var hash = _hashes[number];
            var slot = (int)(ulong)hash & mask;
            while (_slots[slot] != 0)
                slot = slot + 1 & mask;
            _slots[slot] = Entry(hash, number);
        }
    }
}
