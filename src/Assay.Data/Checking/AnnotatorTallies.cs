using Assay.Data.Agreement;

namespace Assay.Data.Checking;

/// <summary>
/// What each annotator prefers and how often they say what the others say, counted as rows pass, for at most
/// <see cref="CheckStatistics.MaxNames"/> of them.
/// </summary>
internal sealed class AnnotatorTallies
{
    private readonly Dictionary<string, Tally> _named = [];
    private readonly List<Tally> _places = [];

    private sealed class Tally
    {
        public readonly StyleTally Style = new();
        public long Pairs,
            Votes,
            AskedByOthers,
            WithOthers;
    }

    /// <summary>Votes that carry no name.</summary>
    public long UnnamedVoteCount { get; private set; }

    /// <summary>Whether anybody is named: then the places of unnamed votes are nobody.</summary>
    public bool IsNamed => _named.Count > 0;

    /// <summary>How the annotators of <see cref="Finish"/> are to be read, see <see cref="AgreementStatistics.AnnotatorsAre"/>.</summary>
    public string AnnotatorsAre => IsNamed ? "named" : "places";

    /// <param name="votes">A row's votes.</param>
    /// <param name="counts">The same by <see cref="Vote"/>.</param>
    /// <param name="longer">Sign of chosen's length minus rejected's, 0 where it is not known.</param>
    /// <param name="chosenPosition">1, 2 or null.</param>
    /// <param name="isUsable">The row is a usable pair.</param>
    public void AddVotes(IReadOnlyList<AnnotatorVote> votes, ReadOnlySpan<int> counts, int longer, int? chosenPosition, bool isUsable)
    {
        for (var place = 0; place < votes.Count; place++)
        {
            var vote = votes[place];
            if (vote.Vote == Vote.Abstain)
                continue;
            if (vote.Annotator is null)
                UnnamedVoteCount++;
            var tally = vote.Annotator is { } name ? Named(name) : Place(place);
            tally.Style.Add(vote.Vote, longer, chosenPosition);
            tally.Votes++;
            if (isUsable)
                tally.Pairs++;
            if (MajorityWithout(vote.Vote, counts) is not { } majority)
                continue;
            tally.AskedByOthers++;
            if (majority == vote.Vote)
                tally.WithOthers++;
        }
    }

    /// <summary>A usable pair without votes, labelled by these: its winner is what they said.</summary>
    public void AddLabel(IReadOnlyList<string> annotators, int longer, int? chosenPosition)
    {
        foreach (var annotator in annotators)
        {
            var tally = Named(annotator);
            tally.Style.Add(Vote.Chosen, longer, chosenPosition);
            tally.Pairs++;
        }
    }

    /// <summary>What most of the other votes say, or null when no kind has more than every other.</summary>
    private static Vote? MajorityWithout(Vote own, ReadOnlySpan<int> counts)
    {
        int most = 0,
            times = 0;
        Vote? majority = null;
        foreach (var vote in (ReadOnlySpan<Vote>)[Vote.Chosen, Vote.Rejected, Vote.Tie])
        {
            var count = counts[(int)vote] - (vote == own ? 1 : 0);
            if (count > most)
                (most, times, majority) = (count, 1, vote);
            else if (count == most)
                times++;
        }
        return most > 0 && times == 1 ? majority : null;
    }

    private Tally Named(string name)
    {
        if (_named.TryGetValue(name, out var tally))
            return tally;
        if (_named.Count >= CheckStatistics.MaxNames)
            name = CheckStatistics.Others;
        return _named.TryGetValue(name, out tally) ? tally : _named[name] = new Tally();
    }

    private Tally Place(int place)
    {
        place = Math.Min(place, CheckStatistics.MaxNames);
        while (_places.Count <= place)
            _places.Add(new Tally());
        return _places[place];
    }

    /// <summary>Everybody, who has most votes and pairs first; what the fitted model says of them is put in by the caller.</summary>
    public IEnumerable<AnnotatorStatistics> Finish()
    {
        IEnumerable<(string Name, Tally Tally)> all = IsNamed
            ? _named.Select(entry => (entry.Key, entry.Value))
            : _places
                .Select(
                    (tally, place) => (place < CheckStatistics.MaxNames ? AnnotatorStyle.PlaceName(place) : CheckStatistics.Others, tally)
                )
                .Where(entry => entry.tally.Votes > 0);
        return all.OrderByDescending(entry => Math.Max(entry.Tally.Votes, entry.Tally.Pairs))
            .ThenBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => new AnnotatorStatistics(
                entry.Name,
                entry.Tally.Pairs,
                entry.Tally.Votes,
                entry.Tally.Votes == 0 ? null : (double)entry.Tally.Style.Ties / entry.Tally.Votes,
                entry.Tally.Style.Longer,
                entry.Tally.Style.First,
                ShareEstimate.Of(entry.Tally.WithOthers, entry.Tally.AskedByOthers),
                null,
                null,
                null
            ));
    }
}
