namespace Assay.Judges;

/// <summary>What was read out of a judge's answer: the place it named, a tie, a rating, or why there is none of these.</summary>
/// <param name="Place">The place named best, from 0.</param>
/// <param name="IsTie">It named none better.</param>
/// <param name="Rating">The rating of the one answer shown.</param>
/// <param name="NoVerdict">A reason of <see cref="Judges.NoVerdict"/>; null where there is a verdict.</param>
public readonly record struct VerdictReading(int? Place, bool IsTie, double? Rating, string? NoVerdict)
{
    internal static VerdictReading Of(int place) => new(place, false, null, null);

    internal static VerdictReading Tie { get; } = new(null, true, null, null);

    internal static VerdictReading Rated(double rating) => new(null, false, rating, null);

    internal static VerdictReading None(string reason) => new(null, false, null, reason);
}
