namespace Assay.Models.Packing;

/// <summary>A sequence and where it is read.</summary>
/// <param name="Ids">Its tokens.</param>
/// <param name="Places">Places of tokens, from 0, in the order in which they are wanted.</param>
public sealed record ReadSequence(IReadOnlyList<int> Ids, IReadOnlyList<int> Places);
