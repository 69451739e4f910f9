namespace Assay.Text.Tokenization.Models;

/// <summary>
/// sentencepiece's Unigram: the path of pieces with the highest sum of scores (Viterbi over bytes). A character that is no piece costs 10
/// more than the worst piece; at equal scores the candidate found first stays; neighbouring unknowns are one token. Source: tokenizers
/// 0.23, models/unigram/model.rs.
/// </summary>
internal sealed class UnigramModel : Model
{
    private const double UnknownPenalty = 10;

    private readonly double[] _scores; // by id
    private readonly int? _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _byteIds;
    private readonly ByteTrie _trie;

    public UnigramModel(Vocabulary vocabulary, ByteTrie trie, double[] scores, int? unknown, bool byteFallback)
        : base(vocabulary)
    {
        _trie = trie;
        _scores = scores;
        _unknown = unknown;
        _unknownScore = scores.DefaultIfEmpty(double.PositiveInfinity).Min() - UnknownPenalty;
        if (byteFallback)
            _byteIds = [.. Enumerable.Range(0, 256).Select(unit => vocabulary.IdOf($"<0x{unit:X2}>") ?? -1)];
    }

    public override void Tokenize(ReadOnlySpan<byte> piece, ModelScratch scratch)
    {
        if (scratch.Recall(piece))
            return;
        var first = scratch.Sink.Count;
        var work = scratch.Unigram;
        work.Prepare(piece.Length);
        FindBestPaths(piece, work);
        var end = piece.Length;
        while (end > 0)
        {
            var start = work.Starts[end];
            var id = work.Ids[end];
            if (id == _unknown && work.Path.Count > 0 && work.Path[^1] is var next && next.Id == id && next.Start == end)
                work.Path[^1] = (start, next.End, id);
            else
                work.Path.Add((start, end, id));
            end = start;
        }
        for (var i = work.Path.Count - 1; i >= 0; i--)
            AddToken(piece, work.Path[i].Start, work.Path[i].End, scratch.Sink);
        scratch.Remember(piece, first);
    }

    private void FindBestPaths(ReadOnlySpan<byte> piece, UnigramScratch work)
    {
        var (scores, starts, ids) = (work.Scores, work.Starts, work.Ids);
        for (var start = 0; start < piece.Length; )
        {
            var score = scores[start];
            var length = Utf8.Length(piece[start]);
            var single = false;
            var node = 0;
            for (var end = start; end < piece.Length && _trie.TryStep(node, piece[end], out node); )
            {
                end++;
                if (_trie.IdOf(node) is not (>= 0 and var id))
                    continue;
                Offer(end, score + _scores[id], id);
                single |= end - start == length;
            }
            if (!single)
                Offer(start + length, score + _unknownScore, _unknown ?? -1);
            start += length;

            void Offer(int end, double candidate, int id)
            {
                if (starts[end] >= 0 && !(candidate > scores[end]))
                    return;
                if (id < 0)
                    throw new TokenizerException("the text has a character outside the vocabulary, and the model's unk_id is null");
                scores[end] = candidate;
                starts[end] = start;
                ids[end] = id;
            }
        }
    }

    private void AddToken(ReadOnlySpan<byte> piece, int start, int end, TokenSink sink)
    {
        var token = piece[start..end];
        if (Vocabulary.TryGetId(token, out var id))
        {
            sink.Add(id, start, end);
            return;
        }
        if (_byteIds is not null)
        {
            var all = true;
            foreach (var unit in token)
                all &= _byteIds[unit] >= 0;
            if (all)
            {
                foreach (var unit in token)
                    sink.Add(_byteIds[unit], start, end);
                return;
            }
        }
        sink.Add(_unknown!.Value, start, end, isText: true);
    }
}

/// <summary>The best path to each byte of a piece, kept between pieces.</summary>
internal sealed class UnigramScratch
{
    public double[] Scores = [];

    public int[] Starts = [];

    public int[] Ids = [];

    public List<(int Start, int End, int Id)> Path { get; } = [];

    public void Prepare(int length)
    {
        if (Starts.Length < length + 1)
        {
            var size = Math.Max(256, (int)Math.Min(Array.MaxLength, (length + 1) * 2L));
            Scores = new double[size];
            Starts = new int[size];
            Ids = new int[size];
        }
        Array.Fill(Starts, -1, 0, length + 1);
        Array.Clear(Scores, 0, length + 1);
        Path.Clear();
    }
}
