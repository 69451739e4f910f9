namespace Assay.Data.Splits;

/// <summary>Where the pairs of each side come from.</summary>
/// <param name="Train">Of the training side.</param>
/// <param name="Heldout">Of the held-out side.</param>
public sealed record ProvenanceSides(ProvenanceCounts Train, ProvenanceCounts Heldout)
{
    /// <summary>
    /// A name of which the other side would have so many pairs, were it spread like the rest, is not missing there by chance.
    /// </summary>
    private const double MinExpected = 10;

    /// <summary>
    /// Names that only one side has although the other would have ten pairs or more by its size: what is measured on the held-out side says
    /// nothing of them, or they were never trained on. Source prompts are not asked, as whole prompts are kept together, nor fields with
    /// more names than are counted.
    /// </summary>
    public IEnumerable<OneSidedName> OneSided()
    {
        foreach (var field in ProvenanceFields.All.Where(field => field != ProvenanceField.SourcePrompt))
        {
            foreach (
                var (own, other, side) in ((ProvenanceCounts, ProvenanceCounts, SplitSide)[])
                    [(Train, Heldout, SplitSide.Train), (Heldout, Train, SplitSide.Heldout)]
            )
            {
                if (!own.Fields.TryGetValue(field.Name(), out var names))
                    continue;
                var there = other.Fields.GetValueOrDefault(field.Name());
                if (there is { OtherCount: > 0 })
                    continue;
                foreach (var (name, count) in names.Names)
                    if (there?.Names.ContainsKey(name) != true && (double)count / own.PairCount * other.PairCount >= MinExpected)
                        yield return new(field, name, side, count);
            }
        }
    }
}

/// <summary>A value of a field of provenance that is on one side of a split only.</summary>
/// <param name="Field">The field.</param>
/// <param name="Name">The value.</param>
/// <param name="Side">Where it is.</param>
/// <param name="PairCount">In how many pairs.</param>
public sealed record OneSidedName(ProvenanceField Field, string Name, SplitSide Side, long PairCount);
