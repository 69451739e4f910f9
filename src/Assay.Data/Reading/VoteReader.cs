using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>Reads votes: a list of words or of <c>{annotator, vote}</c>, or one string with a letter a vote (<c>crt</c>).</summary>
internal static class VoteReader
{
    /// <summary>The row's <c>votes</c>; null when there are none or a finding was made.</summary>
    /// <param name="row">The row; what is wrong is added to it.</param>
    /// <param name="first">The word for a vote that the format counts for <see cref="Vote.Chosen"/>.</param>
    public static IReadOnlyList<AnnotatorVote>? Read(RowScope row, VoteWords first)
    {
        if (!row.MayHold("votes") || RowScope.Field(row.Root, "votes") is not { } value)
            return null;
        var votes = new List<AnnotatorVote>();
        if (value.ValueKind == JsonValueKind.String)
        {
            foreach (var letter in value.GetString()!)
                if (!Add(row, votes, letter.ToString(), null, first))
                    return null;
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
            {
                var word = element;
                string? annotator = null;
                if (element.ValueKind == JsonValueKind.Object)
                {
                    annotator = RowScope.Scalar(element, "annotator") ?? RowScope.Scalar(element, "annotator_id");
                    if ((RowScope.FirstOf(element, "vote", "label", "preference")) is not { } named)
                    {
                        if (!Add(row, votes, null, annotator, first))
                            return null;
                        continue;
                    }
                    word = named.Value;
                }
                var text = word.ValueKind switch
                {
                    JsonValueKind.String => word.GetString(),
                    JsonValueKind.Number => word.GetRawText(),
                    JsonValueKind.Null => null,
                    _ => "?",
                };
                if (!Add(row, votes, text, annotator, first))
                    return null;
            }
        }
        else
        {
            row.WrongType("votes", value, "a list of votes");
            return null;
        }
        return votes.Count == 0 ? null : votes;
    }

    private static bool Add(RowScope row, List<AnnotatorVote> votes, string? word, string? annotator, VoteWords words)
    {
        Vote? vote = word?.Trim().ToLowerInvariant() switch
        {
            null or "" or "abstain" or "abstention" or "skip" or "none" => Vote.Abstain,
            "tie" or "t" or "equal" or "same" or "both" => Vote.Tie,
            "chosen" or "c" when words == VoteWords.ChosenRejected => Vote.Chosen,
            "rejected" or "r" when words == VoteWords.ChosenRejected => Vote.Rejected,
            "a" when words == VoteWords.ChosenRejected => Vote.Abstain,
            "a" or "1" or "first" or "model_a" or "response_a" or "response_1" when words == VoteWords.FirstSecond => Vote.Chosen,
            "b" or "2" or "second" or "model_b" or "response_b" or "response_2" when words == VoteWords.FirstSecond => Vote.Rejected,
            "0" when words == VoteWords.FirstSecond => Vote.Tie,
            _ => null,
        };
        if (vote is null)
        {
            row.Add(
                Reason.UnknownValue,
                $"votes holds \"{word}\"; "
                    + (
                        words == VoteWords.ChosenRejected
                            ? "chosen, rejected, tie or abstain were wanted"
                            : "a, b, tie or abstain were wanted"
                    )
            );
            return false;
        }
        votes.Add(new AnnotatorVote(vote.Value, annotator));
        return true;
    }
}

/// <summary>How a format's votes name the sides.</summary>
internal enum VoteWords
{
    ChosenRejected,
    FirstSecond,
}
