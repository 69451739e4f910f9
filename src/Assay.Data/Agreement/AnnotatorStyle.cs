using System.Globalization;

namespace Assay.Data.Agreement;

/// <summary>
/// What one annotator tends to prefer. Votes that carry no name are counted by their place in the row (<c>#1</c>, <c>#2</c>, …).
/// </summary>
/// <param name="Annotator">Who.</param>
/// <param name="Votes">Their votes, abstentions left out.</param>
/// <param name="TieShare">Of those the share of ties, 0..1.</param>
/// <param name="ChosenShare">Of those the share that went to the row's chosen side.</param>
/// <param name="Longer">Of their votes for a side of pairs whose answers differ in characters the share for the longer answer; null without
/// such votes.</param>
/// <param name="First">Of their votes for a side of pairs that say which side was shown first the share for that one; null without such
/// votes.</param>
public sealed record AnnotatorStyle(
    string Annotator,
    long Votes,
    double TieShare,
    double ChosenShare,
    ShareEstimate? Longer,
    ShareEstimate? First
)
{
    /// <summary>Of everybody who voted on these pairs, in the order of their names.</summary>
    public static IReadOnlyList<AnnotatorStyle> Of(IEnumerable<PreferencePair> pairs)
    {
        var tallies = new SortedDictionary<string, StyleTally>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var longer = CodePoints.Count(pair.ChosenAnswer).CompareTo(CodePoints.Count(pair.RejectedAnswer));
            for (var place = 0; place < (pair.Votes?.Count ?? 0); place++)
            {
                var vote = pair.Votes![place];
                if (vote.Vote == Vote.Abstain)
                    continue;
                var name = vote.Annotator ?? PlaceName(place);
                if (!tallies.TryGetValue(name, out var tally))
                    tallies.Add(name, tally = new());
                tally.Add(vote.Vote, longer, pair.Provenance?.ChosenPosition);
            }
        }
        return
        [
            .. tallies.Select(entry => new AnnotatorStyle(
                entry.Key,
                entry.Value.Votes,
                (double)entry.Value.Ties / entry.Value.Votes,
                entry.Value.ChosenShare,
                entry.Value.Longer,
                entry.Value.First
            )),
        ];
    }

    /// <summary>The name of a vote without one, by its place in the row from 0.</summary>
    internal static string PlaceName(int place) => string.Create(CultureInfo.InvariantCulture, $"#{place + 1}");
}
