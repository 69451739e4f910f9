using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Votes per annotator on two candidates that are not ordered: <c>prompt</c>, <c>response_a</c>, <c>response_b</c> (or _1, _2) and
/// <c>votes</c> (a, b, tie, abstain; with annotators).
/// </summary>
internal sealed class VotesFormat : RowFormat
{
    public override string Name => "votes";

    public override string Rule => "One pair a row: the candidate with more votes is chosen, as many votes on both sides are a tie.";

    public override RowSides Sides => RowSides.Either;

    public override IReadOnlyCollection<string> Fields { get; } =
    ["prompt", "response_a", "response_b", "response_1", "response_2", "model_a", "model_b"];

    public override bool Matches(JsonElement row) =>
        Has(row, "votes") && (Has(row, "response_a") && Has(row, "response_b") || Has(row, "response_1") && Has(row, "response_2"));

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var letters = Has(row.Root, "response_a");
        var votes = VoteReader.Read(row, VoteWords.FirstSecond);
        if (votes is null && !row.HasFindings)
            pair.NoWinner = "no votes";
        var first = row.Text(row.Root, letters ? "response_a" : "response_1");
        var second = row.Text(row.Root, letters ? "response_b" : "response_2");
        List<Message>? turns = null;
        string? text = null;
        if (RowScope.Field(row.Root, "prompt") is { } list && ListInText.IsList(list))
            turns = row.MessagesOf(list, "prompt");
        else
            text = row.Text(row.Root, "prompt");
        if (first is null || second is null || turns is null && text is null)
            return;
        var lead = votes is null ? 0 : votes.Count(vote => vote.Vote == Vote.Chosen) - votes.Count(vote => vote.Vote == Vote.Rejected);
        if (lead == 0 && votes?.Any(vote => vote.Vote != Vote.Abstain) == true)
            pair.Tie("as many votes for one side as for the other");
        else if (lead == 0)
            pair.NoWinner ??= "nobody voted for a side";
        var swap = lead < 0;
        if (swap)
            (first, second) = (second, first);
        pair.ChosenPlace = swap ? 2 : 1;
        pair.Votes = swap ? [.. votes!.Select(Swapped)] : votes;
        var (generatorA, generatorB) = (RowScope.Scalar(row.Root, "model_a"), RowScope.Scalar(row.Root, "model_b"));
        (pair.ChosenGenerator, pair.RejectedGenerator) = swap ? (generatorB, generatorA) : (generatorA, generatorB);
        if (turns is not null)
            pair.Turns(turns, [new Message("assistant", first)], [new Message("assistant", second)]);
        else
            pair.Text(text, first, second);
    }

    private static AnnotatorVote Swapped(AnnotatorVote vote) =>
        vote with
        {
            Vote = vote.Vote switch
            {
                Vote.Chosen => Vote.Rejected,
                Vote.Rejected => Vote.Chosen,
                var other => other,
            },
        };
}
