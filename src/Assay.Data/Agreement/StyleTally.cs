namespace Assay.Data.Agreement;

/// <summary>Counts one annotator's votes for <see cref="AnnotatorStyle"/>.</summary>
internal sealed class StyleTally
{
    private long _chosen,
        _lengthVotes,
        _longer,
        _placeVotes,
        _first;

    public long Votes { get; private set; }

    public long Ties { get; private set; }

    public double ChosenShare => (double)_chosen / Votes;

    public ShareEstimate? Longer => ShareEstimate.Of(_longer, _lengthVotes);

    public ShareEstimate? First => ShareEstimate.Of(_first, _placeVotes);

    /// <param name="vote">No abstention.</param>
    /// <param name="chosenLonger">Above 0 where chosen is the longer answer, below 0 where rejected is, 0 where neither is or it is not
    /// known.</param>
    /// <param name="chosenPosition">1 or 2, or null where it is not known.</param>
    public void Add(Vote vote, int chosenLonger, int? chosenPosition)
    {
        Votes++;
        if (vote == Vote.Tie)
        {
            Ties++;
            return;
        }
        var isChosen = vote == Vote.Chosen;
        if (isChosen)
            _chosen++;
        if (chosenLonger != 0)
        {
            _lengthVotes++;
            if (isChosen == chosenLonger > 0)
                _longer++;
        }
        if (chosenPosition is not { } position)
            return;
        _placeVotes++;
        if (isChosen == (position == 1))
            _first++;
    }
}
