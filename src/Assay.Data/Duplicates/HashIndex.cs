namespace Assay.Data.Duplicates;

/// <summary>
/// Numbers distinct 64-bit hashes 0, 1, 2, … in the order they come. Open addressing with 4 bytes a slot and 8 a hash, a third of a
/// dictionary's memory: the difference between ten million keys fitting and not.
/// </summary>
internal sealed class HashIndex
{
    private ulong[] _keys = new ulong[1024];
    private int[] _slots = new int[2048]; // number + 1; 0 is free

    public int Count { get; private set; }

    /// <summary>The number of this hash, and whether it is new.</summary>
    public int GetOrAdd(ulong hash, out bool isNew)
    {
        var slot = Slot(hash);
        isNew = _slots[slot] == 0;
        if (!isNew)
            return _slots[slot] - 1;
        if (Count == _keys.Length)
        {
            Grow();
            slot = Slot(hash);
        }
        _keys[Count++] = hash;
        _slots[slot] = Count;
        return Count - 1;
    }

    private int Slot(ulong hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)ShingleSet.Mix(hash) & mask;
        while (_slots[slot] != 0 && _keys[_slots[slot] - 1] != hash)
            slot = slot + 1 & mask;
        return slot;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        _slots = new int[_slots.Length * 2];
        for (var number = 0; number < Count; number++)
            _slots[Slot(_keys[number])] = number + 1;
    }
}
