using System.Buffers.Binary;

namespace Assay.Text.Tokenization.Normalizers;

/// <summary>
/// sentencepiece's charsmap: a double-array trie and the strings it points to (spm_precompiled 0.1.4). A grapheme cluster under 6 bytes is
/// looked up whole, and the shortest entry that is a prefix of it replaces all of it; otherwise each character is looked up by itself.
/// </summary>
internal sealed class PrecompiledNormalizer : Normalizer
{
    private readonly uint[] _trie;
    private readonly byte[] _strings;

    public PrecompiledNormalizer(string base64)
    {
        byte[] map;
        try
        {
            map = Convert.FromBase64String(base64);
        }
        catch (FormatException failure)
        {
            throw new TokenizerException("normalizer Precompiled: precompiled_charsmap is not base64", failure);
        }
        if (map.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(map) is var size && size > map.Length - 4)
            throw new TokenizerException($"normalizer Precompiled: precompiled_charsmap of {map.Length} bytes is cut short");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + 4 * i));
        _strings = map[(4 + 4 * _trie.Length)..];
        if (_trie.Length == 0 || !System.Text.Unicode.Utf8.IsValid(_strings))
            throw new TokenizerException("normalizer Precompiled: precompiled_charsmap has no trie or strings that are not UTF-8");
    }

    public override void Apply(AlignedText text, PieceText work)
    {
        var changes = work.Changes;
        changes.Clear();
        var bytes = text.Bytes;
        var modified = false;
        for (var start = 0; start < bytes.Length; )
        {
            var end = GraphemeClusters.EndOf(bytes, start);
            if (end - start < 6 && Find(bytes[start..end], out var replacement))
            {
                modified = true;
                Replace(changes, Utf8.Count(bytes[start..end]), replacement);
                start = end;
                continue;
            }
            while (start < end)
            {
                var codePoint = Utf8.Decode(bytes, start, out var length);
                if (Find(bytes.Slice(start, length), out replacement))
                {
                    modified = true;
                    Replace(changes, 1, replacement);
                }
                else
                    changes.Add((codePoint, 0));
                start += length;
            }
        }
        if (!modified)
            return;
        text.BeginWhole();
        foreach (var (codePoint, change) in changes)
            text.Emit(codePoint, change);
        text.End();
    }

    /// <summary>
    /// New characters beyond the old count are insertions; missing ones are counted on the last character written, whatever it was.
    /// </summary>
    private static void Replace(List<(int CodePoint, int Change)> changes, int oldCount, ReadOnlySpan<byte> replacement)
    {
        var newCount = Utf8.Count(replacement);
        for (int at = 0, i = 0; at < replacement.Length; i++)
        {
            changes.Add((Utf8.Decode(replacement, at, out var length), i >= newCount - Math.Max(0, newCount - oldCount) ? 1 : 0));
            at += length;
        }
        if (newCount < oldCount && changes.Count > 0)
            changes[^1] = changes[^1] with { Change = changes[^1].Change + newCount - oldCount };
    }

    private bool Find(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var node = Offset(_trie[0]);
        foreach (var unit in text)
        {
            if (unit == 0)
                return false;
            node ^= unit;
            if (node >= _trie.Length || (_trie[node] & (1u << 31 | 0xFF)) != unit)
                return false;
            var entry = _trie[node];
            node ^= Offset(entry);
            if ((entry >> 8 & 1) == 0)
                continue;
            if (node >= _trie.Length)
                return false;
            var at = (int)(_trie[node] & int.MaxValue);
            if (at > _strings.Length)
                return false;
            var rest = _strings.AsSpan(at);
            var end = rest.IndexOf((byte)0);
            replacement = end < 0 ? rest : rest[..end];
            return replacement.IsEmpty || (replacement[0] & 0xC0) != 0x80;
        }
        return false;
    }

    private static uint Offset(uint entry) => entry >> 10 << (int)((entry & 1u << 9) >> 6);
}
