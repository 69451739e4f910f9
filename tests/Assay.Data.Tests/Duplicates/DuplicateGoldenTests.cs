using System.Text.Json;
using Assay.Data.Duplicates;
using Assay.Testing;

namespace Assay.Data.Tests.Duplicates;

/// <summary>Every case of <c>goldens/evaluation/duplicates.json</c>.</summary>
public sealed class DuplicateGoldenTests(ITestOutputHelper output)
{
    /// <summary>
    /// Cases recorded in the file; a sweep that runs fewer has lost some. Those of shared n-grams and of groups have no caller here.
    /// </summary>
    private const int RecordedCases = 12,
        Uncalled = 5;

    private readonly GoldenEvaluation _golden = new("duplicates.json");

    [SharedFact]
    public void Every_recorded_case_comes_out()
    {
        var texts = _golden
            .Table("texts")
            .EnumerateArray()
            .ToDictionary(text => text.GetProperty("id").GetString()!, text => text.GetProperty("text").GetString()!);
        string[] ids = [.. texts.Keys];
        string[] normal = [.. texts.Values.Select(TextNormalizer.Normalize)];
        ShingleSet[] shingles = [.. normal.Select(text => ShingleSet.OfWords(text))];

        Normalisation(ids, normal, [.. texts.Values]);
        Jaccard("jaccard_word5_normalised", ids, shingles, smallest: 0);
        Jaccard("jaccard_word5_raw", ids, [.. texts.Values.Select(text => ShingleSet.OfWords(text))], smallest: 0);
        Jaccard("jaccard_char5_normalised", ids, [.. normal.Select(text => ShingleSet.OfCharacters(text))], smallest: 0.2);
        Sha1();
        Signatures("minhash_legacy", MinHashScheme.Legacy, ids, normal);
        Signatures("minhash_affine32", MinHashScheme.Affine32, ids, normal);

        output.WriteLine($"{_golden.VisitedCount} cases, {_golden.Compared} values compared");
        Assert.True(_golden.Failures.Count == 0, string.Join('\n', _golden.Failures.Take(20)));
        Assert.Equal((RecordedCases, RecordedCases - Uncalled), (_golden.CaseCount, _golden.VisitedCount));
    }

    private void Normalisation(string[] ids, string[] normal, string[] raw)
    {
        var expected = _golden.Case("normalise").GetProperty("expected");
        for (var index = 0; index < ids.Length; index++)
        {
            _golden.Same($"normalise {ids[index]}", expected.GetProperty("normalised").GetProperty(ids[index]).GetString(), normal[index]);
            _golden.Same($"words {ids[index]}", expected.GetProperty("word_counts")[index].GetInt32(), Words(normal[index]));
            _golden.Same($"raw words {ids[index]}", expected.GetProperty("raw_word_counts")[index].GetInt32(), Words(raw[index]));
        }

        static int Words(string text) => ShingleSet.WordGrams(text, 1).Length;
    }

    private void Jaccard(string name, string[] ids, ShingleSet[] sets, double smallest)
    {
        var expected = _golden.Case(name).GetProperty("expected");
        _golden.SameLists($"{name} sizes", Numbers(expected.GetProperty("set_sizes")), sets.Select(set => (long)set.Count));
        var rows = new List<string>();
        List<string> over = [],
            exactly = [];
        for (var first = 0; first < ids.Length; first++)
        {
            for (var second = first + 1; second < ids.Length; second++)
            {
                int shared = sets[first].Intersection(sets[second]),
                    union = sets[first].Count + sets[second].Count - shared;
                var jaccard = sets[first].Jaccard(sets[second]);
                if (shared > 0 && jaccard >= smallest)
                    rows.Add($"[\"{ids[first]}\",\"{ids[second]}\",{shared},{union}]");
                if (jaccard > 0.8)
                    over.Add($"[\"{ids[first]}\",\"{ids[second]}\"]");
                if (jaccard == 0.8)
                    exactly.Add($"[\"{ids[first]}\",\"{ids[second]}\"]");
            }
        }
        _golden.SameLists($"{name} pairs", Rows(expected.GetProperty("pairs_first_second_intersection_union")), rows);
        _golden.SameLists($"{name} over", Rows(expected.GetProperty("over_0.8")), over);
        _golden.SameLists($"{name} exactly", Rows(expected.GetProperty("exactly_0.8")), exactly);
    }

