using System.Runtime.InteropServices;

namespace Assay.Text.Tokenization.Models;

/// <summary>
/// A hash table from byte strings to numbers that allocates only when it grows. Keys lie in one array; hashes are seeded per process.
/// </summary>
internal sealed class ByteTable
{
    private static readonly ulong Seed = (ulong)HashCode.Combine(1) << 32 | 0x9E3779B1u;

    private int[] _slots; // entry + 1, or 0
    private (int Start, int Length, int Value, uint Hash)[] _entries;
    private byte[] _keys;
    private int _keyLength;

    public ByteTable(int capacity, int keyBytes)
    {
        var slots = 16;
        while (slots < capacity * 2L && slots < 1 << 30)
            slots *= 2;
        _slots = new int[slots];
        _entries = new (int, int, int, uint)[Math.Max(16, capacity)];
        _keys = new byte[Math.Max(64, keyBytes)];
    }

    public int Count { get; private set; }

    public int KeyBytes => _keyLength;

    public int LongestKey { get; private set; }

    public ReadOnlySpan<byte> KeyOf(int entry) => _keys.AsSpan(_entries[entry].Start, _entries[entry].Length);

    public int ValueOf(int entry) => _entries[entry].Value;

    public bool TryGetValue(ReadOnlySpan<byte> key, out int value)
    {
        var hash = Hash(key);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; _slots[slot] is > 0 and var entry; slot = slot + 1 & mask)
        {
            ref readonly var found = ref _entries[entry - 1];
            if (found.Hash != hash || !key.SequenceEqual(_keys.AsSpan(found.Start, found.Length)))
                continue;
            value = found.Value;
            return true;
        }
        value = 0;
        return false;
    }

    /// <summary>Sets the value of a key.</summary>
    public void Set(ReadOnlySpan<byte> key, int value)
    {
        var hash = Hash(key);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] is > 0 and var entry; slot = slot + 1 & mask)
        {
            ref var found = ref _entries[entry - 1];
            if (found.Hash != hash || !key.SequenceEqual(_keys.AsSpan(found.Start, found.Length)))
                continue;
            found.Value = value;
            return;
        }
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        if (_keyLength + key.Length > _keys.Length)
            Array.Resize(ref _keys, Math.Max(_keys.Length * 2, _keyLength + key.Length));
        key.CopyTo(_keys.AsSpan(_keyLength));
        _entries[Count++] = (_keyLength, key.Length, value, hash);
        _keyLength += key.Length;
        LongestKey = Math.Max(LongestKey, key.Length);
        _slots[slot] = Count;
        if (Count * 2L > _slots.Length && _slots.Length < 1 << 30)
            Rehash();
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Count = _keyLength = LongestKey = 0;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var entry = 0; entry < Count; entry++)
        {
            var slot = (int)_entries[entry].Hash & mask;
            while (_slots[slot] > 0)
                slot = slot + 1 & mask;
            _slots[slot] = entry + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (ulong)key.Length * 0x9E3779B97F4A7C15;
        while (key.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(key));
            key = key[8..];
        }
        ulong rest = 0;
        for (var i = 0; i < key.Length; i++)
            rest |= (ulong)key[i] << (8 * i);
        hash = Mix(hash ^ rest);
        return (uint)(hash ^ hash >> 32);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xD6E8FEB86659FD93 ^ Seed << 1, out var low);
        return high ^ low;
    }
}
