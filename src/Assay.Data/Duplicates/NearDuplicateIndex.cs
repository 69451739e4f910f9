using System.Numerics;

namespace Assay.Data.Duplicates;

/// <summary>
/// Texts by the bands of their MinHash signatures: asks which indexed texts may be near-duplicates of another. Candidates are no verdict;
/// compare the shingles. Costs 12 bytes a text and band (384 bytes a text with <see cref="DefaultBanding"/>): index the smaller side and
/// ask with the larger. Reading from several threads is safe once nothing is added any more.
/// </summary>
public sealed class NearDuplicateIndex
{
    /// <summary>
    /// 32 bands of 4: looks at 99.99999 % of pairs of similarity 0.8, 99.98 % at 0.7, 98.8 % at 0.6 and 87 % at 0.5. A proof needs the
    /// recall; the extra candidates cost only their comparison.
    /// </summary>
    public static Banding DefaultBanding { get; } = new(32, 4);

    private readonly Banding _banding;
    private readonly int _mask;
    private readonly int[][] _heads; // [band][bucket]: entry + 1
    private readonly List<int>[] _next; // [band][entry]: entry + 1 of the next in the bucket
    private readonly List<uint>[] _marks; // [band][entry]: the key's high half
    private readonly List<int> _ids = [];

    /// <param name="banding">How signatures are cut.</param>
    /// <param name="expectedCount">About how many texts will be added.</param>
    public NearDuplicateIndex(Banding banding, int expectedCount)
    {
        _banding = banding;
        var buckets = (int)Math.Min(1 << 28, BitOperations.RoundUpToPowerOf2((uint)Math.Max(expectedCount, 16)));
        _mask = buckets - 1;
        _heads = [.. Enumerable.Range(0, banding.Bands).Select(_ => new int[buckets])];
        _next = [.. Enumerable.Range(0, banding.Bands).Select(_ => new List<int>())];
        _marks = [.. Enumerable.Range(0, banding.Bands).Select(_ => new List<uint>())];
    }

    public int Count => _ids.Count;

    public void Add(int id, ReadOnlySpan<uint> signature)
    {
        _ids.Add(id);
        for (var band = 0; band < _banding.Bands; band++)
        {
            var key = _banding.Key(signature, band);
            ref var head = ref _heads[band][(int)key & _mask];
            _next[band].Add(head);
            _marks[band].Add((uint)(key >> 32));
            head = _ids.Count;
        }
    }

    /// <summary>Puts the ids of all texts that share a band into <paramref name="into"/>, each once.</summary>
    public void Candidates(ReadOnlySpan<uint> signature, HashSet<int> into)
    {
        into.Clear();
        for (var band = 0; band < _banding.Bands; band++)
        {
            var key = _banding.Key(signature, band);
            for (var entry = _heads[band][(int)key & _mask]; entry != 0; entry = _next[band][entry - 1])
                if (_marks[band][entry - 1] == (uint)(key >> 32))
                    into.Add(_ids[entry - 1]);
        }
    }
}