    private void Sha1()
    {
        var entry = _golden.Case("sha1_hash32");
        _golden.SameLists(
            "sha1",
            Numbers(entry.GetProperty("expected").GetProperty("hashes")),
            entry
                .GetProperty("input")
                .GetProperty("shingles")
                .EnumerateArray()
                .Select(shingle => (long)MinHash.Sha1Hash32(shingle.GetString()!))
        );
    }

    private void Signatures(string name, MinHashScheme scheme, string[] ids, string[] normal)
    {
        JsonElement entry = _golden.Case(name),
            expected = entry.GetProperty("expected");
        var minHash = new MinHash(
            scheme,
            Unsigned(entry.GetProperty("input").GetProperty("a")),
            Unsigned(entry.GetProperty("input").GetProperty("b"))
        );
        uint[][] signatures = [.. normal.Select(text => minHash.Signature(ShingleSet.WordTexts(text)))];
        foreach (var signature in expected.GetProperty("signatures").EnumerateObject())
            _golden.SameLists(
                $"{name} {signature.Name}",
                Numbers(signature.Value),
                signatures[Array.IndexOf(ids, signature.Name)].Select(place => (long)place)
            );

        var equal = new List<string>();
        for (var first = 0; first < ids.Length; first++)
        for (var second = first + 1; second < ids.Length; second++)
            if (MinHash.EqualPlaces(signatures[first], signatures[second]) is > 0 and var places)
                equal.Add($"[\"{ids[first]}\",\"{ids[second]}\",{places}]");
        _golden.SameLists($"{name} equal places", Rows(expected.GetProperty("equal_positions_of_128")), equal);

        ShingleSet[] sets = [.. normal.Select(text => ShingleSet.OfWords(text))];
        var largest = 0.0;
        for (var first = 0; first < ids.Length; first++)
        for (var second = first + 1; second < ids.Length; second++)
            if (sets[first].Count > 0 && sets[second].Count > 0)
                largest = Math.Max(
                    largest,
                    Math.Abs(MinHash.EqualPlaces(signatures[first], signatures[second]) / 128.0 - sets[first].Jaccard(sets[second]))
                );
        _golden.Near($"{name} largest error", expected.GetProperty("largest_error_against_exact"), largest, 1e-12);

        foreach (var threshold in expected.GetProperty("lsh").EnumerateObject())
        {
            var banding = Banding.Optimal(double.Parse(threshold.Name, System.Globalization.CultureInfo.InvariantCulture), 128);
            _golden.Same(
                $"{name} bands at {threshold.Name}",
                (threshold.Value.GetProperty("bands").GetInt32(), threshold.Value.GetProperty("rows").GetInt32()),
                (banding.Bands, banding.Rows)
            );
            _golden.SameLists(
                $"{name} candidates at {threshold.Name}",
                Rows(threshold.Value.GetProperty("candidate_pairs")),
                Candidates(banding, ids, signatures)
            );
        }
    }

    private static IEnumerable<string> Candidates(Banding banding, string[] ids, uint[][] signatures)
    {
        var index = new NearDuplicateIndex(banding, signatures.Length);
        var found = new HashSet<int>();
        var pairs = new List<(int First, int Second)>();
        for (var second = 0; second < signatures.Length; second++)
        {
            index.Candidates(signatures[second], found);
            pairs.AddRange(found.Select(first => (first, second)));
            index.Add(second, signatures[second]);
        }
        return pairs.Order().Select(pair => $"[\"{ids[pair.First]}\",\"{ids[pair.Second]}\"]");
    }

    private static IEnumerable<string> Rows(JsonElement rows) => rows.EnumerateArray().Select(row => JsonSerializer.Serialize(row));

    private static IEnumerable<long> Numbers(JsonElement numbers) => numbers.EnumerateArray().Select(number => number.GetInt64());

    private static ulong[] Unsigned(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetUInt64())];
}
