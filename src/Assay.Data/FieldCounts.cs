namespace Assay.Data;

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
