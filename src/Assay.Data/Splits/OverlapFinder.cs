using System.Collections.Concurrent;
using Assay.Data.Duplicates;

namespace Assay.Data.Splits;

/// <summary>
/// Looks for texts on both sides of a split: equal, equal in normal form, near-duplicates. The held-out texts are indexed and every
/// training text asks, so the memory is that of the smaller side: 384 bytes a held-out text, and 17 bytes a text of either side.
/// </summary>
/// <param name="rows">The rows.</param>
/// <param name="texts">Normal forms by number.</param>
/// <param name="threshold">Similarity above which two texts are near-duplicates.</param>
/// <param name="withOpenings">Openings are compared as well as prompts.</param>
internal sealed class OverlapFinder(BlockList<SplitRow> rows, TextStore texts, double threshold, bool withOpenings)
{
    /// <summary>Shingles of held-out texts that are kept rather than computed again: 128 MiB.</summary>
    private const long CachedShingles = 16 << 20;

    private const int BlockSize = 4096;

    private static readonly Banding Banding = NearDuplicateIndex.DefaultBanding;

    private readonly MinHash _minHash = MinHash.Seeded(Banding.Bands * Banding.Rows, seed: 1);

    /// <summary>The training rows that are like a held-out row on these sides.</summary>
    public OverlapSearch Find(ReadOnlyMemory<SplitSide> sides, CancellationToken cancellationToken)
    {
        var heldoutRow = new int[texts.Count]; // of each text the first held-out row + 1
        var exact = new HashSet<(int Text, uint Exact)>();
        var asks = new bool[texts.Count];
        for (var index = 0; index < rows.Count; index++)
        {
            var row = rows[index];
            if (sides.Span[index] == SplitSide.Heldout)
            {
                exact.Add((row.PromptText, row.PromptExact));
                foreach (var text in TextsOf(row))
                    if (heldoutRow[text] == 0)
                        heldoutRow[text] = index + 1;
            }
            else if (sides.Span[index] == SplitSide.Train)
            {
                foreach (var text in TextsOf(row))
                    asks[text] = true;
            }
        }
        (var likeText, var similarity) = Nearest(heldoutRow, asks, cancellationToken);
        return Collect(sides.Span, heldoutRow, exact, likeText, similarity);
    }

    private ReadOnlySpan<int> TextsOf(in SplitRow row) =>
        withOpenings && row.OpeningText != row.PromptText ? (int[])[row.PromptText, row.OpeningText] : [row.PromptText];

    private (int[] LikeText, double[] Similarity) Nearest(int[] heldoutRow, bool[] asks, CancellationToken cancellationToken)
    {
        var index = new NearDuplicateIndex(Banding, heldoutRow.Count(row => row != 0));
        for (var text = 0; text < heldoutRow.Length; text++)
        {
            if (heldoutRow[text] == 0)
                continue;
            var shingles = ShingleSet.OfWords(texts.Read(text));
            if (shingles.Count > 0)
                index.Add(text, _minHash.Signature(shingles));
        }
        var likeText = new int[texts.Count];
        var similarity = new double[texts.Count];
        var cache = new ConcurrentDictionary<int, ShingleSet>();
        var cached = 0L;
        var blocks = (texts.Count + BlockSize - 1) / BlockSize;
        Parallel.For(
            0,
            blocks,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new HashSet<int>(),
            (block, _, candidates) =>
            {
                for (var text = block * BlockSize; text < Math.Min((block + 1) * BlockSize, texts.Count); text++)
                {
                    // A text that is held out itself is an overlap already.
                    if (!asks[text] || heldoutRow[text] != 0)
                        continue;
                    var shingles = ShingleSet.OfWords(texts.Read(text));
                    if (shingles.Count == 0)
                        continue;
                    index.Candidates(_minHash.Signature(shingles), candidates);
                    foreach (var candidate in candidates)
                    {
                        var other = Cached(candidate);
                        var atMost = (double)Math.Min(shingles.Count, other.Count) / Math.Max(shingles.Count, other.Count);
                        if (atMost < similarity[text])
                            continue;
                        var jaccard = shingles.Jaccard(other);
                        // Of equally near texts the first, whatever order the candidates came in.
                        if (jaccard < similarity[text] || jaccard == similarity[text] && candidate >= likeText[text])
                            continue;
                        similarity[text] = jaccard;
                        likeText[text] = candidate;
                    }
                }
                return candidates;
            },
            _ => { }
        );
        return (likeText, similarity);

        ShingleSet Cached(int text)
        {
            if (cache.TryGetValue(text, out var known))
                return known;
            var shingles = ShingleSet.OfWords(texts.Read(text));
            if (Interlocked.Add(ref cached, shingles.Count) <= CachedShingles)
                cache.TryAdd(text, shingles);
            return shingles;
        }
    }

    private OverlapSearch Collect(
        ReadOnlySpan<SplitSide> sides,
        int[] heldoutRow,
        HashSet<(int, uint)> exact,
        int[] likeText,
        double[] similarity
    )
    {
        var overlaps = new List<Overlap>();
        Overlap largest = default;
        long exactCount = 0,
            normalCount = 0,
            nearCount = 0;
        for (var index = 0; index < rows.Count; index++)
        {
            if (sides[index] != SplitSide.Train)
                continue;
            var row = rows[index];
            Overlap best = default;
            foreach (var text in TextsOf(row))
            {
                if (heldoutRow[text] != 0)
                {
                    var isExact = text == row.PromptText && exact.Contains((text, row.PromptExact));
                    best = new(index, heldoutRow[text] - 1, isExact ? OverlapKind.ExactPrompt : OverlapKind.NormalizedText, 1);
                    break;
                }
                if (similarity[text] > best.Similarity)
                    best = new(index, heldoutRow[likeText[text]] - 1, OverlapKind.NearDuplicate, similarity[text]);
            }
            if (best.Similarity == 0)
                continue;
            if (best.Kind == OverlapKind.NearDuplicate && best.Similarity <= threshold)
            {
                if (best.Similarity > largest.Similarity)
                    largest = best;
                continue;
            }
            overlaps.Add(best);
            if (best.Kind == OverlapKind.ExactPrompt)
                exactCount++;
            else if (best.Kind == OverlapKind.NormalizedText)
                normalCount++;
            else
                nearCount++;
        }
        return new(overlaps, new(exactCount, normalCount, nearCount), largest);
    }
}

/// <summary>What <see cref="OverlapFinder"/> found.</summary>
/// <param name="Overlaps">Training rows that are like a held-out row, in row order.</param>
/// <param name="Counts">How many of each kind.</param>
/// <param name="Largest">The most similar texts of rows without an overlap, by row index; similarity 0 when no candidate was seen.</param>
internal sealed record OverlapSearch(IReadOnlyList<Overlap> Overlaps, OverlapCounts Counts, Overlap Largest);

/// <summary>A training row and a held-out row, by their place in the table, that are alike.</summary>
internal readonly record struct Overlap(int Train, int Heldout, OverlapKind Kind, double Similarity);

/// <summary>How a training row is like a held-out row or a benchmark's; the first that holds.</summary>
public enum OverlapKind
{
    /// <summary>The same prompt, character by character.</summary>
    ExactPrompt,

    /// <summary>The same prompt or opening in normal form (<see cref="Duplicates.TextNormalizer"/>).</summary>
    NormalizedText,

    /// <summary>The Jaccard similarity of the normal forms' word 5-grams, of prompts or openings, is above the threshold.</summary>
    NearDuplicate,

    /// <summary>Prompt or answers share 13 words in a row with a benchmark.</summary>
    BenchmarkGram,
}
