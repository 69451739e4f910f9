using Assay.Torch;

namespace Assay.Models.Packing;

/// <summary>
/// Sequences in one row of tokens without pads. A group (a pair, or N candidates of one prompt) is laid out as
/// <c>[prefix][suffix 1][suffix 2]…</c>: the longest common token prefix stands once, every suffix attends to it and to itself, and all
/// tokens have their true positions. A sequence that is wholly the prefix (identical candidates, or one that begins the other) has no
/// suffix and is scored in the prefix.
/// </summary>
public sealed class PackedBatch
{
    private readonly List<int> _tokenIds = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _sequenceLengths = [];
    private readonly List<Segment> _segments = [];
    private readonly List<int> _scoredRows = [];

    private PackedBatch() { }

    /// <summary>[tokens]</summary>
    public IReadOnlyList<int> TokenIds => _tokenIds;

    /// <summary>[tokens]: each token's place in its sequence, from 0.</summary>
    public IReadOnlyList<int> Positions => _positions;

    /// <summary>
    /// [tokens]: the length of the sequence each token belongs to (of the longest, in a shared prefix), for rotary kinds that depend on it.
    /// </summary>
    public IReadOnlyList<int> SequenceLengths => _sequenceLengths;

    /// <summary>
    /// [tokens]: each token's type, for encoders that have several; all 0 unless <see cref="WithTokenTypes"/> says otherwise.
    /// </summary>
    public IReadOnlyList<int> TokenTypes { get; private set; } = [];

    /// <summary>
    /// The runs of rows that attend to themselves and to at most one earlier run, in row order; together they cover every row.
    /// </summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>
    /// [sequences]: the row at which each sequence is scored, in the order given: group by group, candidate by candidate. Empty where the
    /// mean is read (<see cref="ScoredToken.Mean"/>): then the segments are the sequences, in the same order. [tokens read] where each
    /// sequence has places of its own (<see cref="FromGroups(IEnumerable{IReadOnlyList{ReadSequence}}, PackingRules)"/>).
    /// </summary>
    public IReadOnlyList<int> ScoredRows => _scoredRows;

    public int TokenCount => _tokenIds.Count;

    public int SequenceCount { get; private set; }

    /// <summary>Tokens of the sequences before shared prefixes were merged.</summary>
    public int UnsharedTokenCount { get; private set; }

    /// <summary>Packs sequences one after the other, sharing nothing.</summary>
    public static PackedBatch FromSequences(IEnumerable<IReadOnlyList<int>> sequences, PackingRules rules) =>
        FromGroups(sequences.Select(sequence => new[] { sequence }), rules);

    /// <summary>Packs pairs as groups of two: the scores come as chosen, rejected, chosen, rejected, …</summary>
    public static PackedBatch FromPairs(IEnumerable<(IReadOnlyList<int> Chosen, IReadOnlyList<int> Rejected)> pairs, PackingRules rules) =>
        FromGroups(pairs.Select(pair => new[] { pair.Chosen, pair.Rejected }), rules);

    /// <summary>Packs groups of sequences that are likely to begin alike.</summary>
    /// <param name="groups">Groups of token ids; no sequence may be empty.</param>
    /// <param name="rules">The network's <see cref="RewardNetwork.Packing"/>.</param>
    /// <param name="rotaryLength"> The length that dynamic and longrope answer to, for the whole batch, as the reference's padded batches
    /// have it; null: each sequence's own, so that a score does not depend on its neighbours. Prefixes are shared only where both give the
    /// same frequencies.
    /// </param>
    public static PackedBatch FromGroups(
        IEnumerable<IReadOnlyList<IReadOnlyList<int>>> groups,
        PackingRules rules,
        int? rotaryLength = null
    )
    {
        var batch = new PackedBatch();
        foreach (var group in groups)
            batch.Add(group, rules, rotaryLength);
        if (batch.SequenceCount == 0)
            throw new ArgumentException("a batch needs at least one sequence", nameof(groups));
        batch.TokenTypes = new int[batch.TokenCount];
        return batch;
    }

