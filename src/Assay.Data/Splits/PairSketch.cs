using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Assay.Data.Duplicates;

namespace Assay.Data.Splits;

/// <summary>
/// What a splitter needs of one pair, computed without any state, so on whatever thread parsed the pair. The texts are dropped once they
/// have been stored.
/// </summary>
public sealed class PairSketch
{
    internal readonly record struct Key(ulong Hash, uint Fraction, string? Name);

    private PairSketch() { }

    internal long Line { get; private init; }

    internal ulong Digest { get; private init; }

    internal uint PromptExact { get; private init; }

    internal string PromptNormal { get; private init; } = "";

    internal string OpeningNormal { get; private init; } = "";

    internal IReadOnlyList<Key> Keys { get; private init; } = [];

    internal bool LacksKey { get; private init; }

    internal ulong Stratum { get; private init; }

    internal double Time { get; private init; }

    internal IReadOnlyList<BenchmarkHit> BenchmarkHits { get; private init; } = [];

    /// <summary>By field, see <see cref="ProvenanceTable.ValuesOf"/>.</summary>
    internal string?[] Provenance { get; private init; } = [];

    /// <exception cref="SplitException">The split is by time, and the row has none that can be read.</exception>
    internal static PairSketch Of(PreferencePair pair, SplitOptions options, IReadOnlyList<Benchmark> benchmarks)
    {
        var prompt = Context(pair);
        var promptNormal = NormalOf(prompt);
        var keys = new List<Key>(options.By.Count);
        var lacksKey = false;
        foreach (var by in options.By)
        {
            var before = keys.Count;
            foreach (var text in KeyTexts(pair, by))
                keys.Add(KeyOf(by, text, options));
            lacksKey |= keys.Count == before;
        }
        if (keys.Count == 0)
            keys.Add(KeyOf(GroupBy.Opening, Opening(pair), options));
        return new()
        {
            Line = pair.Row,
            Digest = DigestOf(pair),
            PromptExact = (uint)BinaryPrimitives.ReadUInt64LittleEndian(Sha256(prompt)),
            PromptNormal = promptNormal,
            OpeningNormal = NormalOf(Opening(pair)),
            Keys = keys,
            LacksKey = lacksKey,
            Stratum = StratumOf(pair, options.Stratify),
            BenchmarkHits = benchmarks.Count == 0 ? [] : HitsOf(pair, promptNormal, benchmarks),
            Time = options.By.Contains(GroupBy.Time) ? TimeOf(pair) : 0,
            Provenance = ProvenanceTable.ValuesOf(pair),
        };
    }

    /// <summary>The first user turn before the answer; without one the whole prompt.</summary>
    internal static string Opening(PreferencePair pair)
    {
        if (pair.Chosen.Messages is { } messages)
            for (var turn = 0; turn < pair.PromptMessageCount; turn++)
                if (messages[turn].Role == "user" && messages[turn].Content.AsSpan().Trim().Length > 0)
                    return messages[turn].Content;
        return Context(pair);
    }

    /// <summary>The prompt; where there is none, both answers in a fixed order, so that rows without prompts are not one group.</summary>
    private static string Context(PreferencePair pair)
    {
        if (pair.Prompt.AsSpan().Trim().Length > 0)
            return pair.Prompt;
        string chosen = pair.ChosenAnswer,
            rejected = pair.RejectedAnswer;
        return string.CompareOrdinal(chosen, rejected) < 0 ? $"{chosen}\n{rejected}" : $"{rejected}\n{chosen}";
    }

    /// <summary>The normal form; for a text without letters or numbers the text itself, so that "?" and "!" stay two texts.</summary>
    internal static string NormalOf(string text) => TextNormalizer.Normalize(text) is { Length: > 0 } normal ? normal : text;

    internal static ulong HashOf(string text) => BinaryPrimitives.ReadUInt64LittleEndian(Sha256(text));

    private static IEnumerable<string> KeyTexts(PreferencePair pair, GroupBy by) =>
        by switch
        {
            GroupBy.Opening or GroupBy.Time => [Opening(pair)],
            GroupBy.Prompt => [Context(pair)],
            GroupBy.Generation => pair.Provenance?.SourcePrompt is { } prompt ? [prompt] : [],
            GroupBy.Source => pair.Source is { } source ? [source] : [],
            GroupBy.Annotator => (pair.Provenance?.Annotators ?? [])
                .Concat((pair.Votes ?? []).Select(vote => vote.Annotator).OfType<string>())
                .Distinct(),
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, null),
        };

    private static Key KeyOf(GroupBy by, string text, SplitOptions options)
    {
        var key = TextNormalizer.CollapseCase(text);
        var digest = Sha256(options.Seed == 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{options.Seed}:{key}"));
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(digest.AsSpan(8)) ^ ShingleSet.Mix((ulong)by);
        return new(hash, BinaryPrimitives.ReadUInt32BigEndian(digest), options.HoldOut.Count > 0 ? key : null);
    }

    private static List<BenchmarkHit> HitsOf(PreferencePair pair, string promptNormal, IReadOnlyList<Benchmark> benchmarks)
    {
        var hits = new List<BenchmarkHit>();
        for (var number = 0; number < benchmarks.Count; number++)
            if (benchmarks[number].Find(pair, promptNormal) is { } hit)
                hits.Add(new(number, hit.Kind, hit.Like, hit.Similarity));
        return hits;
    }

    private static byte[] Sha256(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static ulong StratumOf(PreferencePair pair, Stratify stratify)
    {
        var stratum = 0UL;
        if (stratify.HasFlag(Stratify.Source))
            stratum = HashOf(pair.Source ?? "");
        if (stratify.HasFlag(Stratify.Length))
            stratum = ShingleSet.Mix(
                stratum + (ulong)BitOperations.Log2((uint)(pair.ChosenAnswer.Length + pair.RejectedAnswer.Length) + 1) + 1
            );
        return stratum;
    }

    private static double TimeOf(PreferencePair pair)
    {
        var time =
            pair.Provenance?.Time
            ?? throw new SplitException(
                $"line {pair.Row} has no time; a split by time needs one in every row (time, timestamp, created_at, …; see docs/contract.md)"
            );
        if (double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
            return seconds;
        if (DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return date.ToUnixTimeMilliseconds() / 1000.0;
        throw new SplitException($"line {pair.Row} has the time \"{time}\"; write a date as in 2026-11-21T10:00:00Z or seconds since 1970");
    }

    /// <summary>
    /// The first eight bytes, little endian, of SHA-256 over both sides: for each the texts in order (plain text; or per turn role, content
    /// and raw object), each as its UTF-8 length (four bytes, little endian) and its UTF-8 bytes.
    /// </summary>
    private static ulong DigestOf(PreferencePair pair)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var side in (ReadOnlySpan<Conversation>)[pair.Chosen, pair.Rejected])
        {
            if (side.Text is { } text)
                Append(hash, text);
            foreach (var message in side.Messages ?? [])
            {
                Append(hash, message.Role);
                Append(hash, message.Content);
                if (message.Raw is { } raw)
                    Append(hash, raw.ToJsonString());
            }
        }
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
