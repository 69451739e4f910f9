using Assay.Data.Duplicates;

namespace Assay.Data.Splits;

/// <summary>
/// A benchmark (or any file that must not be trained on), held as hashes: 13-grams of its prompts and answers, and the MinHash signatures
/// and shingles of its prompts. Add all rows, then hand it to a <see cref="PairSplitter"/>.
/// </summary>
/// <param name="name">Its file, for reports.</param>
/// <param name="similarity">Jaccard similarity of word 5-grams above which two prompts are near-duplicates.</param>
public sealed class Benchmark(string name, double similarity = 0.8)
{
    private const int GramLength = 13;

    private readonly MinHash _minHash = MinHash.Seeded(
        NearDuplicateIndex.DefaultBanding.Bands * NearDuplicateIndex.DefaultBanding.Rows,
        seed: 1
    );
    private readonly NearDuplicateIndex _prompts = new(NearDuplicateIndex.DefaultBanding, 4096);
    private readonly List<(ShingleSet Shingles, long Row)> _shingles = [];
    private readonly Dictionary<ulong, long> _grams = [];
    private readonly Dictionary<string, long> _exact = [];
    private readonly Dictionary<string, long> _normal = [];

    public string Name { get; } = name;

    public long RowCount { get; private set; }

    /// <summary>Rows none of whose texts has 13 words.</summary>
    public long TooShortCount { get; private set; }

    /// <summary>Adds a row: its prompt, and its answers where it has any.</summary>
    public void Add(long row, string prompt, params ReadOnlySpan<string> answers)
    {
        RowCount++;
        _exact.TryAdd(prompt, row);
        var normal = PairSketch.NormalOf(prompt);
        if (_normal.TryAdd(normal, row))
        {
            var shingles = ShingleSet.OfWords(normal);
            if (shingles.Count > 0)
            {
                _prompts.Add(_shingles.Count, _minHash.Signature(shingles));
                _shingles.Add((shingles, row));
            }
        }
        var grams = AddGrams(normal, row);
        foreach (var answer in answers)
            grams += AddGrams(TextNormalizer.Normalize(answer), row);
        if (grams == 0)
            TooShortCount++;
    }

    /// <summary>What a pair shares with this benchmark, or null. Safe from several threads once every row is added.</summary>
    internal (OverlapKind Kind, long Like, double Similarity)? Find(PreferencePair pair, string promptNormal)
    {
        if (_exact.TryGetValue(pair.Prompt, out var like))
            return (OverlapKind.ExactPrompt, like, 1);
        if (_normal.TryGetValue(promptNormal, out like))
            return (OverlapKind.NormalizedText, like, 1);
        if (Nearest(promptNormal) is { } nearest && nearest.Similarity > similarity)
            return (OverlapKind.NearDuplicate, nearest.Row, nearest.Similarity);
        if (
            SharesGram(promptNormal, out like)
            || SharesGram(TextNormalizer.Normalize(pair.ChosenAnswer), out like)
            || SharesGram(TextNormalizer.Normalize(pair.RejectedAnswer), out like)
        )
            return (OverlapKind.BenchmarkGram, like, double.NaN);
        return null;
    }

    private int AddGrams(string normal, long row)
    {
        var grams = ShingleSet.WordGrams(normal, GramLength);
        foreach (var gram in grams)
            _grams.TryAdd(gram, row);
        return grams.Length;
    }

    private bool SharesGram(string normal, out long like)
    {
        foreach (var gram in ShingleSet.WordGrams(normal, GramLength))
            if (_grams.TryGetValue(gram, out like))
                return true;
        like = 0;
        return false;
    }

    private (long Row, double Similarity)? Nearest(string normal)
    {
        var shingles = ShingleSet.OfWords(normal);
        if (shingles.Count == 0)
            return null;
        var candidates = new HashSet<int>();
        _prompts.Candidates(_minHash.Signature(shingles), candidates);
        (long Row, double Similarity)? nearest = null;
        foreach (var candidate in candidates)
        {
            var similar = shingles.Jaccard(_shingles[candidate].Shingles);
            if (nearest is null || similar > nearest.Value.Similarity)
                nearest = (_shingles[candidate].Row, similar);
        }
        return nearest;
    }
}

/// <summary>What a pair shares with one benchmark: the first kind that holds, and a row of the benchmark it is like.</summary>
internal readonly record struct BenchmarkHit(int Benchmark, OverlapKind Kind, long Like, double Similarity);
