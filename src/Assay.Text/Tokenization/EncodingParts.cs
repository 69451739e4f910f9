namespace Assay.Text.Tokenization;

/// <summary>An encoding while it is processed. Source: tokenizers 0.23, tokenizer/encoding.rs.</summary>
internal sealed class EncodingParts
{
    /// <summary>More overflowing parts than this are refused: with a stride on both texts of a pair they multiply.</summary>
    private const int MostOverflowing = 1_000_000;

    public List<int> Ids { get; private init; } = [];

    public List<string> Tokens { get; private init; } = [];

    public List<TokenOffset> Offsets { get; private init; } = [];

    public List<int> TypeIds { get; private set; } = [];

    public List<int> SpecialMask { get; private init; } = [];

    public List<int> Attention { get; private init; } = [];

    public List<EncodingParts> Overflowing { get; private set; } = [];

    /// <summary>Which tokens are of which text; without an entry all are of the first.</summary>
    public SortedDictionary<int, (int Start, int End)> SequenceRanges { get; private init; } = [];

    public int Count => Ids.Count;

    public static EncodingParts OfTokens(IReadOnlyList<(int Id, string Token)> tokens, int typeId)
    {
        var parts = new EncodingParts();
        foreach (var (id, token) in tokens)
            parts.Add(id, token, default, typeId, special: 1);
        return parts;
    }

    public void Add(int id, string token, TokenOffset offset, int typeId, int special = 0)
    {
        Ids.Add(id);
        Tokens.Add(token);
        Offsets.Add(offset);
        TypeIds.Add(typeId);
        SpecialMask.Add(special);
        Attention.Add(1);
    }

    public void SetSequence(int sequence) => SequenceRanges[sequence] = (0, Count);

    public void SetTypeIds(int typeId) => TypeIds = [.. Enumerable.Repeat(typeId, Count)];

    public EncodingParts Copy() =>
        new()
        {
            Ids = [.. Ids],
            Tokens = [.. Tokens],
            Offsets = [.. Offsets],
            TypeIds = [.. TypeIds],
            SpecialMask = [.. SpecialMask],
            Attention = [.. Attention],
            Overflowing = [.. Overflowing.Select(part => part.Copy())],
            SequenceRanges = new(SequenceRanges),
        };

    public static EncodingParts Merge(IEnumerable<EncodingParts> all)
    {
        var merged = new EncodingParts();
        foreach (var parts in all)
            merged.MergeWith(parts);
        return merged;
    }

    /// <summary>Appends another; every overflowing part of either is combined with the other and its overflowing parts.</summary>
    public void MergeWith(EncodingParts other)
    {
        var overflowing = new List<EncodingParts>();
        if ((long)Overflowing.Count * (other.Overflowing.Count + 1) + other.Overflowing.Count > MostOverflowing)
            throw new TokenizerException($"truncation: more than {MostOverflowing} overflowing parts");
        foreach (var mine in Overflowing)
        {
            overflowing.Add(Joined(mine, other));
            foreach (var theirs in other.Overflowing)
                overflowing.Add(Joined(mine, theirs));
        }
        foreach (var theirs in other.Overflowing)
            overflowing.Add(Joined(this, theirs));
        foreach (var (sequence, (start, end)) in other.SequenceRanges)
            SequenceRanges[sequence] = (Count + start, Count + end);
        Ids.AddRange(other.Ids);
        Tokens.AddRange(other.Tokens);
        Offsets.AddRange(other.Offsets);
        TypeIds.AddRange(other.TypeIds);
        SpecialMask.AddRange(other.SpecialMask);
        Attention.AddRange(other.Attention);
        Overflowing = overflowing;
    }

    /// <summary>
    /// Keeps <paramref name="maxLength"/> tokens; the rest goes to <see cref="Overflowing"/> in parts of as many that overlap by
    /// <paramref name="stride"/>.
    /// </summary>
    public EncodingParts Truncate(int maxLength, int stride, TokenSide side)
    {
        if (maxLength >= Count)
            return this;
        if (maxLength == 0)
            return new EncodingParts { Overflowing = [this] };
        if (stride >= maxLength)
            throw new TokenizerException(
                $"truncation: a stride of {stride} is not less than the {maxLength} tokens that stay without the template's; use a smaller stride or a larger max_length"
            );
        var step = maxLength - stride;
        var ranges = new List<(int Start, int End)>();
        if (side == TokenSide.Right)
            for (var start = 0; ranges.Count == 0 || ranges[^1].End < Count; start += step)
                ranges.Add((start, Math.Min(start + maxLength, Count)));
        else
            for (var end = Count; ranges.Count == 0 || ranges[^1].Start > 0; end -= step)
                ranges.Add((Math.Max(0, end - maxLength), end));
        var first = Slice(ranges[0]);
        for (var i = 1; i < ranges.Count; i++)
            first.Overflowing.Add(Slice(ranges[i]));
        return first;
    }

    public void Pad(int length, Padding padding)
    {
        foreach (var part in Overflowing)
            part.Pad(length, padding);
        var missing = length - Count;
        if (missing <= 0)
            return;
        var at = padding.Side == TokenSide.Left ? 0 : Count;
        Ids.InsertRange(at, Enumerable.Repeat(padding.PadId, missing));
        Tokens.InsertRange(at, Enumerable.Repeat(padding.PadToken, missing));
        Offsets.InsertRange(at, Enumerable.Repeat(default(TokenOffset), missing));
        TypeIds.InsertRange(at, Enumerable.Repeat(padding.PadTypeId, missing));
        SpecialMask.InsertRange(at, Enumerable.Repeat(1, missing));
        Attention.InsertRange(at, Enumerable.Repeat(0, missing));
        if (padding.Side != TokenSide.Left)
            return;
        foreach (var (sequence, (start, end)) in SequenceRanges.ToList())
            SequenceRanges[sequence] = (start + missing, end + missing);
    }

    public EncodedText ToEncodedText()
    {
        var sequences = new int?[Count];
        if (SequenceRanges.Count == 0)
            Array.Fill(sequences, 0);
        foreach (var (sequence, (start, end)) in SequenceRanges)
            Array.Fill(sequences, sequence, start, end - start);
        return new(Ids, Tokens, Offsets, TypeIds, SpecialMask, Attention, sequences, [.. Overflowing.Select(part => part.ToEncodedText())]);
    }

    private static EncodingParts Joined(EncodingParts first, EncodingParts second)
    {
        var joined = first.Copy();
        joined.MergeWith(second.Copy());
        return joined;
    }

    private EncodingParts Slice((int Start, int End) range)
    {
        var (start, count) = (range.Start, range.End - range.Start);
        return new EncodingParts
        {
            Ids = Ids.GetRange(start, count),
            Tokens = Tokens.GetRange(start, count),
            Offsets = Offsets.GetRange(start, count),
            TypeIds = TypeIds.GetRange(start, count),
            SpecialMask = SpecialMask.GetRange(start, count),
            Attention = Attention.GetRange(start, count),
        };
    }
}
