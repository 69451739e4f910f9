using System.Text;

namespace Assay.Text.Tokenization.Models;

/// <summary>The options of a BPE model, by their names in tokenizer.json.</summary>
internal sealed record BpeOptions(
    string? UnkToken,
    string? ContinuingSubwordPrefix,
    string? EndOfWordSuffix,
    bool FuseUnk,
    bool ByteFallback,
    bool IgnoreMerges
);

/// <summary>
/// Byte pair encoding: characters become symbols, then the pair of the lowest rank (of those the leftmost) is merged until none is left.
/// Short words are merged in place, long ones over a linked list with a queue, n log n. Source: tokenizers 0.23, models/bpe/model.rs and
/// word.rs.
/// </summary>
internal sealed class BpeModel : Model
{
    private static ReadOnlySpan<byte> Mark => "▁"u8;

    private const int LongestInPlace = 48;

    private readonly MergeTable _merges;
    private readonly BpeOptions _options;
    private readonly byte[] _prefix,
        _suffix;
    private readonly int[]? _byteIds; // byte -> id of <0xNN>, -1 where the vocabulary lacks it
    private readonly int[] _asciiIds = new int[128];
    private readonly int? _unknown;
    private readonly CodePointSet? _beforeMark; // characters that some merge joins to a ▁ after them; null when words cannot be told apart

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
        : base(vocabulary)
    {
        _merges = merges;
        _options = options;
        _prefix = Encoding.UTF8.GetBytes(options.ContinuingSubwordPrefix ?? "");
        _suffix = Encoding.UTF8.GetBytes(options.EndOfWordSuffix ?? "");
        _unknown = options.UnkToken is { } unknown ? vocabulary.IdOf(unknown) : null;
        if (options.ByteFallback)
            _byteIds = [.. Enumerable.Range(0, 256).Select(unit => vocabulary.IdOf($"<0x{unit:X2}>") ?? -1)];
        _beforeMark = FindBeforeMark();
        for (var c = 0; c < 128; c++)
            _asciiIds[c] = vocabulary.TryGetId([(byte)c], out var id) ? id : -1;
    }

    public override void Tokenize(ReadOnlySpan<byte> piece, ModelScratch scratch)
    {
        if (_options.IgnoreMerges && Vocabulary.TryGetId(piece, out var whole))
        {
            scratch.Sink.Add(whole, 0, piece.Length);
            return;
        }
        var start = 0;
        if (_beforeMark is not null)
            for (var at = 1; piece[at..].IndexOf(Mark) is >= 0 and var found; at += found + Mark.Length)
            {
                var mark = at + found;
                if (_beforeMark.Contains(Utf8.Decode(piece, Utf8.Before(piece, mark), out _)))
                    continue;
                TokenizeWord(piece[start..mark], start, scratch);
                start = mark;
            }
        TokenizeWord(piece[start..], start, scratch);
    }

    private void TokenizeWord(ReadOnlySpan<byte> word, int offset, ModelScratch scratch)
    {
        if (scratch.Recall(word, offset))
            return;
        var sink = scratch.Sink;
        var first = sink.Count;
        var symbols = scratch.Merges;
        symbols.Clear();
        AddSymbols(word, symbols, scratch);
        if (symbols.Count > LongestInPlace)
            MergeByQueue(symbols);
        else
            MergeInPlace(symbols);
        var start = offset;
        for (var i = 0; i < symbols.Count; i++)
        {
            var length = symbols.Lengths[i];
            if (length == 0)
                continue;
            sink.Add(symbols.Ids[i], start, start + length);
            start += length;
        }
        scratch.Remember(word, first, offset);
    }

    /// <summary>
    /// Without a pre-tokenizer a whole text is one word, and merging it costs n log n. But where no merge joins a character to the ▁ after
    /// it, none can cross, and the parts merge by themselves to the same tokens. Not where unknown characters vanish, or where merges join
    /// byte or unknown tokens, whose texts are not what they stand for.
    /// </summary>
    private CodePointSet? FindBeforeMark()
    {
        if (_prefix.Length + _suffix.Length > 0 || _unknown is null || !Vocabulary.TryGetId(Mark, out _))
            return null;
        var standIns = new HashSet<int>(_byteIds ?? []) { _unknown.Value };
        var before = new HashSet<int>();
        foreach (var (left, right, id) in _merges.All())
        {
            if (standIns.Contains(left) || standIns.Contains(right))
                return null;
            var token = Vocabulary.BytesOf(id);
            for (var at = 1; at < token.Length && token[at..].IndexOf(Mark) is >= 0 and var found; at += found + 1)
                before.Add(Utf8.Decode(token, Utf8.Before(token, at + found), out _));
        }
        return CodePointSet.Of([.. before.Select(c => (c, c))]);
    }

