using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Data;

/// <summary>Where some pairs come from: how many have each value of each field. Described in <c>docs/formats.md</c>.</summary>
/// <param name="PairCount">Pairs.</param>
/// <param name="Fields">By the field's name; fields that no pair states are left out.</param>
public sealed record ProvenanceCounts(long PairCount, IReadOnlyDictionary<string, FieldCounts> Fields)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Counts pairs.</summary>
    public static ProvenanceCounts Of(IEnumerable<PreferencePair> pairs)
    {
        var pairCount = 0L;
        var fields = ProvenanceFields.All.Select(_ => new NameCounter()).ToArray();
        foreach (var pair in pairs)
        {
            pairCount++;
            foreach (var field in ProvenanceFields.All)
                fields[(int)field].Add([.. field.Values(pair.Source, pair.Provenance)]);
        }
        return Of(pairCount, field => fields[(int)field].Counts(field));
    }

    internal static ProvenanceCounts Of(long pairCount, Func<ProvenanceField, FieldCounts> counts) =>
        new(
            pairCount,
            ProvenanceFields
                .All.Select(field => (Name: field.Name(), Counts: counts(field)))
                .Where(field => field.Counts.StatedCount > 0)
                .ToDictionary(field => field.Name, field => field.Counts)
        );

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Json)!;

    /// <summary>Counts the values of one field in bounded memory.</summary>
    private sealed class NameCounter
    {
        private readonly Dictionary<string, long> _names = [];
        private long _stated;

        public void Add(IReadOnlyList<string> values)
        {
            if (values.Count == 0)
                return;
            _stated++;
            foreach (var value in values)
            {
                var name = _names.ContainsKey(value) || _names.Count < ProvenanceFields.MaxNames ? value : ProvenanceFields.Others;
                _names[name] = _names.GetValueOrDefault(name) + 1;
            }
        }

        public FieldCounts Counts(ProvenanceField field) => FieldCounts.Of(field, _stated, _names);
    }
}

/// <summary>How many pairs have each value of one field of provenance.</summary>
/// <param name="StatedCount">Pairs that state the field.</param>
/// <param name="NameCount">Different values; <see cref="ProvenanceFields.MaxNames"/> stands for that many or more.</param>
/// <param name="Names">Pairs by value, the most frequent first: a hundred values at most, of source prompts ten.</param>
/// <param name="OtherCount">Pairs with values that are not in <paramref name="Names"/>.</param>
public sealed record FieldCounts(long StatedCount, int NameCount, IReadOnlyDictionary<string, long> Names, long OtherCount)
{
    private const int ReportedNames = 100;
    private const int ReportedPrompts = 10;

    internal static FieldCounts Of(ProvenanceField field, long stated, IReadOnlyDictionary<string, long> names)
    {
        var known = names
            .Where(name => name.Key != ProvenanceFields.Others && name.Value > 0)
            .OrderByDescending(name => name.Value)
            .ThenBy(name => name.Key, StringComparer.Ordinal)
            .ToList();
        var reported = known.Take(field == ProvenanceField.SourcePrompt ? ReportedPrompts : ReportedNames).ToDictionary();
        return new(stated, known.Count, reported, names.Values.Sum() - reported.Values.Sum());
    }
}
