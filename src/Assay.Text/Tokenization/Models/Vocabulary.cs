using System.Text;

namespace Assay.Text.Tokenization.Models;

/// <summary>
/// Tokens by their bytes and by id. The bytes lie end to end in one array behind an open-addressing table: no string is made until one is
/// asked for.
/// </summary>
internal sealed class Vocabulary
{
    private readonly ByteTable _ids;
    private readonly int[] _entryOfId; // id -> entry of the table, -1 for a gap
    private readonly string?[] _texts;

    /// <summary>A later token of the same text replaces an earlier one, as in a JSON object.</summary>
    public Vocabulary(ByteTable ids)
    {
        _ids = ids;
        var largest = -1;
        for (var entry = 0; entry < ids.Count; entry++)
            largest = Math.Max(largest, ids.ValueOf(entry));
        // A vocabulary with ids in the hundred millions for a few tokens is a mistake, and its table would not fit.
        if (largest >= 16 * (long)ids.Count + (1 << 20))
            throw new TokenizerException(
                $"model: the vocabulary has {ids.Count} tokens and an id of {largest}; ids must be near the number of tokens"
            );
        _entryOfId = new int[largest + 1];
        Array.Fill(_entryOfId, -1);
        for (var entry = 0; entry < ids.Count; entry++)
            _entryOfId[ids.ValueOf(entry)] = entry;
        _texts = new string?[largest + 1];
    }

    public int Count => _ids.Count;

    public bool TryGetId(ReadOnlySpan<byte> token, out int id) => _ids.TryGetValue(token, out id);

    public int? IdOf(string token) => TryGetId(Encoding.UTF8.GetBytes(token), out var id) ? id : null;

    /// <summary>The bytes of the token of an id.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _ids.KeyOf(_entryOfId[id]);

    /// <summary>The token of an id, or null.</summary>
    public string? TextOf(int id)
    {
        if ((uint)id >= (uint)_entryOfId.Length || _entryOfId[id] < 0)
            return null;
        return _texts[id] ??= Encoding.UTF8.GetString(_ids.KeyOf(_entryOfId[id]));
    }

    /// <summary>The longest token, in bytes.</summary>
    public int LongestToken => _ids.LongestKey;
}