    private void AddSymbols(ReadOnlySpan<byte> piece, MergeScratch symbols, ModelScratch scratch)
    {
        // An unknown character waits, so that the next can be fused with it; byte tokens do not make it come out (see the reference's
        // order).
        int waiting = -1,
            waitingLength = 0;
        for (var at = 0; at < piece.Length; )
        {
            var length = Utf8.Length(piece[at]);
            var character = piece.Slice(at, length);
            bool isFirst = at == 0,
                isLast = at + length == piece.Length;
            at += length;
            int id;
            if (_prefix.Length == 0 && _suffix.Length == 0)
            {
                if (length == 1)
                    id = _asciiIds[character[0]];
                else if (!Vocabulary.TryGetId(character, out id))
                    id = -1;
            }
            else
            {
                character = Affixed(character, isFirst, isLast, scratch);
                if (!Vocabulary.TryGetId(character, out id))
                    id = -1;
            }
            if (id >= 0)
            {
                if (waiting >= 0)
                    symbols.Add(waiting, waitingLength);
                waiting = -1;
                symbols.Add(id, length);
                continue;
            }
            if (_byteIds is not null && AddBytes(character, symbols))
                continue;
            if (_options.UnkToken is null)
                continue;
            if (waiting >= 0 && _options.FuseUnk)
            {
                waitingLength += length;
                continue;
            }
            if (waiting >= 0)
                symbols.Add(waiting, waitingLength);
            waiting =
                _unknown
                ?? throw new TokenizerException(
                    $"the text has a character outside the vocabulary, and the model's unk_token '{_options.UnkToken}' is not in it either"
                );
            waitingLength = length;
        }
        if (waiting >= 0)
            symbols.Add(waiting, waitingLength);
    }

    private bool AddBytes(ReadOnlySpan<byte> character, MergeScratch symbols)
    {
        foreach (var unit in character)
            if (_byteIds![unit] < 0)
                return false;
        foreach (var unit in character)
            symbols.Add(_byteIds![unit], 1);
        return true;
    }

    private ReadOnlySpan<byte> Affixed(ReadOnlySpan<byte> character, bool isFirst, bool isLast, ModelScratch scratch)
    {
        var needed = _prefix.Length + 4 + _suffix.Length;
        if (scratch.Bytes.Length < needed)
            scratch.Bytes = new byte[needed];
        var length = 0;
        if (!isFirst)
        {
            _prefix.CopyTo(scratch.Bytes, 0);
            length = _prefix.Length;
        }
        character.CopyTo(scratch.Bytes.AsSpan(length));
        length += character.Length;
        if (isLast)
        {
            _suffix.CopyTo(scratch.Bytes, length);
            length += _suffix.Length;
        }
        return scratch.Bytes.AsSpan(0, length);
    }

    private void MergeInPlace(MergeScratch symbols)
    {
        var (ids, lengths, ranks, newIds) = (symbols.Ids, symbols.Lengths, symbols.Ranks, symbols.NewIds);
        for (var i = 0; i + 1 < symbols.Count; i++)
            _merges.TryGet(ids[i], ids[i + 1], out ranks[i], out newIds[i]);
        while (true)
        {
            int best = -1,
                lowest = int.MaxValue;
            for (var i = 0; i + 1 < symbols.Count; i++)
                if (ranks[i] < lowest)
                {
                    lowest = ranks[i];
                    best = i;
                }
            if (best < 0)
                return;
            ids[best] = newIds[best];
            lengths[best] += lengths[best + 1];
            symbols.RemoveAt(best + 1);
            if (best > 0)
                _merges.TryGet(ids[best - 1], ids[best], out ranks[best - 1], out newIds[best - 1]);
            if (best + 1 < symbols.Count)
                _merges.TryGet(ids[best], ids[best + 1], out ranks[best], out newIds[best]);
        }
    }

    private void MergeByQueue(MergeScratch symbols)
    {
        // Ranks and NewIds hold the positions before and after each symbol; a symbol that went into another has length 0.
        var (ids, lengths, before, after) = (symbols.Ids, symbols.Lengths, symbols.Ranks, symbols.NewIds);
        var count = symbols.Count;
        for (var i = 0; i < count; i++)
        {
            before[i] = i - 1;
            after[i] = i + 1 < count ? i + 1 : -1;
            if (i + 1 < count && _merges.TryGet(ids[i], ids[i + 1], out var rank, out var id))
                symbols.Push(rank, i, id);
        }
        while (symbols.HeapCount > 0)
        {
            var (position, newId) = symbols.Pop();
            var right = after[position];
            if (lengths[position] == 0 || right < 0)
                continue;
            // An entry whose pair has changed since is stale.
            if (!_merges.TryGet(ids[position], ids[right], out _, out var expected) || expected != newId)
                continue;
            ids[position] = newId;
            lengths[position] += lengths[right];
            lengths[right] = 0;
            var next = after[position] = after[right];
            if (next >= 0)
                before[next] = position;
            var previous = before[position];
            if (previous >= 0 && _merges.TryGet(ids[previous], newId, out var rank, out var id))
                symbols.Push(rank, previous, id);
            if (next >= 0 && _merges.TryGet(newId, ids[next], out rank, out id))
                symbols.Push(rank, position, id);
        }
    }
}