    /// <summary>
    /// Packs groups of sequences each of which is read at places of its own; a place in the shared beginning is read there for each that
    /// asks.
    /// </summary>
    /// <param name="groups">Groups of sequences; none may be empty.</param>
    /// <param name="rules">The network's <see cref="RewardNetwork.Packing"/>.</param>
    public static PackedBatch FromGroups(IEnumerable<IReadOnlyList<ReadSequence>> groups, PackingRules rules)
    {
        var batch = new PackedBatch();
        foreach (var group in groups)
            batch.Add([.. group.Select(sequence => sequence.Ids)], rules, null, group);
        if (batch.SequenceCount == 0)
            throw new ArgumentException("a batch needs at least one sequence", nameof(groups));
        batch.TokenTypes = new int[batch.TokenCount];
        return batch;
    }

    /// <summary>
    /// The same batch with a type for every token (BERT's second segment is 1). TRL and our own encoding leave them 0: a conversation is
    /// one text.
    /// </summary>
    /// <param name="tokenTypes">[tokens], in the batch's order.</param>
    public PackedBatch WithTokenTypes(IReadOnlyList<int> tokenTypes)
    {
        if (tokenTypes.Count != TokenCount)
            throw new ArgumentException($"{tokenTypes.Count} types for {TokenCount} tokens", nameof(tokenTypes));
        var copy = (PackedBatch)MemberwiseClone();
        copy.TokenTypes = tokenTypes;
        return copy;
    }

    private void Add(
        IReadOnlyList<IReadOnlyList<int>> group,
        PackingRules rules,
        int? rotaryLength,
        IReadOnlyList<ReadSequence>? read = null
    )
    {
        if (group.Count == 0)
            return;
        var longest = group.Max(sequence => sequence.Count);
        var shared =
            group.Count > 1 && (longest <= rules.SharedPrefixLimit || (rotaryLength is not null && rules.SharedPrefixLimit > 0))
                ? CommonPrefix(group)
                : 0;
        var prefixStart = TokenCount;
        Append(group[0], 0, shared, rotaryLength ?? longest, new Segment(prefixStart, shared, 0, 0));
        foreach (var (index, sequence) in group.Index())
        {
            if (sequence.Count == 0)
                throw new ArgumentException("a sequence without tokens cannot be scored", nameof(group));
            UnsharedTokenCount += sequence.Count;
            var start = TokenCount;
            var length = sequence.Count - shared;
            Append(
                sequence,
                shared,
                length,
                rotaryLength ?? sequence.Count,
                new Segment(start, length, shared == 0 ? 0 : prefixStart, shared)
            );
            SequenceCount++;
            if (read is not null)
                _scoredRows.AddRange(read[index].Places.Select(place => place < shared ? prefixStart + place : start + place - shared));
            else if (rules.Scored == ScoredToken.First)
                _scoredRows.Add(start);
            else if (rules.Scored == ScoredToken.Last)
                _scoredRows.Add(length > 0 ? TokenCount - 1 : prefixStart + shared - 1);
        }
    }

    private void Append(IReadOnlyList<int> sequence, int from, int count, int sequenceLength, Segment segment)
    {
        if (count == 0)
            return;
        for (var i = from; i < from + count; i++)
        {
            _tokenIds.Add(sequence[i]);
            _positions.Add(i);
            _sequenceLengths.Add(sequenceLength);
        }
        _segments.Add(segment);
    }

    private static int CommonPrefix(IReadOnlyList<IReadOnlyList<int>> group)
    {
        var first = group[0];
        var common = group.Min(sequence => sequence.Count);
        foreach (var sequence in group.Skip(1))
        {
            var same = 0;
            while (same < common && sequence[same] == first[same])
                same++;
            common = same;
        }
        return common;
    }
}

/// <summary>A sequence and where it is read.</summary>
/// <param name="Ids">Its tokens.</param>
/// <param name="Places">Places of tokens, from 0, in the order in which they are wanted.</param>
public sealed record ReadSequence(IReadOnlyList<int> Ids, IReadOnlyList<int> Places);
